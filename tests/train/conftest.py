"""A made-up MNIST, small enough to train on in a second, and a server to fetch it from."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from train.mnist import DIGESTS

# Corners of each digit's strokes on a 2 x 4 grid, x to the right and y down.
STROKES = {
    0: [(0, 0), (2, 0), (2, 4), (0, 4), (0, 0)],
    1: [(1, 0), (1, 4)],
    2: [(0, 0), (2, 0), (2, 2), (0, 2), (0, 4), (2, 4)],
    3: [(0, 0), (2, 0), (1, 2), (2, 4), (0, 4)],
    4: [(0, 0), (0, 2), (2, 2), (2, 0), (2, 4)],
    5: [(2, 0), (0, 0), (0, 2), (2, 2), (2, 4), (0, 4)],
    6: [(2, 0), (0, 2), (0, 4), (2, 4), (2, 2), (0, 2)],
    7: [(0, 0), (2, 0), (0, 4)],
    8: [(0, 0), (2, 4), (0, 4), (2, 0), (0, 0)],
    9: [(2, 2), (0, 2), (0, 0), (2, 0), (2, 4)],
}


def draw(label: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a digit in shaky straight strokes, white on black, 28x28."""
    corners = np.array(STROKES[label]) * (6, 4.5) + (8, 5) + rng.normal(0, 0.8, (len(STROKES[label]), 2))
    picture = np.zeros((28, 28), np.uint8)
    cv2.polylines(
        picture, [np.round(corners).astype(np.int32)], False, 255, int(rng.integers(2, 4)), cv2.LINE_AA
    )
    return picture


def images_file(images: np.ndarray) -> bytes:
    return struct.pack(">IIII", 2051, *images.shape) + images.tobytes()


def labels_file(labels: np.ndarray) -> bytes:
    return struct.pack(">II", 2049, len(labels)) + labels.astype(np.uint8).tobytes()


def made_up_files(train: int = 240, test: int = 60) -> dict[str, bytes]:
    """Make the contents of the four files."""
    rng = np.random.default_rng(7)
    files = {}
    for part, count in (("train", train), ("t10k", test)):
        labels = np.arange(count) % 10
        files[f"{part}-images-idx3-ubyte"] = images_file(np.stack([draw(label, rng) for label in labels]))
        files[f"{part}-labels-idx1-ubyte"] = labels_file(labels)
    return files


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The made-up files' contents by name."""
    made = made_up_files()
    assert list(made) == list(DIGESTS)
    return made


@pytest.fixture(scope="session")
def digests(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(contents).hexdigest() for name, contents in files.items()}


@pytest.fixture
def data(tmp_path: Path, files: dict[str, bytes]) -> Path:
    """A folder with the made-up files, zipped."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, contents in files.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(contents, 1))
    return folder


@dataclass
class Mirror:
    """A web server on this machine that yields what `pages` holds, and notes what it was asked."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    announce_more: int = 0
    """Bytes announced beyond those that are sent."""
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def mirror(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "*")
    pages = {f"/mnist/{name}.gz": gzip.compress(contents, 1) for name, contents in files.items()}
    here = Mirror(pages=pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            if self.path not in here.pages:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(here.pages[self.path]) + here.announce_more))
            self.end_headers()
            self.wfile.write(here.pages[self.path])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}/mnist/"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()
