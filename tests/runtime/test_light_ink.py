"""White chalk on pale stone: light ink is thought of where no dark ink is read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from things_drawn import chalked_on
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.decision import Verdict
from edge_digits.ink import Polarity, may_bear_light_ink, polarities_of
from edge_digits.page import Page
from edge_digits.reading import Box

LABELS = [*"0123456789", "none"]


def slab(text: str, seed: int) -> NDArray[np.uint8]:
    """Pale stone, cloudy and with grain, with digits of white chalk."""
    rng = np.random.default_rng(seed)
    small = rng.normal(0, 1, (9, 12)).astype(np.float32)
    clouds = cv2.resize(small, (960, 720), interpolation=cv2.INTER_CUBIC)
    picture = 165 + 6 * clouds + cv2.resize(rng.normal(0, 5, (360, 480)).astype(np.float32), (960, 720))
    return chalked_on(picture, text, rng, place=(180, 220), height=200, thickness=20, tone=245)


@pytest.mark.parametrize("text", ["66", "275", "8"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_white_chalk_on_pale_stone_is_read(reader: DigitReader, text: str, seed: int) -> None:
    assert reader.read(slab(text, seed)).text == text


@pytest.mark.parametrize("seed", range(6))
def test_pale_stone_alone_is_no_digit(reader: DigitReader, seed: int) -> None:
    assert reader.read(slab("", seed)).text == ""


@pytest.mark.parametrize("text", ["a", "sun", "hello"])
def test_the_holes_of_letters_on_grey_paper_are_no_ones(reader: DigitReader, text: str) -> None:
    page = np.full((300, 700), 170, np.uint8)
    cv2.putText(page, text, (40, 200), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 5, 20, 14, cv2.LINE_AA)
    assert reader.read(page).text == ""


def test_dark_ink_on_grey_paper_is_read_as_it_was(reader: DigitReader) -> None:
    page = write_page("4725", 3, height=90, margin=60).image
    grey = np.clip(page * 0.7, 0, 255).astype(np.uint8)
    assert may_bear_light_ink(cv2.cvtColor(grey, cv2.COLOR_BGR2GRAY))
    assert reader.read(grey).text == "4725"


@pytest.mark.parametrize(
    ("grey", "usual", "possible"),
    [
        (250, ["dark"], ["dark"]),
        (170, ["dark"], ["dark", "light"]),
        (100, ["dark", "light"], ["dark", "light"]),
        (10, ["light"], ["light"]),
    ],
)
def test_a_ground_bears_ink_of_the_other_tone(
    grey: int, usual: list[Polarity], possible: list[Polarity]
) -> None:
    ground = np.full((80, 120), grey, np.uint8)
    assert polarities_of(ground) == usual
    assert polarities_of(ground, light=True) == possible
    assert may_bear_light_ink(ground) == (usual != possible)


def page_of(*digits: tuple[str, float, Polarity]) -> Page:
    ink = np.full((40, 20), 255, np.uint8)
    strokes = [Candidate(Box(0, 0, 20, 40), ink, 90.0, 4.0, ink.size, tone) for _, _, tone in digits]
    verdicts = [Verdict(i, int(d), sure, sure=sure > 0.5) for i, (d, sure, _) in enumerate(digits)]
    none = np.zeros((0, 28, 28), np.uint8)
    return Page(verdicts, strokes, [], [], [], (80, 80), 1.0, np.zeros((0, 11), np.float32), none, ())


def test_what_is_in_chalk_is_light_and_more_than_bars_and_rings() -> None:
    assert page_of(("4", 1.0, "light"), ("1", 0.9, "light")).is_in_chalk(LABELS)
    assert page_of(("4", 1.0, "light"), ("6", 0.3, "dark")).is_in_chalk(LABELS), "an unsure one"
    assert not page_of(("4", 1.0, "light"), ("6", 0.9, "dark")).is_in_chalk(LABELS)
    assert not page_of(("1", 1.0, "light"), ("0", 1.0, "light")).is_in_chalk(LABELS)
    assert not page_of(("4", 0.9, "light")).is_in_chalk(LABELS)
    assert not page_of().is_in_chalk(LABELS)
