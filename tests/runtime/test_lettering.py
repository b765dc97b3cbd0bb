from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_pages import write_page

from edge_digits import DigitReader
from edge_digits.candidate import Candidate
from edge_digits.lettering import among_letters, letters_cut
from edge_digits.reading import Box
from train.scenes import SceneOptions, draw_digit, render_scene

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


LOOK_ALIKES = (
    "it is a truth that so few of us go to bed before ten",
    "Oslo, Bologna, Zagreb: all is lost, is it so? Oh no,",
    "said Bill, I go to see the zoo on Sunday, so let us go",
    "she sells solid zigzag tiles and good old gold coins",
)


@pytest.mark.parametrize("size", [20, 32])
@pytest.mark.parametrize("face", ["DejaVuSerif", "DejaVuSansMono-Oblique", "cmr10", "STIXGeneralItalic"])
def test_text_in_other_typefaces_holds_no_digit(reader: DigitReader, face: str, size: int) -> None:
    """More than a third of its letters look like digits to the network, and whole words like numbers."""
    matplotlib = pytest.importorskip("matplotlib")
    drawing = pytest.importorskip("PIL.ImageDraw")
    font = pytest.importorskip("PIL.ImageFont").truetype(
        f"{matplotlib.get_data_path()}/fonts/ttf/{face}.ttf", size
    )
    page = pytest.importorskip("PIL.Image").new("L", (1100, 60 + 2 * size * len(LOOK_ALIKES)), 235)
    for i, line in enumerate(LOOK_ALIKES):
        drawing.Draw(page).text((40, 30 + 2 * size * i), line, 50, font=font)
    assert reader.read(np.asarray(page)).text == ""


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


def test_a_number_beside_a_word_is_read(reader: DigitReader) -> None:
    written = write_page("2748", seed=4, height=40, margin=30).image
    page = text_page(("Total",), cv2.FONT_HERSHEY_SIMPLEX, 1.6)
    window = page[10 : 10 + written.shape[0], 250 : 250 + written.shape[1]]
    np.minimum(window, written, out=window)
    assert reader.read(page).text == "2748"


@pytest.mark.parametrize(("number", "unit"), [("24", "EUR"), ("68", "ml"), ("505", "kg"), ("1916", "PLN")])
def test_a_number_is_read_beside_its_unit(reader: DigitReader, number: str, unit: str) -> None:
    told = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        page, x = np.full((160, 640), 245, np.uint8), 40
        for label in number:
            ink = draw_digit(label, rng, height=60, thickness=5)
            np.minimum(window := page[50:110, x : x + ink.shape[1]], 255 - ink, out=window)
            x += ink.shape[1] + 10
        cv2.putText(page, unit, (x + 6, 108), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 40, 3, cv2.LINE_AA)
        told.append(reader.read(page).text)
    assert sum(text == number for text in told) >= 3, told


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
    """Which apparent digits, "d", or "1" for a bar, "t" for a 3, 4 or 7, are doubted among letters, "a"."""
    digit, bar = (np.array([kind in wanted for kind in kinds]) for wanted in ("d1t", "1"))
    clarity = np.array([{"d": 1, "t": 2}.get(kind, 0) for kind in kinds], np.int8)
    doubted = among_letters(candidates, digit, bar, clarity=clarity)
    return "".join("a" if doubt else kind for kind, doubt in zip(kinds, doubted, strict=True))


def test_in_a_word_the_majority_decides() -> None:
    assert told(row(40, 40, 40, 40, 40, 40), "aadaad") == "aaaaaa"


def test_in_a_number_one_blot_changes_nothing() -> None:
    assert told(row(40, 40, 40, 40, 40, 40), "ddaddd") == "ddaddd"


def test_small_signs_between_digits_are_no_letters() -> None:
    assert told(row(40, 18, 40, 16, 40), "dadad") == "dadad"


def test_the_sign_of_a_product_is_no_letter_and_the_letter_x_is() -> None:
    seven, times = row(40, 26)
    assert told([seven, times], "da") == "aa"
    times.box = times.box._replace(y=67)
    assert told([seven, times], "da") == "da"


def test_a_space_parts_a_number_from_a_word() -> None:
    number, word = row(40, 40), row(40, 40, 40)
    for gap, letters in ((8, "aa"), (26, "dd")):
        for i, c in enumerate(word):
            c.box = c.box._replace(x=68 - 20 + gap + 28 * i)
        assert told(number + word, "ddaaa") == letters + "aaa"


def test_the_letter_beside_a_letter_of_its_height_is_one_though_a_digit_is_near() -> None:
    number, unit = row(50, 47, 50), row(32, 33)
    for i, c in enumerate(unit):
        c.box = c.box._replace(x=88 + 20 * i)
    # As in "913 kg", where the g was read as a 9.
    assert told(number + unit, "ddtad") == "ddtaa"


def at(*boxes: tuple[int, int, int, int]) -> list[Candidate]:
    ink = np.full((40, 20), 255, np.uint8)
    return [Candidate(Box(*box), ink, 150, 4, 300, "dark") for box in boxes]


