"""The command itself, with the real reader."""

from __future__ import annotations

import json
import os
import shlex
import signal
import struct
import sys
import time
import zlib
from pathlib import Path

import cv2
import httpx
import pytest
from demo_command import command
from demo_fakes import demo_threads

from camera_demo import options
from camera_demo.__main__ import main
from camera_demo.options import parse
from camera_demo.sources import discover
from camera_demo.sources.clip import SAMPLE_CLIP
from camera_demo.views.browser.server import bind
from edge_digits import __version__
from edge_digits.backends import BACKENDS


def test_a_folder_is_read_picture_by_picture_in_order(folder):
    process = command("--source", str(folder), "--view", "terminal")
    out, notes = process.communicate(timeout=60)
    assert out.splitlines() == ["a1.png  347", "a2.png  73", "a10.png  4"]
    assert "Traceback" not in notes
    assert process.returncode == 0


def test_a_broken_picture_is_named_and_the_others_are_read(folder, capfd):
    (folder / "a3.png").write_bytes((folder / "a2.png").read_bytes()[:200])
    assert main(["--source", f"{folder}/*.png", "--view", "terminal"]) == 1
    told = capfd.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()] == ["a1.png", "a2.png", "a10.png"]
    assert "a3.png is cut short" in told.err
    assert demo_threads() == []


def test_json_is_one_object_a_line_and_nothing_else_on_stdout(folder, capfd):
    assert main(["--source", str(folder), "--json"]) == 0
    told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [entry["reading"]["text"] for entry in told] == ["347", "73", "4"]
    assert all(len(digit["box"]) == 4 for entry in told for digit in entry["reading"]["lines"][0])


def test_a_clip_is_read_to_its_end(tmp_path, folder, capfd):
    image = cv2.imread(str(folder / "a2.png"))
    writer = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 20, image.shape[1::-1])
    for _ in range(30):
        writer.write(image)
    writer.release()
    assert main(["--source", str(tmp_path / "a.avi"), "--view", "terminal"]) == 0
    told = capfd.readouterr()
    assert "  73  " in told.out.splitlines()[-1]
    assert "has ended" in told.err


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["--source", "missing.png", "--view", "terminal"], 1, "missing.png"),
        (["--source", "{empty}", "--view", "terminal"], 1, "No picture in the folder"),
        (["--source", "{empty}/*.jpg", "--view", "terminal"], 1, "No file matches"),
        (["--source", "ftp://host/x", "--view", "terminal"], 1, "not an address"),
        (["--source", "http://127.0.0.1:9/x.mjpg", "--view", "terminal"], 1, "does not open"),
        (["--source", "/dev/video97", "--view", "terminal"], 1, "/dev/video97"),
        (["--source", "sample", "--model", "no-such-model", "--view", "terminal"], 1, "no-such-model"),
        (["--source", "sample", "--view", "browser", "--host", "192.0.2.7"], 1, "192.0.2.7"),
        (["--view", "hologram"], 2, "hologram"),
        (["--mode", "careless"], 2, "careless"),
        (["--port", "70000"], 2, "70000"),
        (["--backend", "zz"], 2, "'zz'"),
        (["--collect", "~nobody-of-this-name/x"], 2, "nobody-of-this-name"),
        (["--source", "~nobody-of-this-name/x", "--view", "terminal"], 1, "nobody-of-this-name"),
        (["--source", "sample", "--view", "browser", "--host", "a..b"], 1, "a..b"),
        (["--threads", "0"], 2, "'0'"),
        (["--json", "--view", "browser"], 2, "--json"),
        (["--rate-limit", "-1"], 2, "'-1'"),
        (["--source", "sample", "--view", "terminal", "--mqtt", "http://host"], 2, "http://host"),
        (["--source", "", "--view", "terminal"], 2, "--source"),
        (["--source", "sample", "--view", "browser", "--port", "0", "--collect", os.devnull], 1, os.devnull),
    ],
)
def test_a_mistake_is_answered_with_what_was_given(tmp_path, capfd, arguments, code, named):
    try:
        got = main([argument.format(empty=tmp_path) for argument in arguments])
    except SystemExit as ended:
        got = ended.code
    told = capfd.readouterr()
    assert got == code
    assert named in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert demo_threads() == []


