"""A camera on the network: read until it hangs up, its password kept, silence refused without noise."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from camera_demo.errors import SourceLostError
from camera_demo.sources.stream import StreamSource
from edge_digits.errors import SourceError


@pytest.fixture
def mjpeg_camera():
    """An address that serves MJPEG frames and then hangs up."""
    data = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"--b\r\nContent-Type: image/jpeg\r\n")
                self.wfile.write(f"Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://user:secret@127.0.0.1:{server.server_port}/video.mjpg"
    server.shutdown()
    server.server_close()


def test_a_network_camera_is_read_until_it_hangs_up(mjpeg_camera):
    source = StreamSource(mjpeg_camera)
    with source:
        assert source.read().image.shape == (48, 64, 3)
        with pytest.raises(SourceLostError):
            for _ in range(100):
                source.read()


def test_a_password_in_an_address_is_never_shown(mjpeg_camera):
    assert "secret" not in StreamSource(mjpeg_camera).name


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://user:secret@cam:99999/x",
        "rtsps://user:secret@cam/x",
        "rtsp://user:secret/more@cam/x",
        "rtsp://user:secret@more@cam:port/x",
        "rtsp://[user:secret@cam/x",
    ],
)
def test_a_mistaken_address_is_named_without_its_password(address):
    with pytest.raises(SourceError) as caught:
        StreamSource(address)
    assert "secret" not in str(caught.value)
    assert "cam" in caught.value.problem


@pytest.mark.parametrize("rest", ["12/34@cam/x?key=5678", "12?34@cam/x", "12#34@cam/x"])
def test_a_password_that_looks_like_port_and_path_is_not_shown_either(rest):
    assert StreamSource(f"rtsp://user:{rest}").name == "rtsp://…@cam/x"


def test_an_address_where_nobody_answers_is_refused_without_noise(capfd):
    with pytest.raises(SourceError, match="does not open"):
        StreamSource("http://127.0.0.1:9/video.mjpg").open()
    assert capfd.readouterr().err == ""
