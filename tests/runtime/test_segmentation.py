from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.artifact import NOT_A_DIGIT
from edge_digits.candidate import Candidate
from edge_digits.components import Components
from edge_digits.crops import stack_crops
from edge_digits.faintness import least_contrast
from edge_digits.segmentation import search
from edge_digits.stroke import stroke_width
from train.scenes import draw_digit

DIGITS = (*"0123456789", NOT_A_DIGIT)


def page_on_cloth(text: str = "2058\n9371") -> np.ndarray:
    """Bold digits on a ground full of short faint threads."""
    page = write_page(text, seed=3, margin=90).image
    for y in range(6, page.shape[0] - 6, 13):
        for x in range(6, page.shape[1] - 12, 17):
            shift = y // 13 % 2 * 7
            window = page[y : y + 3, x + shift : x + shift + 9]
            window[:] = np.minimum(window, 205)
    return cv2.GaussianBlur(page, (3, 3), 0)


def bold_digits(candidates: Sequence[Candidate]) -> list[tuple[int, ...]]:
    return sorted(c.box for c in candidates if c.contrast > 150 and c.box.height > 40)


def certain(strokes: Sequence[Candidate], classes: Sequence[str]) -> np.ndarray:
    """Takes each stroke for one of the classes, in turn."""
    told = [DIGITS.index(classes[i % len(classes)]) for i in range(len(strokes))]
    return np.eye(len(DIGITS), dtype=np.float32)[told]


def test_on_a_crowded_ground_it_is_asked_once_how_faint_a_digit_may_be() -> None:
    page, asked = page_on_cloth(), []

    def tell(strokes: Sequence[Candidate]) -> float:
        asked.append(list(strokes))
        return 60.0

    everything = search(page).candidates
    wanted = search(page, tell).candidates
    assert len(everything) > 200
    assert len(asked) == 1
    assert bold_digits(asked[0]) == bold_digits(everything), "the bold ones are known before the faint"
    assert len(wanted) < 20
    assert min(c.contrast for c in wanted) > 60
    assert bold_digits(wanted) == bold_digits(everything)


def test_on_a_plain_page_nobody_is_asked() -> None:
    page = write_page("2058\n9371", seed=3).image

    def tell(strokes: Sequence[Candidate]) -> float:
        raise AssertionError(f"asked about {len(strokes)} strokes")

    assert len(search(page, tell).candidates) >= 8


def test_threads_of_a_cloth_leave_the_reading_as_it_is(reader: DigitReader) -> None:
    assert reader.read(page_on_cloth()).text == "2058\n9371"


