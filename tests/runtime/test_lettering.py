from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.lettering import among_letters, are_words, letters_cut
from edge_digits.reading import Box
from train.scenes import SceneOptions, render_scene

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_ITALIC)
LINES = ("Look below the old oil bill", "while I collect a pillow from", "those who sold all those goods")


def text_page(lines: tuple[str, ...], font: int, scale: float = 1.0) -> np.ndarray:
    page = np.full((300, 700, 3), 240, np.uint8)
    for i, line in enumerate(lines):
        cv2.putText(page, line, (40, 70 + round(80 * i)), font, scale, (40, 40, 40), 2, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("font", FONTS)
def test_printed_text_holds_no_ones_and_zeros(reader: DigitReader, font: int) -> None:
    assert reader.read(text_page(LINES, font)).text == ""


PROSE = (
    "some people learn to write by hand and then forget how their own letters looked when",
    "nobody can read them any more which is why machines must learn it as well and sooner",
)


def book_page(seed: int, scale: float, quarters: int) -> np.ndarray:
    """A page full of print, turned by so many quarters."""
    rng, y = np.random.default_rng(seed), 40
    page = np.full((700, 900), 235, np.uint8)
    while y < 690:
        line = " ".join(rng.permutation(PROSE[seed].split()))
        cv2.putText(page, line, (20, y), cv2.FONT_HERSHEY_DUPLEX, scale, 60, 1, cv2.LINE_AA)
        y += int(45 * scale) + 4
    return np.ascontiguousarray(np.rot90(page, quarters))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("scale", [0.6, 1.4])
def test_a_page_of_print_holds_no_digit_whichever_way_it_lies(
    reader: DigitReader, scale: float, quarters: int
) -> None:
    assert sum(len(reader.read(book_page(seed, scale, quarters)).digits) for seed in range(2)) <= 1


def test_a_word_on_its_side_is_no_one_but_a_one_with_a_flag_is() -> None:
    sheet = np.zeros((40, 160), np.uint8)
    cv2.putText(sheet, "meadow", (4, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)
    x, y, width, height = cv2.boundingRect(sheet)
    word = np.ascontiguousarray(np.rot90(sheet[y : y + height, x : x + width]))
    flag = np.zeros((80, 30), np.uint8)
    cv2.polylines(flag, [np.array([[3, 30], [24, 3], [22, 77]], np.int32)], False, 255, 4, cv2.LINE_AA)
    marks = [
        Candidate(Box(0, 0, ink.shape[1], ink.shape[0]), ink, 150, 3, 300, "dark") for ink in (word, flag)
    ]
    assert are_words(marks, np.array([True, True])).tolist() == [True, False]
    assert are_words(marks, np.array([False, False])).tolist() == [False, False]


def test_a_one_by_a_blunt_pencil_that_skips_is_no_word() -> None:
    """It parted and joined as often as the strokes of a word do, but by a pen as wide as none of theirs."""
    one = np.zeros((90, 30), np.uint8)
    cv2.line(one, (15, 3), (15, 87), 255, 13)
    for y in range(10, 85, 12):
        one[y : y + 4, 12:20] = 0
    mark = Candidate(Box(0, 0, 30, 90), one, 70, 10, int(np.count_nonzero(one)), "dark")
    thin = Candidate(Box(0, 0, 30, 90), one, 70, 3, int(np.count_nonzero(one)), "dark")
    assert are_words([mark, thin], np.array([True, True])).tolist() == [False, True]


def test_a_number_beside_a_word_is_read(reader: DigitReader) -> None:
    written = write_page("2748", seed=4, height=40, margin=30).image
    page = text_page(("Total",), cv2.FONT_HERSHEY_SIMPLEX, 1.6)
    window = page[10 : 10 + written.shape[0], 250 : 250 + written.shape[1]]
    np.minimum(window, written, out=window)
    assert reader.read(page).text == "2748"


def test_the_keys_of_a_keyboard_are_no_digits_though_many_look_like_it(reader: DigitReader) -> None:
    picture = np.full((480, 640, 3), 60, np.uint8)
    picture[20:270, 60:580] = 245
    page = write_page("64", 4, height=90).image
    picture[40 : 40 + len(page), 120 : 120 + page.shape[1]] = page
    for i, letter in enumerate("QWERTYUIOPASDFGHJKLZXCVBNMQWERTYUIOPASDFGHJKLZXC"):
        x, y = 10 + 52 * (i % 12), 300 + 44 * (i // 12)
        cv2.rectangle(picture, (x, y), (x + 44, y + 38), (25, 25, 27), -1)
        cv2.putText(picture, letter, (x + 12, y + 26), FONTS[0], 0.55, (220, 220, 220), 1, cv2.LINE_AA)
    assert reader.read(picture).text == "64"


@pytest.mark.parametrize("seed", range(5))
def test_pages_of_scribbles_and_letters_hold_no_digit(reader: DigitReader, seed: int) -> None:
    page = render_scene(np.random.default_rng(9010 + seed), SceneOptions.preset("letters", digits=(0, 0)))
    assert reader.read(page.image).text == ""


def row(*heights: int, gap: int = 8) -> list[Candidate]:
    """Upright marks side by side on one line, of one pen."""
    ink = np.full((40, 20), 255, np.uint8)
    return [
        Candidate(Box(i * (20 + gap), 100 - h, 20, h), ink, 150, 4, 300, "dark")
        for i, h in enumerate(heights)
    ]


def told(candidates: list[Candidate], kinds: str) -> str:
    """Which of the apparent digits, "d" or for a bar "1", are doubted among letters, "a"."""
    digit = np.array([kind != "a" for kind in kinds])
    doubted = among_letters(candidates, digit, np.array([kind == "1" for kind in kinds]))
    return "".join("a" if doubt else kind for kind, doubt in zip(kinds, doubted, strict=True))


def test_in_a_word_the_majority_decides() -> None:
    assert told(row(40, 40, 40, 40, 40, 40), "aadaad") == "aaaaaa"


def test_in_a_number_one_blot_changes_nothing() -> None:
    assert told(row(40, 40, 40, 40, 40, 40), "ddaddd") == "ddaddd"


def test_small_signs_between_digits_are_no_letters() -> None:
    assert told(row(40, 18, 40, 16, 40), "dadad") == "dadad"


def test_a_number_of_three_stands_on_a_page_of_letters() -> None:
    words = row(*[40] * 12)
    number = row(40, 40, 40)
    for c in number:
        c.box = c.box._replace(y=c.box.y + 200)
    assert told(words + number, "a" * 12 + "ddd") == "a" * 12 + "ddd"
    assert told(words + number[:1], "a" * 12 + "d") == "a" * 13


def test_a_lone_bar_among_many_marks_is_a_mark_but_ones_alone_are_read() -> None:
    apart = row(40, 40, 40, 40, 40, 40, gap=200)
    assert told(apart, "aaaa1a") == "aaaaaa"
    assert told(apart, "1111aa") == "1111aa"
    assert told(apart[:2], "11") == "11"


def test_a_digit_among_many_like_marks_that_stand_apart_is_one_of_them() -> None:
    keys = row(*[40] * 9, gap=90)
    assert told(keys, "aaaadaaaa") == "aaaaaaaaa"
    assert told(keys, "ddaddaddd") == "ddaddaddd"


def test_a_small_digit_among_crumbs_is_read_on_a_page_of_digits() -> None:
    crumbs = row(*[12] * 6, gap=30)
    page = row(*[40] * 5, gap=60)
    for c in page:
        c.box = c.box._replace(y=c.box.y + 200)
    assert told(crumbs + page, "aadaaa" + "ddddd") == "aadaaa" + "ddddd"
    assert told(crumbs, "aadaaa") == "aaaaaa"


@pytest.mark.parametrize("seed", range(3))
def test_a_page_of_letters_apart_from_each_other_holds_no_digit(reader: DigitReader, seed: int) -> None:
    page = np.full((420, 700, 3), 235, np.uint8)
    letters = np.random.default_rng(seed).permutation(list("ACEFHJKMNPRTUVWXYOSZB"))
    for i, letter in enumerate(letters):
        at = (40 + 95 * (i % 7), 90 + 120 * (i // 7))
        cv2.putText(page, str(letter), at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 40), 2, cv2.LINE_AA)
    assert reader.read(page).text == ""


def test_pieces_of_a_letter_are_no_digits_but_two_that_touch_are() -> None:
    letters = row(40, 40, 40, 40)
    digit = np.array([True, True, False, False])
    assert letters_cut(letters, digit, digit).tolist() == [True, True, False, False]
    assert not letters_cut(letters[:2], digit[:2], digit[:2]).any()
    assert not letters_cut(letters, np.array([True, True, True, False]), digit).any()
