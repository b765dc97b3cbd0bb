"""What is taught as "not a digit", and what is not."""

from __future__ import annotations

import zipfile

import cv2
import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from train import junk, omniglot
from train.scenes import draw_digit


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    labels = np.arange(60) % 10
    images = [junk.to_crop(draw_digit(str(label), rng, height=48)) for label in labels]
    return np.stack(images), labels.astype(np.uint8)


def make(kind: str, digits: tuple[np.ndarray, np.ndarray], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    images, labels = digits
    return {
        "pieces": lambda: junk.pieces(images, labels, 30, rng),
        "pairs": lambda: junk.pairs(images, 30, rng),
        "marks": lambda: junk.marks(30, rng),
        "printed": lambda: junk.printed(30, rng),
        "scratches": lambda: junk.scratches(30, rng),
        "textures": lambda: junk.textures(30, rng),
    }[kind]()


KINDS = ("pieces", "pairs", "marks", "printed", "scratches", "textures")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_follows_from_its_seed_and_varies(kind, digits):
    made = make(kind, digits, 1)
    assert made.shape == (30, 28, 28)
    assert made.dtype == np.uint8
    assert np.array_equal(made, make(kind, digits, 1))
    assert not np.array_equal(made, make(kind, digits, 2))
    assert len({crop.tobytes() for crop in made}) > 20


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "textures"])
def test_ink_fills_the_twenty_pixels_that_the_runtime_gives_it(kind, digits):
    for crop in make(kind, digits, 3):
        _, _, width, height = cv2.boundingRect(crop)
        assert max(width, height) == 20


def test_pieces_are_the_ends_of_digits(digits):
    images, labels = digits
    zeros = junk.pieces(images[labels == 0], labels[labels == 0], 20, np.random.default_rng(0))
    # An end of a 0 is a bow: wider than high, and open to one side.
    assert np.mean([cv2.boundingRect(crop)[2] >= cv2.boundingRect(crop)[3] for crop in zeros]) > 0.8


def test_a_bare_bar_is_told_from_other_signs(digits):
    bars = np.zeros((4, 28, 28), np.uint8)
    cv2.line(bars[0], (14, 4), (14, 23), 255, 3, cv2.LINE_AA)
    cv2.line(bars[1], (17, 5), (11, 22), 255, 2, cv2.LINE_AA)
    cv2.line(bars[2], (4, 14), (23, 14), 255, 3, cv2.LINE_AA)
    cv2.circle(bars[3], (14, 14), 9, 255, 2, cv2.LINE_AA)
    assert junk.is_bar(bars).tolist() == [True, True, False, False]
    images, labels = digits
    assert not junk.is_bar(images[np.isin(labels, [0, 2, 3, 5, 6, 8])]).any()


def test_nothing_is_a_crop_of_nothing():
    assert not junk.to_crop(np.zeros((30, 20), np.uint8)).any()


def archive(path, alphabets: dict[str, int]) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, characters in alphabets.items():
            for character in range(1, characters + 1):
                picture = np.full((105, 105), 255, np.uint8)
                cv2.line(picture, (20, 50), (80, 40 + character), 0, 3)
                place = f"images_background_small1/{name}/character{character:02}/0001_01.png"
                file.writestr(place, cv2.imencode(".png", picture)[1].tobytes())


def test_characters_that_look_like_digits_are_left_out_unless_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "letters.zip"
    archive(path, {"Latin": 26, "Korean": 40})
    monkeypatch.setattr(omniglot, "DIGEST", omniglot.hashlib.sha256(path.read_bytes()).hexdigest())
    held_out = {alphabet: [n for n in like if n % 2 == 0] for alphabet, like in omniglot.LOOK_ALIKES.items()}
    look_alikes = len(held_out["Latin"]) + len(held_out["Korean"])
    assert len(omniglot.load_omniglot(path, held_out=True)) == 13 + 20 - look_alikes
    assert omniglot.load_omniglot(path, held_out=True, look_alikes=True).shape == (13 + 20, 28, 28)


def test_no_character_is_both_taught_and_held_out(tmp_path, monkeypatch):
    path = tmp_path / "letters.zip"
    archive(path, {"Latin": 4})
    monkeypatch.setattr(omniglot, "DIGEST", omniglot.hashlib.sha256(path.read_bytes()).hexdigest())
    taught = omniglot.load_omniglot(path)
    held_out = omniglot.load_omniglot(path, held_out=True)
    assert len(taught)
    assert len(held_out)
    assert not any(np.array_equal(a, b) for a in taught for b in held_out)


def test_a_taught_character_is_taught_in_turns_that_are_no_digit(tmp_path, monkeypatch):
    path = tmp_path / "letters.zip"
    archive(path, {"Latin": 11})
    monkeypatch.setattr(omniglot, "DIGEST", omniglot.hashlib.sha256(path.read_bytes()).hexdigest())
    odd = [n for n in range(1, 12, 2) if n not in omniglot.LOOK_ALIKES["Latin"]]
    assert len(omniglot.load_omniglot(path)) > 2 * len(odd)


def test_another_archive_is_refused_and_a_missing_one_named(tmp_path):
    path = tmp_path / "letters.zip"
    with pytest.raises(EdgeDigitsError, match=r"letters\.zip cannot be read"):
        omniglot.load_omniglot(path)
    archive(path, {"Latin": 1})
    with pytest.raises(EdgeDigitsError, match="not the published archive"):
        omniglot.load_omniglot(path)


def test_a_turn_is_a_quarter_to_the_left_after_a_look_into_the_mirror():
    picture = np.array([[1, 2], [3, 4]], np.uint8)
    assert junk.turn(picture, 1).tolist() == [[2, 4], [1, 3]]
    assert junk.turn(picture, 4).tolist() == [[2, 1], [4, 3]]
    assert junk.turn(np.stack([picture, picture]), 6)[1].tolist() == [[3, 4], [1, 2]]
