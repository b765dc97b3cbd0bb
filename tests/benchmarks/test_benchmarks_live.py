"""`python -m benchmarks live`: clips are followed, and what a frame cost is told over R."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import live
from benchmarks.cli import main
from edge_digits import DigitReader
from train.scenes import draw_digit
from train.scenes.avi import write_avi


def still(text: str, count: int) -> list[np.ndarray]:
    """A sheet before a camera that has grain."""
    rng = np.random.default_rng(5)
    sheet = np.full((200, 100 * len(text) + 100, 3), 225.0)
    for place, label in enumerate(text):
        ink = draw_digit(label, rng, height=80)
        height, width = ink.shape
        sheet[60 : 60 + height, 60 + 100 * place : 60 + 100 * place + width] -= 0.7 * ink[..., None]
    return [np.clip(sheet + rng.normal(0, 2, sheet.shape), 0, 255).astype(np.uint8) for _ in range(count)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Forty frames of a sheet that lies still."""
    path = tmp_path / "still.avi"
    with path.open("wb") as file:
        write_avi(file, still("352", 40), fps=15, quality=95)
    return path


def rows(printed: str) -> list[list[str]]:
    """The cells of the table below its header."""
    lines = [line for line in printed.split("\n") if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_a_clip_is_followed_to_its_end_and_every_frame_kept(clip, tmp_path, capsys):
    out = tmp_path / "new" / "r.json"
    assert main(["live", str(clip), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    [row] = rows(printed)
    assert row[:2] == ["still.avi", "40"] and row[-3:] == ["-", "-", "-"]
    assert "threads 1" in printed and "\nR: GaussianBlur" in printed
    result = json.loads(out.read_text())
    [figures] = result["cases"]
    assert (result["schema"], result["reader"]["threads"]) == (1, 1)
    assert (figures["frames"], figures["size"], len(figures["each"])) == (40, [400, 200], 40)
    assert figures["each"][-1]["shown"] == "352"
    assert str(tmp_path) not in out.read_text()


def test_of_a_clip_in_which_nothing_happens_few_frames_are_searched(clip, tmp_path):
    out = tmp_path / "r.json"
    assert main(["live", str(clip), "--json", str(out)]) == 0
    [figures] = json.loads(out.read_text())["cases"]
    assert figures["searched"] == sum(each["searched"] for each in figures["each"])
    assert 0 < figures["searched"] < 12
    assert figures["each"][0]["searched"]


def test_figures_add_up(clip):
    case = live.clip_case(clip)
    followed = live.follow(DigitReader(), case, live.reference_grey(0)[:90, :160])
    figures = live.figures(case, followed)
    assert len(followed.reference) == 40 / live.EVERY
    share = figures["searched"] / figures["frames"]
    mean = share * figures["searched_r"] + (1 - share) * figures["followed_r"]
    assert figures["mean_r"] == pytest.approx(mean, rel=1e-2)
    assert figures["mean_r"] == pytest.approx(figures["mean_ms"] / figures["reference_ms"], rel=1e-2)
    assert figures["followed_r"] < figures["mean_r"] < figures["searched_r"]


def test_what_is_shown_is_held_against_what_is_there():
    case = live.Case("a sheet", lambda: still("352", 12), 12)
    followed = live.follow(DigitReader(), case, live.reference_grey(0)[:90, :160])

    def told(text: str | None) -> tuple[object, ...]:
        figures = live.figures(replace(case, text=text), followed)
        return figures["right_from"], figures["right_share"], figures["false_frames"]

    first, share, false = told("352")
    assert 1 < first < 8 and (share, false) == (1.0, None)
    assert told("35") == (None, None, None)
    assert told("") == (None, None, 13 - first)
    assert told(None) == (None, None, None)


def test_where_every_frame_was_searched_there_is_no_other(capsys, tmp_path):
    path = tmp_path / "short.avi"
    with path.open("wb") as file:
        write_avi(file, still("7", 1), fps=15, quality=95)
    assert main(["live", str(path)]) == 0
    [row] = rows(capsys.readouterr().out)
    assert row[1:3] == ["1", "100.0 %"] and row[9] == "-"


def test_without_clips_rendered_scenes_and_the_sample_clip_are_followed(clip, capsys, monkeypatch):
    monkeypatch.setattr(live, "SAMPLE_CLIP", clip)
    assert main(["live", "--frames", "3", "--seed", "2"]) == 0
    told = rows(capsys.readouterr().out)
    assert [row[:2] for row in told] == [
        *(["at rest", "3"], ["in a hand", "3"], ["empty", "3"], ["sample clip", "40"])
    ]
    assert [row[-1] for row in told] == ["-", "-", "0", "-"]


def test_what_is_no_clip_is_refused_before_anything_is_followed(clip, tmp_path, capsys):
    (tmp_path / "letter.avi").write_text("Dear reader")
    for wrong, complaint in (
        ("gone.avi", "there is no file"),
        ("letter.avi", "is no clip"),
        ("", "a folder"),
    ):
        assert main(["live", str(clip), str(tmp_path / wrong)]) == 1
        printed = capsys.readouterr()
        assert complaint in printed.err and "Traceback" not in printed.err
        assert printed.err.startswith("error: ") and printed.err.count("\n") == 2
        assert printed.out == ""


def test_a_clip_without_a_frame_is_refused(clip, tmp_path, capsys):
    whole = clip.read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: whole.index(b"movi") + 4])
    assert main(["live", str(cut)]) == 1
    error = capsys.readouterr().err
    assert "cut.avi" in error and "Traceback" not in error


@pytest.mark.parametrize("wrong", [["--frames", "0"], ["--seed", "-1"], ["--mode", "hasty"]])
def test_what_makes_no_sense_is_refused(capsys, wrong):
    try:
        code = main(["live", *wrong])
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2 and wrong[1] in error and "Traceback" not in error


def test_results_go_nowhere_where_they_cannot(clip, capsys):
    assert main(["live", str(clip), "--json", str(clip / "r.json")]) == 1
    assert "cannot write" in capsys.readouterr().err
