"""Instructions counted on emulated boards: what each count belongs to, and that none is counted twice."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from benchmarks import guest, parts
from benchmarks.cli import main
from benchmarks.emulator import Emulator, parse
from benchmarks.errors import DataError
from benchmarks.instructions_command import markdown
from benchmarks.parts import arrange
from edge_digits.registry import artifacts


def test_counts_are_given_to_the_rows_and_stages_they_belong_to(monkeypatch):
    marks, closed = guest.Marks(), []
    monkeypatch.setattr(guest, "os", SimpleNamespace(close=closed.append))
    guest._count(marks, {"file": "a.onnx", "backend": "opencv", "calls": 4}, lambda _: None, [1, 2], 4)
    clock = guest.StageClock(marks, "small", ["load", "classify"])
    for _ in range(3):
        clock.perf_counter()
    marks.mark()
    marks.mark({"frame": "R", "stage": "reference"})
    assert closed == [guest.FIRST_MARK + number for number in range(7)]
    deltas = [999, 4000, 999, 10, 20, 999, 5]
    counted = "".join(f"ICOUNT mark {k} total 0 delta {d}\nnoise\n" for k, d in enumerate(deltas))
    printed = json.dumps(
        {"sections": marks.sections, "refused": [], "engines": {"opencv": "opencv 5"}, "python": "3"}
    )
    found = arrange(*parse("a greeting\n" + printed, counted))
    assert found["rows"] == [{"file": "a.onnx", "backend": "opencv", "instructions": 1000}]
    assert found["frames"] == {"small": {"load": 10, "classify": 20}, "R": {"reference": 5}}
    page = markdown({"suite": "bookworm", "commit": None, "boards": {"pi4": found}})
    assert "| a.onnx | opencv  |                 1 |" in page and "6.0 R" in page
    with pytest.raises(DataError, match="6 of 7 marks"):
        parse(printed, counted.replace("ICOUNT mark 3 ", "lost "))


def test_without_an_emulator_counting_is_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("EDGE_DIGITS_EMULATOR", raising=False)
    assert main(["instructions"]) == 2
    assert "--emulator PATH" in capsys.readouterr().err
    assert main(["instructions", "--emulator", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1
    assert "does not run" in capsys.readouterr().err


@pytest.fixture
def board(few_models, monkeypatch, tmp_path):
    """Runs the command with an emulator that answers at once; a name in `broken` makes it fail."""
    few_models("classic-float32.onnx", "classic-int8.onnx")
    monkeypatch.setattr(parts, "_write_input", lambda path: path.touch())
    program = tmp_path / "emulate"
    program.touch(mode=0o755)
    asked, broken = [], set()

    def answer(self, board, words, given):
        name = words[-1]
        asked.append((board, name))
        if name in broken:
            raise DataError("it broke", "try again")
        row = {"file": f"{name}.onnx", "backend": "opencv", "calls": 2}
        ended = {"frame": "R", "stage": "reference"} if name == guest.FRAMES else row
        said = {"sections": [None, ended], "refused": [], "engines": {"opencv": "5"}, "python": "3"}
        return said, [7, 8000]

    monkeypatch.setattr(Emulator, "run", answer)
    words = ["instructions", "--emulator", str(program), "--out", str(tmp_path / "out")]
    return SimpleNamespace(run=lambda: main(words), asked=asked, broken=broken, out=tmp_path / "out")


def test_a_run_that_broke_goes_on_where_it_was(board, capsys):
    board.broken.add(guest.FRAMES)
    assert board.run() == 1
    assert board.asked == [("pi4", "classic-int8"), ("pi4", guest.FRAMES)]
    board.broken.clear()
    board.asked.clear()
    assert board.run() == 0
    assert board.asked == [("pi4", guest.FRAMES), ("pi5", "classic-int8"), ("pi5", guest.FRAMES)]
    made = json.loads((board.out / "raspberry-pi-instructions.json").read_text())
    assert made["boards"]["pi4"]["rows"][0]["instructions"] == 4000
    assert made["boards"]["pi5"]["frames"] == {"R": {"reference": 8000}}
    assert sorted(path.suffix for path in board.out.iterdir()) == [".json", ".md"]
    assert "| classic-int8.onnx" in capsys.readouterr().out


def test_counts_of_other_files_are_not_taken_up(board):
    board.broken.add(guest.FRAMES)
    assert board.run() == 1
    one = next(each for each in artifacts() if each.name == "classic-int8")
    one.path.write_bytes(one.path.read_bytes() + b"x")
    board.asked.clear()
    board.broken.clear()
    assert board.run() == 0
    assert len(board.asked) == 4
