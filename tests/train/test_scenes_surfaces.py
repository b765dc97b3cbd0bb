"""Numbers on the things that people write on, and the command that takes photographs of them."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
import pytest
from PIL import ImageDraw

from benchmarks.labels import load_labels
from train.scenes.__main__ import main
from train.scenes.geometry import corners, seen_box
from train.scenes.pens import PENS
from train.scenes.scene import covers
from train.scenes.surfaces import KINDS, Surface, SurfacePicture, paint, rendering, surface_pictures
from train.scenes.surfaces.surface import Box
from train.scenes.surfaces.writer import Writer

TYPEFACES = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FACES = [TYPEFACES / "DejaVuSans.ttf", TYPEFACES / "cmr10.ttf"]
"""In the order in which the command finds them."""
SEED = 5


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the camera take small pictures, quick to render."""
    monkeypatch.setattr(rendering, "SIZES", ((480, 360),))


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    folder = tmp_path / "fonts"
    folder.mkdir()
    for path in FACES:
        shutil.copy(path, folder)
    return folder


@dataclass
class Painted:
    """A surface and all that was noted and printed while it was painted."""

    surface: Surface
    notes: list[tuple[str, Box, bool]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def painted() -> dict[str, list[Painted]]:
    """Two surfaces of every kind."""
    note, draw = Surface.note, ImageDraw.ImageDraw.text
    notes: list[tuple[Surface, str, Box, bool]] = []
    printed: list[str] = []

    def noting(self: Surface, text: str, box: Box, *, same_line: bool = False) -> None:
        notes.append((self, text, box, same_line))
        note(self, text, box, same_line=same_line)

    def drawing(self: ImageDraw.ImageDraw, place: Any, text: str, **options: Any) -> None:
        # A writer's typeface is read into memory, a printer's is opened by its name.
        if isinstance(options["font"].path, str):
            printed.append(text)
        draw(self, place, text, **options)

    made: dict[str, list[Painted]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Surface, "note", noting)
        patch.setattr(ImageDraw.ImageDraw, "text", drawing)
        for kind in KINDS:
            for number in range(2):
                notes.clear()
                printed.clear()
                surface = paint(FACES, kind, seed=SEED, number=number)
                own = [rest for where, *rest in notes if where is surface]
                made.setdefault(kind, []).append(
                    Painted(surface, [(text, box, same) for text, box, same in own], printed[:])
                )
    return made


def shown(kind: str, *, seed: int = SEED) -> SurfacePicture:
    return next(surface_pictures(FACES, each=1, seed=seed, only=[kind]))


def test_every_kind_has_digits_and_becomes_a_colour_picture() -> None:
    pictures = list(surface_pictures(FACES, each=1, seed=SEED))
    assert [picture.kind for picture in pictures] == list(KINDS)
    assert len({picture.name for picture in pictures}) == len(KINDS)
    for picture in pictures:
        assert picture.image.dtype == np.uint8
        assert picture.image.shape in ((360, 480, 3), (480, 360, 3))
        assert np.ptp(picture.image) > 60
        assert all(line.isdigit() for line in picture.text.split("\n")), picture.kind
        assert (picture.layout == "scatter") == (picture.kind == "sticky-notes")


def test_a_seed_gives_the_same_picture_and_another_seed_another() -> None:
    once, again, other = (shown("ticket", seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(once.image, again.image)
    assert (once.name, once.text) == (again.name, again.text)
    assert once.text != other.text


def test_other_kinds_beside_it_change_no_picture() -> None:
    alone = shown("list")
    among = list(surface_pictures(FACES, each=1, seed=SEED, only=["list", "envelope"]))
    assert [picture.kind for picture in among] == ["envelope", "list"]
    assert np.array_equal(among[1].image, alone.image)
    assert among[1].text == alone.text


def test_lines_are_told_in_reading_order(painted: dict[str, list[Painted]]) -> None:
    for kind, of_kind in painted.items():
        for each in of_kind:
            written = [note for note in each.notes if any(sign.isdigit() for sign in note[0])]
            for (_, (x, y, w, h), _), (text, box, same_line) in pairwise(written):
                if each.surface.layout == "scatter":
                    continue
                if same_line:
                    assert box[0] > x + w, (kind, text)
                    assert box[1] < y + h, (kind, text)
                    assert box[1] + box[3] > y, (kind, text)
                else:
                    assert box[1] + box[3] / 2 > y + 0.8 * h, (kind, text)


def test_handwriting_stands_free_and_whole_on_its_surface(painted: dict[str, list[Painted]]) -> None:
    for kind, of_kind in painted.items():
        for surface in (each.surface for each in of_kind):
            for i, (x, y, w, h) in enumerate(surface.boxes):
                assert x > 0, kind
                assert y > 0, kind
                assert x + w < surface.size[0], kind
                assert y + h < surface.size[1], kind
                for left, top, wide, tall in surface.boxes[i + 1 :]:
                    apart = left >= x + w or x >= left + wide or top >= y + h or y >= top + tall
                    assert apart, (kind, surface.text)


def test_the_camera_sees_all_handwriting_and_nothing_behind_a_wall(painted: dict[str, list[Painted]]) -> None:
    for kind, of_kind in painted.items():
        for seed, surface in enumerate(each.surface for each in of_kind):
            matrix = rendering.aim(np.random.default_rng(seed), surface, (960, 720))
            for x, y, w, h in (seen_box(box, matrix) for box in surface.boxes):
                assert x > 0, kind
                assert y > 0, kind
                assert x + w < 960, kind
                assert y + h < 720, kind
            assert surface.place != "whole" or covers(corners(surface.size, matrix), (960, 720)), kind


def test_no_digit_is_printed(painted: dict[str, list[Painted]]) -> None:
    printed = {
        kind: "".join(text for each in of_kind for text in each.printed) for kind, of_kind in painted.items()
    }
    assert all(printed[kind] for kind in ("envelope", "ticket", "form", "cheque", "exam", "newspaper"))
    assert not any(sign.isdigit() for text in printed.values() for sign in text)


@pytest.mark.parametrize("pen", ["ballpoint", "chalk"])
def test_ink_changes_the_surface_where_it_is_said_to_stand_and_nowhere_else(pen: str) -> None:
    surface = Surface(np.full((300, 600, 3), 128, np.float32))
    x, y, w, h = Writer(np.random.default_rng(3), FACES[0], PENS[pen]).write(
        surface, "Room 407", (60, 180), 60
    )
    assert surface.lines == ["407"]
    assert surface.boxes == [(x, y, w, h)]
    changed = (surface.image != 128).any(axis=2)
    inside = changed[y : y + h, x : x + w]
    assert changed.sum() == inside.sum() > 800
    # The box is close: ink reaches all four sides of it.
    assert all(side.any() for side in (inside[:2], inside[-2:], inside[:, :2], inside[:, -2:]))


def test_a_number_fits_into_the_width_that_is_left_for_it() -> None:
    writer = Writer(np.random.default_rng(1), FACES[0], PENS["felt"])
    free, held = writer.ink("123456", 60), writer.ink("123456", 60, width=150)
    assert free.width > 200
    assert held.width < 165
    assert held.height < free.height


def test_what_goes_on_with_a_line_is_told_as_one_number() -> None:
    surface = Surface(np.zeros((10, 10, 3), np.float32))
    for text, same_line in (("12", False), ("No 3", True), ("words", False), ("4", False)):
        surface.note(text, (0, 0, 1, 1), same_line=same_line)
    assert surface.text == "123\n4"
    assert len(surface.boxes) == 4


def test_the_command_writes_pictures_that_the_benchmark_reads(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    given = ["surfaces", "--fonts", str(fonts), "--each", "2", "--seed", str(SEED), "--out", str(out)]
    assert main([*given, "--only", "sticky-notes", "form"]) == 0
    assert capsys.readouterr().out == f"{out / 'labels.csv'}: 4 pictures\n"
    pictures = load_labels(out / "labels.csv")
    assert [picture.category for picture in pictures] == [*2 * ["sticky-notes"], *2 * ["form"]]
    assert [picture.ordered for picture in pictures] == [False, False, True, True]
    assert sorted(out.glob("*.jpg")) == sorted(picture.path for picture in pictures)
    assert all(cv2.imread(str(picture.path)) is not None for picture in pictures)
    assert pictures[2].text == shown("form").text.replace("\n", "/")


def test_an_unknown_kind_is_a_usage_error_that_names_those_there_are(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["surfaces", "--fonts", str(fonts), "--out", str(tmp_path), "--only", "papyrus"])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "'papyrus'" in told
    assert all(kind in told for kind in KINDS)


def test_a_missing_folder_is_told(fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "missing")
    assert main(["surfaces", "--fonts", missing, "--out", str(tmp_path)]) == 1
    assert f"{missing} is no folder" in capsys.readouterr().err
    assert main(["surfaces", "--fonts", str(fonts), "--only", "ticket", "--each", "1", "--out", missing]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_without_matplotlib_the_command_that_installs_it_is_named(
    fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["surfaces", "--fonts", str(fonts), "--out", str(tmp_path)]) == 1
    assert "uv sync --extra train" in capsys.readouterr().err
