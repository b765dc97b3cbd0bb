"""Every command ends with its own exit code, whatever becomes of its stdout and stderr."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("edge_digits", "camera_demo", "benchmarks", "convert", "train", "train.scenes")
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")


def run(words: str, redirection: str, *, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m {words} {redirection}', sys.executable],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "runtime")]),
            "PYTHONUNBUFFERED": "",  # so that what is left over is written at exit
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@full_disk
@pytest.mark.parametrize(
    ("words", "code"),
    [
        *[(f"{command} --no-such-option", 2) for command in COMMANDS],
        ("edge_digits read missing.png", 1),
        ("edge_digits read --verbose camera_demo/assets/pictures/blank-page.jpg", 0),
        ("camera_demo --source missing.png", 1),
        ("camera_demo --source camera_demo/assets/pictures/blank-page.jpg --view terminal", 0),
        ("benchmarks compare missing.json missing.json", 2),
        ("convert --list --models missing", 1),
        ("train classic --evaluate --out missing", 1),
        ("train.scenes page --preset missing", 1),
    ],
)
def test_a_full_disk_behind_stderr_changes_no_exit_code(words: str, code: int) -> None:
    assert run(words, "2>/dev/full").returncode == code


@full_disk
@pytest.mark.parametrize("command", COMMANDS)
def test_help_that_cannot_be_written_is_said(command: str) -> None:
    done = run(f"{command} --help", ">/dev/full")
    assert done.returncode == 1
    assert "The output cannot be written: No space left on device" in done.stderr
    assert "Exception" not in done.stderr


@posix
@pytest.mark.parametrize(
    "words",
    [
        "edge_digits models",
        "camera_demo --source camera_demo/assets/pictures/blank-page.jpg --view terminal",
        "convert --list",
    ],
)
@pytest.mark.parametrize("closed", ["2>&-", "2>&- <&-"])
def test_where_stderr_is_closed_the_results_are_written_all_the_same(words: str, closed: str) -> None:
    done = run(words, closed)
    assert (done.returncode, done.stdout) == (0, run(words, "").stdout)


@posix
def test_where_stderr_is_closed_processes_that_a_command_starts_have_one(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import subprocess, sys\n"
        "from edge_digits.cli.terminal import standard_streams\n"
        "with standard_streams():\n"
        "    subprocess.run([sys.executable, '-c', 'import os; os.fstat(2); print(2)'], check=True)\n"
    )
    done = run("program", "2>&-", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "2\n")


@posix
def test_where_stderr_is_closed_a_mistake_does_not_come_among_the_results() -> None:
    done = run("convert --list --models missing", "2>&-")
    assert (done.returncode, done.stdout) == (1, "")


@posix
@pytest.mark.parametrize("words", ["convert --list", "edge_digits models"])
def test_results_that_went_to_a_closed_stdout_are_a_failure(words: str) -> None:
    done = run(words, ">&-")
    assert done.returncode == 1
    assert "The output cannot be written: Bad file descriptor" in done.stderr


@pytest.mark.parametrize(
    ("command", "step", "words"),
    [
        ("benchmarks.cli", "benchmarks.compare_command.load_result", ["compare", "a.json", "b.json"]),
        ("convert.__main__", "convert.manifest.read_manifest", ["--list"]),
        ("train.scenes.__main__", "train.scenes.__main__.render_scene", ["page", "--out", "page.png"]),
    ],
)
def test_the_failure_of_another_file_is_not_told_as_one_of_the_output(
    command: str, step: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "some/other/file")

    main = __import__(command, fromlist=["main"]).main
    monkeypatch.setattr(step, fail)
    with pytest.raises(PermissionError):
        main(words)
