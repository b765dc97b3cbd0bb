"""`python -m benchmarks robustness` and the ways in which it makes pictures worse."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.cli import main
from benchmarks.degradations import DEGRADATIONS
from train.scenes import draw_digit

GROUND = 225


def page(text: str) -> np.ndarray:
    """Digits in a row, dark on paper."""
    rng = np.random.default_rng(5)
    sheet = np.full((200, 100 * len(text) + 100, 3), GROUND, np.uint8)
    for place, label in enumerate(text):
        ink = draw_digit(label, rng, height=80)
        height, width = ink.shape
        part = sheet[60 : 60 + height, 60 + 100 * place : 60 + 100 * place + width]
        part[:] = np.minimum(part, GROUND - (ink[..., None] * 0.7).astype(np.uint8))
    return sheet


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A row of digits, a digit by itself and an empty page."""
    cv2.imwrite(str(tmp_path / "row.png"), page("3528"))
    cv2.imwrite(str(tmp_path / "lone.png"), page("6"))
    cv2.imwrite(str(tmp_path / "empty.png"), page("")[:, :60].repeat(6, 1))
    path = tmp_path / "labels.csv"
    path.write_text("file,kind,reading_order_text\nrow.png,multi,3528\nlone.png,single,6\nempty.png,none,\n")
    return path


@pytest.mark.parametrize("way", DEGRADATIONS.values(), ids=lambda way: way.name)
def test_each_way_changes_a_copy_and_is_the_same_each_time(way):
    picture = page("42")
    before = picture.copy()
    changed = way(picture, "a.png", 0)
    assert changed.dtype == np.uint8 and changed.ndim == 3 and changed.shape[2] == 3
    assert changed.shape != before.shape or np.any(changed != before)
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(way(picture, "a.png", 0), changed)


@pytest.mark.parametrize(
    "name", ["grain", "coarse grain", "specks", "shaded", "aslant", "glare", "shaken", "mixed", "mixed more"]
)
def test_what_is_left_to_chance_differs_between_pictures_and_seeds(name):
    picture = page("42")
    changed = DEGRADATIONS[name](picture, "a.png", 0)
    for other in (DEGRADATIONS[name](picture, "b.png", 0), DEGRADATIONS[name](picture, "a.png", 1)):
        assert other.shape != changed.shape or np.any(other != changed)