def test_a_digit_that_a_space_parts_from_its_unit_is_in_no_text() -> None:
    """Three lines, 84 kg, 2291 kg and 8596 cm, where only the 4 looks like no letter."""
    first = at((87, 91, 44, 80), (147, 91, 58, 80), (234, 112, 40, 51), (271, 125, 44, 54))
    second = at(
        (81, 278, 57, 83), (146, 277, 61, 85), (221, 280, 43, 79), (289, 279, 40, 82),
        (367, 301, 40, 51), (404, 314, 44, 54),
    )  # fmt: skip
    third = at(
        (85, 464, 48, 88), (148, 467, 56, 82), (220, 469, 45, 76), (284, 467, 51, 81),
        (368, 502, 38, 39), (407, 502, 61, 38),
    )  # fmt: skip
    assert told(first + second + third, "dtad" + "ddd1ad" + "ddddaa") == "dtaa" + "ddd1aa" + "ddddaa"


def test_what_is_taller_than_all_letters_of_the_print_is_none_of_them() -> None:
    def page(height: int, kinds: str) -> str:
        """Three words of five letters, one beneath the other, and a mark to the right of each."""
        words, marks = row(*[26, 20, 20, 26, 20] * 3), row(height, height, height)
        for i, c in enumerate(words):
            c.box = c.box._replace(x=28 * (i % 5), y=c.box.y + 120 * (i // 5))
        for i, c in enumerate(marks):
            c.box = c.box._replace(x=220, y=c.box.y + 120 * i)
        return told(words + marks, "a" * 15 + kinds)[15:]

    assert page(56, "d1d") == "d1d"
    assert page(26, "d1d") == "aaa"
    # Bars are found on any page.
    assert page(56, "111") == "aaa"


def test_a_digit_written_beside_each_word_of_a_list_is_read(reader: DigitReader) -> None:
    page = np.full((420, 420), 240, np.uint8)
    for i, (word, label) in enumerate((("pears", "5"), ("nuts", "3"), ("butter", "6"), ("ham", "2"))):
        cv2.putText(page, word, (20, 76 + 100 * i), cv2.FONT_HERSHEY_DUPLEX, 1, 60, 2, cv2.LINE_AA)
        ink = draw_digit(label, np.random.default_rng(i), height=56, thickness=4)
        np.minimum(
            window := page[30 + 100 * i :, 240:][: ink.shape[0], : ink.shape[1]], 255 - ink, out=window
        )
    assert reader.read(page).text == "5\n3\n6\n2"


def words_of(kinds: str) -> str:
    """Words of marks of one size, a line each, as they are told."""
    marks: list[Candidate] = []
    for i, word in enumerate(kinds.split()):
        for c in row(*[40] * len(word)):
            c.box = c.box._replace(y=c.box.y + 100 * i)
            marks.append(c)
    letters = iter(told(marks, "".join(kinds.split())))
    return " ".join("".join(next(letters) for _ in word) for word in kinds.split())


def test_where_no_digit_is_one_that_letters_never_look_like_the_page_is_a_text() -> None:
    assert words_of("ddd dddad dadd ddda dddd") == "aaa aaaaa aaaa aaaa aaaa"
    assert words_of("dtd dddad dtdd ddda dtdd") == "dtd dddad dtdd ddda dtdd"


def test_a_number_with_two_such_digits_stands_in_a_text() -> None:
    text = "ddd dddad dadd ddda dddd ddddad ddaddd"
    assert words_of(text + " dtdt") == " ".join("a" * len(word) for word in text.split()) + " dtdt"


def test_a_clear_pair_with_a_digit_that_no_letter_looks_like_bears_more_letters() -> None:
    def pair(kinds: str) -> str:
        number = row(40, 40)
        for c in number:
            c.box = c.box._replace(y=c.box.y + 200)
        return told(row(*[40] * 10) + number, "a" * 10 + kinds)[10:]

    assert pair("td") == "td"
    assert pair("dd") == "aa"
    assert pair("t1") == "aa"


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


def test_two_digits_that_cannot_be_read_do_not_drown_the_clear_ones_of_their_line() -> None:
    assert told(row(*[40] * 9), "tdtaadtdt") == "tdtaadtdt"
    assert told(row(*[40] * 9), "dddaadddd") == "aaaaaaaaa", "letters look like all of these"


def test_a_low_digit_that_no_letter_looks_like_is_none_beside_one_that_cannot_be_read() -> None:
    """As a child writes, one digit half as high again as the next."""
    assert told(row(160, 142, 104, 120, 165), "ddtad") == "ddtad"
    assert told(row(160, 142, 104, 120, 165), "aataa") == "aaaaa", "in a word it is a letter"


def test_the_wire_of_a_notebook_does_not_turn_the_lines_of_its_page() -> None:
    wire = at(*((40, y, 18, 10) for y in (38, 52, 66, 80, 94, 108, 122, 136)))
    digits = at((304, 117, 60, 81), (254, 124, 18, 76), (262, 268, 58, 77))
    assert told(wire + digits, "a" * 8 + "d1d") == "a" * 8 + "d1d"
