"""`edge-digits read` prints what it read, says what it could not, and leaves nothing half done."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import toy_models as toys
from numpy.typing import NDArray

from edge_digits.cli import main
from edge_digits.cli.annotated import AnnotatedCopies
from edge_digits.cli.progress import Progress
from edge_digits.errors import OutputError

Capture = pytest.CaptureFixture[str]
unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")


def page(*lines: str) -> NDArray[np.uint8]:
    """A white sheet with our own handwriting."""
    from train.scenes import draw_digit

    rng = np.random.default_rng(3)
    sheet = np.full((60 + 120 * len(lines), 420), 255, np.uint8)
    for row, line in enumerate(lines):
        for column, label in enumerate(line):
            ink = draw_digit(label, rng, height=72)
            top, left = 40 + 120 * row, 40 + 90 * column
            sheet[top : top + ink.shape[0], left : left + ink.shape[1]] -= ink
    return sheet


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.png"
    cv2.imwrite(str(path), page("427"))
    return path


def start(*words: str, environment: dict[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
    runtime = Path(__file__).resolve().parents[2] / "runtime"
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "edge_digits", *words],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
        env={**os.environ, "PYTHONPATH": str(runtime), **(environment or {})},
    )


class TestPlainOutput:
    def test_is_one_line_a_picture(self, note: Path, capsys: Capture) -> None:
        assert main(["read", str(note)]) == 0
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        assert captured.err == ""

    def test_sets_further_lines_below_the_first(self, tmp_path: Path, capsys: Capture) -> None:
        path = tmp_path / "p.png"
        cv2.imwrite(str(path), page("427", "35"))
        assert main(["read", str(path)]) == 0
        assert capsys.readouterr().out == f"{path}: 427\n{' ' * len(str(path))}  35\n"

    def test_says_so_when_there_is_no_digit(self, tmp_path: Path, capsys: Capture) -> None:
        path = tmp_path / "blank.png"
        cv2.imwrite(str(path), np.full((80, 80), 255, np.uint8))
        assert main(["read", str(path)]) == 0
        assert capsys.readouterr().out == f"{path}: no digit\n"

    @pytest.mark.parametrize("backend", ["tflite", "onnxruntime", "opencv"])
    def test_is_the_same_on_every_backend(self, note: Path, backend: str, capsys: Capture) -> None:
        from edge_digits.backends import available_backends

        if available_backends()[backend] is None:
            pytest.skip(f"{backend} is not installed")
        before = cv2.getNumThreads()
        assert (
            main(["read", str(note), "--backend", backend, "--threads", str(before + 1), "--mode", "eager"])
            == 0
        )
        assert capsys.readouterr().out == f"{note}: 427\n"
        assert cv2.getNumThreads() == before

    def test_takes_a_picture_from_standard_input(
        self, note: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(note.read_bytes())))
        assert main(["read", "-"]) == 0
        assert capsys.readouterr().out == "-: 427\n"

    def test_names_an_empty_standard_input(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
        assert main(["read", "-"]) == 1
        assert "standard input" in capsys.readouterr().err

    def test_survives_a_name_that_the_terminal_cannot_write(self, note: Path, tmp_path: Path) -> None:
        odd = tmp_path / "größe☃.png"
        shutil.copy(note, odd)
        nameless = b"\xff.png"
        shutil.copy(note, os.path.join(os.fsencode(tmp_path), nameless))  # noqa: PTH118  (bytes, not text)
        process = start("read", str(odd), str(tmp_path), environment={"PYTHONIOENCODING": "ascii:strict"})
        out, err = process.communicate()
        assert process.returncode == 0, err
        assert "gr\\xf6\\xdfe\\u2603.png: 427" in out
        assert out.count(": 427\n") == 4


class TestJson:
    def test_is_one_object_a_line_with_the_file_and_its_reading(
        self, note: Path, tmp_path: Path, capsys: Capture
    ) -> None:
        missing = str(tmp_path / "missing.png")
        assert main(["read", "--json", str(note), missing, str(note)]) == 1
        captured = capsys.readouterr()
        first, second, third = map(json.loads, captured.out.splitlines())
        assert (first["file"], first["text"], len(first["lines"][0])) == (str(note), "427", 3)
        assert second["file"] == missing
        assert set(second["error"]) == {"type", "problem", "remedy"}
        assert second["error"]["type"] == "ImageError"
        assert third["text"] == first["text"]
        assert captured.err == ""

    def test_tells_of_a_model_that_does_not_open(self, note: Path, capsys: Capture) -> None:
        assert main(["read", "--json", "--model", "clasic", str(note)]) == 1
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["type"] == "ModelError"
        assert "'classic'" in error["remedy"]


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("no picture at all")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


class TestBadPictures:
    @pytest.mark.parametrize("suffix", [".png", ".jpg"])
    @pytest.mark.parametrize(
        "spoil", [empty, text, half, Path.unlink], ids=["empty", "text", "half", "missing"]
    )
    def test_are_named_and_the_others_still_read(
        self, note: Path, suffix: str, spoil: Callable[[Path], None], capsys: Capture
    ) -> None:
        bad = note.with_name("bad" + suffix)
        cv2.imwrite(str(bad), page("1"))
        spoil(bad)
        assert main(["read", str(bad), str(note)]) == 1
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        problem, remedy = captured.err.splitlines()
        assert problem.startswith("edge-digits: ")
        assert str(bad) in problem
        assert remedy.strip()
        assert "Traceback" not in captured.err

    def test_in_a_folder_are_passed_over_by_their_names(self, note: Path, capsys: Capture) -> None:
        shutil.copy(note, note.with_name("b.PNG"))
        for name in ("readme.txt", "labels.csv"):
            note.with_name(name).write_text("1")
        (note.parent / "sub").mkdir()
        shutil.copy(note, note.parent / "sub" / "deep.png")
        assert main(["read", str(note.parent)]) == 0
        captured = capsys.readouterr()
        assert captured.out.splitlines() == [f"{note.with_name(name)}: 427" for name in ("b.PNG", "note.png")]
        assert "2 of 4 files are no pictures" in captured.err

    def test_a_folder_without_any_is_an_error(self, tmp_path: Path, capsys: Capture) -> None:
        assert main(["read", str(tmp_path)]) == 1
        assert "no picture in the folder" in capsys.readouterr().err

    def test_patterns_the_shell_left_alone_are_expanded(self, note: Path, capsys: Capture) -> None:
        shutil.copy(note, note.with_name("a.png"))
        assert main(["read", str(note.parent / "*.png"), str(note.parent / "*.jpg")]) == 1
        captured = capsys.readouterr()
        assert captured.out.splitlines() == [f"{note.with_name(name)}: 427" for name in ("a.png", "note.png")]
        assert "No file matches" in captured.err

    def test_a_name_with_brackets_is_a_name_first(self, note: Path, capsys: Capture) -> None:
        odd = note.with_name("note[1].png")
        note.rename(odd)
        assert main(["read", str(odd)]) == 0
        assert capsys.readouterr().out == f"{odd}: 427\n"


class TestWrongUsage:
    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["read"],
            ["read", "x.png", "--backend", "onnx"],
            ["read", "x.png", "--mode", "bold"],
            ["read", "x.png", "--threads", "0"],
            ["read", "x.png", "--threads", "two"],
            ["write", "x.png"],
        ],
    )
    def test_ends_with_2_and_shows_the_usage(self, words: list[str], capsys: Capture) -> None:
        assert main(words) == 2
        captured = capsys.readouterr()
        assert "usage: edge-digits" in captured.out + captured.err

    @pytest.mark.parametrize("words", [["--help"], ["read", "--help"], ["--version"]])
    def test_asking_for_help_is_no_mistake(self, words: list[str], capsys: Capture) -> None:
        assert main(words) == 0
        assert "edge-digits" in capsys.readouterr().out

    def test_the_version_is_the_package_s(self, capsys: Capture) -> None:
        import edge_digits

        main(["--version"])
        assert capsys.readouterr().out == f"edge-digits {edge_digits.__version__}\n"


class TestModelsThatDoNotOpen:
    def test_an_unknown_one_brings_the_known(self, note: Path, capsys: Capture) -> None:
        assert main(["read", "--model", "classik", str(note)]) == 1
        err = capsys.readouterr().err
        assert "known are classic" in err
        assert "Did you mean 'classic'?" in err

    def test_a_tampered_one_is_named(
        self, note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        folder = tmp_path / "models"
        toys.models_folder(folder, {"toy-float32.tflite": b"what was shipped"})
        (folder / "toy" / "toy-float32.tflite").write_bytes(b"what is there")
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(folder))
        assert main(["read", str(note)]) == 1
        assert "SHA-256" in capsys.readouterr().err

    def test_one_that_nothing_installed_can_run_names_the_packages(
        self, note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        folder = tmp_path / "models"
        toys.models_folder(folder, {"toy-float32.tflite": b"any"})
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(folder))
        for module in ("ai_edge_litert", "tflite_runtime", "tensorflow", "onnxruntime"):
            monkeypatch.setitem(sys.modules, module, None)
        assert main(["read", str(note)]) == 1
        err = capsys.readouterr().err
        assert "tflite: not installed" in err
        assert 'pip install "edge-digits[tflite]"' in err


class TestAnnotatedCopies:
    def test_are_written_beside_the_reading(self, note: Path, tmp_path: Path, capsys: Capture) -> None:
        bitmap = note.with_suffix(".bmp")
        cv2.imwrite(str(bitmap), page("5"))
        folder = tmp_path / "made" / "here"
        before = note.read_bytes()
        assert main(["read", str(note), str(bitmap), "--annotate", str(folder)]) == 0
        assert capsys.readouterr().out == f"{note}: 427\n{bitmap}: 5\n"
        assert sorted(path.name for path in folder.iterdir()) == ["note-2.png", "note.png"]
        copy = cv2.imread(str(folder / "note.png"))
        assert copy.shape[:2] == page("427").shape
        assert (copy != cv2.imread(str(note))).any()
        assert note.read_bytes() == before

    def test_have_the_permissions_of_any_new_file(self, note: Path, tmp_path: Path) -> None:
        plain = tmp_path / "plain"
        plain.touch()
        assert main(["read", str(note), "--annotate", str(tmp_path / "out")]) == 0
        assert (tmp_path / "out" / "note.png").stat().st_mode == plain.stat().st_mode

    def test_never_replace_a_picture_that_is_read(self, note: Path, capsys: Capture) -> None:
        before = note.read_bytes()
        assert main(["read", str(note), "--annotate", str(note.parent)]) == 1
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        assert "would overwrite" in captured.err
        assert note.read_bytes() == before

    def test_never_replace_it_through_a_link_either(self, note: Path, tmp_path: Path) -> None:
        linked = tmp_path / "linked"
        linked.symlink_to(note.parent, target_is_directory=True)
        copies = AnnotatedCopies(linked, [str(note)])
        with pytest.raises(OutputError, match="would overwrite"):
            copies.write(str(note), page("1"))

    def test_of_pictures_with_one_name_do_not_replace_each_other(self, tmp_path: Path) -> None:
        copies = AnnotatedCopies(tmp_path / "out", [])
        written = [copies.write(name, page("1")).name for name in ("a/n.jpg", "b/n.jpg", "N.JPG", "-")]
        assert written == ["n.jpg", "n-2.jpg", "N-3.JPG", "stdin.png"]

    def test_cannot_go_into_a_file(self, note: Path, capsys: Capture) -> None:
        assert main(["read", str(note), "--annotate", str(note)]) == 1
        assert "cannot be made" in capsys.readouterr().err

    @unix
    def test_on_a_full_disk_leave_nothing_behind_and_cost_no_reading(
        self, note: Path, tmp_path: Path
    ) -> None:
        import resource

        folder = tmp_path / "out"
        folder.mkdir()
        earlier = folder / "note.png"
        earlier.write_bytes(b"an earlier copy")
        process = start(
            "read", "--json", str(note), "--annotate", str(folder),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        )  # fmt: skip
        out, err = process.communicate()
        assert process.returncode == 1, err
        told = json.loads(out)
        assert told["text"] == "427"
        assert told["error"]["type"] == "OutputError"
        assert "note.png cannot be written" in told["error"]["problem"]
        assert [path.name for path in folder.iterdir()] == ["note.png"]
        assert earlier.read_bytes() == b"an earlier copy"
        assert err == ""


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


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [0.0]
        monkeypatch.setattr("edge_digits.cli.progress.time.monotonic", lambda: now[0])
        return now

    def test_shows_after_two_seconds_how_much_is_left(
        self, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        progress = Progress(10, "pictures")
        clock[0] = 1.5
        progress.step()
        assert terminal.getvalue() == ""
        clock[0] = 4.0
        progress.step()
        assert terminal.getvalue().endswith("2 of 10 pictures, about 16 s left")
        progress.clear()
        assert terminal.getvalue().endswith("\r\x1b[K")

    def test_is_silent_where_nobody_watches(
        self, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pipe = io.StringIO()
        monkeypatch.setattr(sys, "stderr", pipe)
        progress = Progress(10, "pictures")
        clock[0] = 100.0
        progress.step()
        progress.clear()
        assert pipe.getvalue() == ""
