"""`edge-digits read` is stopped, or its output goes nowhere: it ends in good order and says why."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from command_process import start, unix


@unix
class TestInterruptions:
    def test_ctrl_c_ends_with_130_and_no_traceback(self, note: Path) -> None:
        process = start("read", str(note), "-", stdin=subprocess.PIPE)
        assert process.stdout is not None
        # The first picture is read, so the command now waits for the second on standard input.
        assert process.stdout.readline() == f"{note}: 427\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        assert process.returncode == 130
        assert err == "edge-digits: interrupted\n"

    def test_a_closed_pipe_ends_quietly(self, note: Path) -> None:
        process = start("read", "--json", *[str(note)] * 200)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1

    def test_a_full_disk_behind_stdout_is_said(self, note: Path) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full here")
        with Path("/dev/full").open("w") as full:
            process = start("read", str(note), stdout=full)
            _, err = process.communicate()
        assert process.returncode == 1
        assert "No space left on device" in err
        assert "Traceback" not in err
