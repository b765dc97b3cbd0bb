"""`edge-digits read` is stopped, or its output goes nowhere: it ends in good order and says why."""

from __future__ import annotations

import os
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

    def test_ctrl_c_while_opencv_is_loaded_ends_the_same_way(self, tmp_path: Path) -> None:
        # Loading it takes long on a small computer; this one takes longer, and says when it began.
        (tmp_path / "cv2.py").write_text("import time\nprint('loading', flush=True)\ntime.sleep(60)\n")
        runtime = Path(__file__).resolve().parents[2] / "runtime"
        process = start("read", "x.png", environment={"PYTHONPATH": f"{tmp_path}{os.pathsep}{runtime}"})
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
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

    @pytest.mark.parametrize("command", ["read", "--version"])
    def test_a_full_disk_behind_stdout_is_said(self, note: Path, command: str) -> None:
        words = [command, str(note)] if command == "read" else [command]
        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full here")
        with Path("/dev/full").open("w") as full:
            # So that what is left over is written at exit.
            process = start(*words, stdout=full, environment={"PYTHONUNBUFFERED": ""})
            _, err = process.communicate()
        assert process.returncode == 1
        assert "Exception" not in err
        assert "No space left on device" in err
        assert "Traceback" not in err
