"""Output goes to a full disk, a closed stream or a reader who leaves: a message, and no traceback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from demo_command import ROOT, command
from demo_fakes import demo_threads
from waiting import eventually

from camera_demo.__main__ import main
from camera_demo.sources import discover
from camera_demo.views.browser.server import bind

BROWSER = ["--source", "sample", "--view", "browser", "--no-open", "--port", "0"]
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


@full_disk
@pytest.mark.parametrize(
    "arguments",
    [["--source", "{}", "--view", "terminal"], ["--source", "{}", "--json"], BROWSER, ["--list"]],
    ids=["terminal", "json", "browser", "list"],
)
def test_a_full_disk_behind_stdout_is_said_in_every_view(folder, monkeypatch, capfd, arguments):
    monkeypatch.setattr(discover, "candidates", lambda: [])
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main([argument.format(folder) for argument in arguments]) == 1
    assert "cannot be written: No space left on device" in capfd.readouterr().err
    assert demo_threads() == []


@full_disk
@pytest.mark.parametrize("arguments", [["--source", "{}", "--view", "terminal"], ["--help"]])
def test_the_process_itself_ends_without_a_second_complaint(folder, arguments):
    with Path("/dev/full").open("w") as full:
        process = command(
            *[argument.format(folder) for argument in arguments],
            stdout=full,
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # so that what is left over is written at exit
        )
        _, notes = process.communicate(timeout=60)
    assert process.returncode == 1
    assert notes.splitlines()[-1] == "  Free some space, or write elsewhere"
    assert "Traceback" not in notes and "Exception" not in notes


def test_where_stdout_is_closed_the_terminal_view_says_that_it_has_nowhere_to_write(
    folder, monkeypatch, capfd
):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["--source", str(folder), "--view", "terminal"]) == 1
    assert "cannot be written: Bad file descriptor" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_where_stdout_is_closed_the_browser_view_serves_all_the_same():
    with bind("127.0.0.1", 0, fixed=False) as free:
        port = str(free.getsockname()[1])
    words = [sys.executable, "-m", "camera_demo", *BROWSER[:-1], port]
    process = subprocess.Popen(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )

    def healthy() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        return False

    try:
        assert eventually(lambda: healthy() or process.poll() is not None, seconds=60)
        assert process.poll() is None
    finally:
        process.terminate()
        _, notes = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in notes


def test_where_stderr_is_closed_notes_do_not_come_among_the_readings(folder, monkeypatch, capfd):
    (folder / "a3.png").write_bytes(b"no picture")
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["--source", str(folder), "--json"]) == 1
    told = [json.loads(line)["picture"] for line in capfd.readouterr().out.splitlines()]
    assert told == ["a1.png", "a2.png", "a10.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_of_lines_that_has_seen_enough_is_no_error(folder):
    process = command("--source", str(folder), "--view", "terminal", "--loop")
    assert process.stdout.readline().startswith("a1.png")
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read().startswith("Source: folder")
    process.stderr.close()