def test_a_page_may_be_grey() -> None:
    page = write_page("2058", seed=5).image
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    assert [c.box for c in search(page).candidates] == [c.box for c in search(grey).candidates]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collects which components are measured."""
    measured: list[int] = []
    moments: Callable[..., list[float]] = Components.moments

    def count(self: Components, i: int, *rest: object) -> list[float]:
        measured.append(i)
        return moments(self, i, *rest)

    monkeypatch.setattr(Components, "moments", count)
    return measured


def test_a_stroke_is_not_measured_anew_at_every_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = counted(monkeypatch)
    strokes = search(write_page("2058\n9371\n4160", seed=1).image).candidates
    assert len(strokes) >= 12
    assert len(measured) < 2.5 * len(strokes)


def test_no_stroke_on_a_ground_without_contrast_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = counted(monkeypatch)
    rng = np.random.default_rng(0)
    rough = cv2.GaussianBlur(rng.normal(200, 20, (300, 400)), (0, 0), 3)
    assert search(np.clip(rough, 0, 255).astype(np.uint8)).candidates == []
    assert measured == []


def test_a_stroke_as_large_as_the_page_is_measured_well_by_a_part_of_its_pixels() -> None:
    page = np.full((1000, 1000), 235, np.uint8)
    cv2.circle(page, (500, 500), 300, 40, 50)
    ring = max(search(page).candidates, key=lambda stroke: stroke.area)
    assert ring.ink.shape == (ring.box.height, ring.box.width)
    assert ring.area == pytest.approx(np.count_nonzero(ring.ink), rel=0.02)
    assert ring.stroke == pytest.approx(stroke_width(ring.ink), rel=0.05)
    assert ring.contrast == pytest.approx(255 * (1 - 40 / 235), rel=0.01)


def test_clear_digits_tell_how_faint_others_may_be() -> None:
    strokes = search(write_page("2058\n9371", seed=3).image).candidates
    least = least_contrast(strokes, lambda found: certain(found, "2058"), DIGITS)
    assert least == pytest.approx(0.25 * min(s.contrast for s in strokes))


@pytest.mark.parametrize(
    ("classes", "labels"), [((NOT_A_DIGIT,), DIGITS), ("1", DIGITS), ("2058", tuple("0123456789x"))]
)
def test_neither_junk_nor_bars_nor_a_model_that_finds_digits_anywhere_tell_it(
    classes: Sequence[str], labels: tuple[str, ...]
) -> None:
    strokes = search(write_page("2058\n9371", seed=3).image).candidates
    assert least_contrast(strokes, lambda found: certain(found, classes), labels) == 0


def test_components_are_told_apart_and_found_by_what_lies_in_them() -> None:
    ink = np.zeros((60, 80), np.uint8)
    ink[10:50, 10:60] = 200
    ink[13:47, 13:57] = 0
    ink[25:35, 30:33] = 120
    ink[4:8, 50:66] = 90
    parts = Components(ink, ink, 50)
    frame, mark, line = [10, 10, 50, 40], [30, 25, 3, 10], [50, 4, 16, 4]
    assert sorted(parts.boxes.tolist()) == [frame, mark, line]
    index = parts.boxes.tolist().index(line)
    assert parts.moments(index, parts.own(index)) == [64, 64 * 90, 64 * 90**3, 64 * 90**4]
    held = parts.holders(np.array([[31, 26, 2, 8], [0, 0, 5, 5], [12, 12, 40, 30]], np.int32))
    assert [parts.boxes[i].tolist() if i >= 0 else None for i in held] == [mark, None, frame]


def test_grain_has_no_components() -> None:
    rng = np.random.default_rng(0)
    grain = rng.integers(0, 255, (100, 100)).astype(np.uint8)
    parts = Components(grain, grain, 128)
    assert parts.grain
    assert len(parts.boxes) == 0
    assert parts.holders(np.array([[1, 1, 5, 5]], np.int32)).tolist() == [-1]


def test_digits_are_found_however_closely_they_fill_a_sheet_in_cells() -> None:
    rng = np.random.default_rng(0)
    sheet = np.full((480, 480), 255, np.uint8)
    for top, left in np.ndindex(10, 10):
        ink = draw_digit(str(left), rng, height=38, thickness=5)
        rows, columns = ink.shape
        sheet[48 * top + 3 : 48 * top + 3 + rows, 48 * left + 5 : 48 * left + 5 + columns] -= ink
    sheet[::48] = sheet[:, ::48] = 0
    tall = [stroke for stroke in search(sheet).candidates if 30 < stroke.box.height < 46]
    assert len(tall) > 90


def test_strokes_of_a_page_are_cut_out_as_the_network_sees_them() -> None:
    strokes = search(write_page("2058", seed=5).image).candidates
    assert stack_crops(strokes).max(axis=(1, 2)).min() > 200


def by_a_hard_pencil(text: str, seed: int) -> np.ndarray:
    """Digits a tenth darker than their paper."""
    return cv2.GaussianBlur(
        write_page(text, seed, height=44, ground=(235,) * 3, ink=(210,) * 3).image, (0, 0), 0.8
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_page_by_a_hard_pencil_is_read(reader: DigitReader, seed: int) -> None:
    assert reader.read(by_a_hard_pencil("58273\n40916", seed)).text == "58273\n40916"


def test_beside_bold_writing_what_is_as_faint_shines_through(reader: DigitReader) -> None:
    page = write_page("58273", height=44, ground=(235,) * 3).image
    faint = by_a_hard_pencil("40916", 1)
    width = max(page.shape[1], faint.shape[1])
    both = [
        cv2.copyMakeBorder(each, 0, 0, 0, width - each.shape[1], cv2.BORDER_REPLICATE)
        for each in (page, faint)
    ]
    assert reader.read(np.vstack(both)).text == "58273"