def test_turns_go_clockwise_and_lose_nothing():
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:4, :4] = 255
    right = DEGRADATIONS["right side"](picture, "", 0)
    assert right.shape[:2] == (80, 40) and right[:4, -4:].min() == 255
    assert DEGRADATIONS["upside down"](picture, "", 0)[-4:, -4:].min() == 255
    assert DEGRADATIONS["left side"](picture, "", 0)[-4:, :4].min() == 255
    turned = DEGRADATIONS["turned"](picture, "", 0)
    assert turned.shape[0] > 40 and turned.shape[1] == pytest.approx(80 * 0.819 + 40 * 0.574, abs=1)
    # What was at the left above now leads at the top.
    assert turned[: turned.shape[0] // 3].max() > 128


def test_shade_darkens_half_of_the_picture():
    picture = np.full((100, 160, 3), 200, np.uint8)
    shaded = DEGRADATIONS["shaded"](picture, "", 0)
    assert np.mean(shaded < 110) == pytest.approx(0.5, abs=0.03)
    assert np.mean(shaded > 190) == pytest.approx(0.5, abs=0.03)


def test_far_away_a_picture_is_a_fifth_of_a_desk_of_4000_pixels_at_most():
    for side, shown in ((200, 200), (2000, 800)):
        desk = DEGRADATIONS["far"](np.full((side, side, 3), 250, np.uint8), "sheet.png", 0)
        assert desk.shape == (5 * shown, 5 * shown, 3)
        white = (desk > 240).all(axis=2)
        assert white.sum() == pytest.approx(shown**2, rel=0.05)
        rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
        assert np.ptp(rows) < 1.02 * shown and np.ptp(columns) < 1.02 * shown


def test_pictures_are_read_in_each_way_and_the_table_says_how(labels, tmp_path, capsys):
    out = tmp_path / "r.json"
    ways = ["dark", "upside down", "half"]
    assert main(["robustness", str(labels), "--ways", *ways, "--json", str(out)]) == 0
    rows = json.loads(out.read_text())["ways"]
    assert list(rows) == ["as it is", *ways]
    assert rows["as it is"]["multi"]["exact"] == 1 and rows["dark"]["multi"]["exact"] == 1
    assert rows["dark"]["single"]["exact"] == 1 and rows["dark"]["none"]["false_pictures"] == 0
    # A 6 upside down is a 9: it is not asked for.
    assert rows["upside down"]["single"]["pictures"] == 0
    assert rows["upside down"]["multi"]["pictures"] == 1
    printed = capsys.readouterr().out
    assert "0.3 times as light" in printed and "all ways" in printed and "0/1" in printed


def test_processes_side_by_side_tell_the_same(labels, tmp_path):
    told = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.json"
        assert main(["robustness", str(labels), "--ways", "grain", "--jobs", jobs, "--json", str(out)]) == 0
        told.append(
            [picture["shown"] for picture in json.loads(out.read_text())["ways"]["grain"]["pictures"]]
        )
    assert told[0] == told[1] and told[0][0] == "3528"


def test_each_picture_may_go_bad_several_times_each_time_by_another_seed(labels, tmp_path, capsys):
    def read(*more: str) -> dict[str, list[str]]:
        out = tmp_path / "r.json"
        command = ["robustness", str(labels), "--ways", "mixed more", "--json", str(out), *more]
        assert main(command) == 0
        rows = json.loads(out.read_text())["ways"]
        return {way: [each["shown"] for each in row["pictures"]] for way, row in rows.items()}

    thrice = read("--seed", "2", "--draws", "3", "--failures", str(tmp_path / "out"))
    assert "seeds 2 to 4" in capsys.readouterr().out
    assert len(thrice["as it is"]) == 3 and len(thrice["mixed more"]) == 9
    for place, seed in enumerate("234"):
        assert read("--seed", seed)["mixed more"] == thrice["mixed more"][place::3]


def test_what_is_misread_in_one_draw_of_several_is_drawn_by_its_seed(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "row.png"), page("35"))
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\nrow.png,multi,355\n")
    out = tmp_path / "out"
    command = ["robustness", str(tmp_path / "labels.csv"), "--ways", "grain", "--seed", "7", "--draws", "2"]
    assert main([*command, "--failures", str(out)]) == 0
    one, other = (cv2.imread(str(out / "grain" / seed / "row.jpg")) for seed in "78")
    assert one.shape == other.shape and np.any(one != other)
    assert (out / "as-it-is" / "row.jpg").exists() and "grain (2)" in capsys.readouterr().out


def test_what_is_misread_is_drawn_as_it_was_shown(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "row.png"), page("35"))
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\nrow.png,multi,355\n")
    out = tmp_path / "out"
    assert (
        main(["robustness", str(tmp_path / "labels.csv"), "--ways", "inverted", "--failures", str(out)]) == 0
    )
    assert (out / "as-it-is" / "row.jpg").exists()
    drawn = cv2.imread(str(out / "inverted" / "row.jpg"))
    # The caption is light, the page below it now dark.
    assert drawn[:20].mean() > 200 and drawn[-20:].mean() < 60
    printed = capsys.readouterr().out
    assert "2 misread pictures" in printed and "row.png: inverted" in printed


def test_a_file_that_is_no_picture_is_told_and_the_others_are_read(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "lone.png"), page("6"))
    (tmp_path / "labels.csv").write_text(
        "file,kind,reading_order_text\ngone.png,single,1\nlone.png,single,6\n"
    )
    assert main(["robustness", str(tmp_path / "labels.csv"), "--ways", "dark"]) == 1
    assert "1/2" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--jobs", "0"], ["--draws", "0"], ["--seed", "-1"], ["--ways", "melted"]])
def test_what_makes_no_sense_is_refused(labels, capsys, wrong):
    try:
        code = main(["robustness", str(labels), *wrong])
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2 and wrong[1] in error and "Traceback" not in error
