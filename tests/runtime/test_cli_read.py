"""`edge-digits read` prints what it read and says what it could not, with a way out."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import toy_models as toys
from command_process import start
from written_pages import white_sheet

from edge_digits.cli import main

Capture = pytest.CaptureFixture[str]


class TestPlainOutput:
    def test_is_one_line_a_picture(self, note: Path, capsys: Capture) -> None:
        assert main(["read", str(note)]) == 0
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        assert captured.err == ""

    def test_sets_further_lines_below_the_first(self, tmp_path: Path, capsys: Capture) -> None:
        path = tmp_path / "p.png"
        cv2.imwrite(str(path), white_sheet("427", "35"))
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
        cv2.imwrite(str(bad), white_sheet("1"))
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


class TestOddNames:
    def test_one_that_is_too_long_does_not_cost_the_others(self, note: Path, capsys: Capture) -> None:
        assert main(["read", "a" * 300 + ".png", str(note)]) == 1
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        assert "File name too long" in captured.err

    def test_an_empty_one_is_not_the_current_folder(
        self, note: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        monkeypatch.chdir(note.parent)
        assert main(["read", ""]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "empty name" in captured.err

    @pytest.mark.skipif(sys.platform == "win32", reason="links of Unix")
    def test_a_link_to_itself_cannot_be_read(self, tmp_path: Path, capsys: Capture) -> None:
        loop = tmp_path / "loop.png"
        loop.symlink_to(loop)
        assert main(["read", str(loop), "--annotate", str(tmp_path / "out")]) == 1
        assert "cannot be read" in capsys.readouterr().err


class TestClosedStreams:
    def test_no_standard_input_is_nothing_to_read(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert main(["read", "-"]) == 1
        assert "Nothing came on standard input" in capsys.readouterr().err

    def test_no_standard_output_is_said_on_the_other(
        self, note: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        assert main(["read", str(note)]) != 0
        assert "cannot be written" in capsys.readouterr().err


def test_threads_beyond_reason_are_refused(note: Path, capsys: Capture) -> None:
    assert main(["read", str(note), "--threads", "3000000000"]) == 2
    assert "from 1 to 64" in capsys.readouterr().err


def test_a_saved_preference_decides_the_threads(
    note: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked = []
    monkeypatch.setattr("edge_digits.cli.read.DigitReader", lambda *_, **how: asked.append(how) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["read", str(note)])
    assert asked[0]["threads"] is None