def test_the_help_gives_each_example_a_line_of_its_own(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    examples = [
        line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  camera-demo")
    ]
    assert ended.value.code == 0
    assert len(examples) == 4
    assert all(parse(shlex.split(example)[1:]) for example in examples)


def test_the_backends_to_choose_from_are_those_that_there_are():
    assert set(options.BACKENDS) == {"auto", *BACKENDS}


def test_a_home_among_the_corrections_is_the_user_s(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse(["--collect", "~/kept"]).collect == tmp_path / "kept"
    assert parse(["--collect", "./~kept"]).collect == Path("~kept")


def test_a_window_on_a_headless_build_is_refused_and_the_process_lives(capfd, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GUI:      NONE\n")
    assert main(["--source", "sample", "--view", "window"]) == 1
    assert "--view browser" in capfd.readouterr().err


def test_a_port_asked_for_and_in_use_is_an_error(capfd):
    with bind("127.0.0.1", 0, fixed=False) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--source", "sample", "--view", "browser", "--port", port, "--no-open"]) == 1
    assert f"Port {port} is in use" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_browser_view_cleanly(name):
    number = getattr(signal, name)
    process = command(
        *("--source", str(SAMPLE_CLIP), "--view", "browser", "--port", "0", "--no-open"),
        # Whoever runs the tests may have them ignore it.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    address = process.stdout.readline().split()[-1]
    assert httpx.get(f"{address}healthz").json() == {"status": "ok"}
    with httpx.stream("GET", f"{address}stream.mjpg") as stream:
        frames = stream.iter_bytes()
        next(frames)
        process.send_signal(number)
        _, notes = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in notes


def test_a_drawing_is_read_corrected_and_kept_by_the_command(folder):
    token = "a-token-of-my-own"
    process = command(
        *("--source", str(SAMPLE_CLIP), "--loop", "--view", "browser", "--port", "0", "--no-open"),
        *("--collect", str(folder / "kept")),
        env={**os.environ, "EDGE_DIGITS_TOKEN": token},
    )
    try:
        address = process.stdout.readline().split()[-1].rstrip("/")
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
            picture = (folder / "a10.png").read_bytes()
            (digit,) = client.post("/api/read?crops=1", content=picture).json()["lines"][0]
            told = client.post("/api/corrections", json={"crop": digit["crop"], "label": "9"}).json()
            modes = [
                client.put("/api/settings", json={"mode": m}).json()["mode"] for m in ("strict", "eager")
            ]
            assert "edge_digits_readings_total" in client.get("/metrics").text
    finally:
        process.terminate()
        out, notes = process.communicate(timeout=30)
    (kept,) = (folder / "kept").rglob("*.png")
    assert (kept.parent.name, f"9/{kept.name}", told["total"]) == ("9", told["file"], 1)
    assert cv2.imread(str(kept), cv2.IMREAD_UNCHANGED).shape == (28, 28)
    assert modes == ["strict", "eager"]
    assert token not in out + notes
    assert process.returncode == 0


def test_a_token_that_is_no_secret_is_refused_at_the_start(capfd, monkeypatch):
    monkeypatch.setenv("EDGE_DIGITS_TOKEN", "short")
    assert main(["--source", "sample", "--view", "browser", "--port", "0", "--no-open"]) == 1
    assert "EDGE_DIGITS_TOKEN" in capfd.readouterr().err
    assert demo_threads() == []


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_a_picture_whose_name_is_no_text_is_read(folder):
    (folder / "a2.png").rename(folder / os.fsdecode(b"a\xff.png"))
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    process = command("--source", str(folder), "--view", "terminal", env=environment)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "a\\udcff.png  73" in out.splitlines()


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 16000
    rows = zlib.compress(b"\0" * (1 + side // 8) * side)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(picture)
    environment = {name: value for name, value in os.environ.items() if name != "OPENCV_IO_MAX_IMAGE_PIXELS"}
    process = command("--source", str(tmp_path), "--view", "terminal", env=environment)
    out, notes = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "bomb.png" in notes


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_under_nohup_it_goes_on_when_the_terminal_is_closed():
    process = command(
        *("--source", str(SAMPLE_CLIP), "--loop", "--view", "browser", "--port", "0", "--no-open"),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    address = process.stdout.readline().split()[-1]
    process.send_signal(signal.SIGHUP)
    time.sleep(1)  # it would end within half a second
    assert httpx.get(f"{address}healthz").json() == {"status": "ok"}
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_version_is_told(capfd):
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    assert (ended.value.code, capfd.readouterr().out) == (0, f"camera-demo {__version__}\n")


def test_without_a_camera_the_list_says_so(capfd, monkeypatch):
    monkeypatch.setattr(discover, "candidates", lambda: [])
    assert main(["--list"]) == 0
    assert "No camera found" in capfd.readouterr().out
