"""Guards measured on real pictures; they run where the measuring data is, see tests/conftest.py."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_digits import DigitReader

WRITTEN_ON_SHEET = Counter("2718813545091003627")


@pytest.fixture(scope="module")
def read_photos(photos_dir: Path) -> list[tuple[str, str, str, bool]]:
    """For each photo: its file, its kind, what was read, and whether that is exactly what is written."""
    reader, told = DigitReader(), []
    with (photos_dir / "labels.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            reading = reader.read(photos_dir / row["file"])
            text = "\n".join("".join(d.label for d in line if d.sure) for line in reading.lines).strip()
            truth = row["reading_order_text"].replace("/", "\n")
            if row["layout"] == "scatter":
                exact = sorted(text.replace("\n", "")) == sorted(truth.replace("\n", ""))
            else:
                exact = [line for line in text.split("\n") if line] == truth.split("\n")
            told.append((row["file"], row["kind"], text, exact))
    return told


def test_measured_on_photos_of_one_digit_19_of_20_are_read(
    read_photos: list[tuple[str, str, str, bool]],
) -> None:
    single = [photo for photo in read_photos if photo[1] == "single"]
    assert len(single) >= 20
    missed = [photo for photo in single if not photo[3]]
    assert 1 - len(missed) / len(single) >= 0.95, missed


def test_measured_on_photos_of_several_digits_three_of_five_are_read_without_a_fault(
    read_photos: list[tuple[str, str, str, bool]],
) -> None:
    several = [photo for photo in read_photos if photo[1] == "multi"]
    assert len(several) >= 30
    missed = [photo for photo in several if not photo[3]]
    assert 1 - len(missed) / len(several) >= 0.6, missed


@pytest.fixture(scope="module")
def shown_on_clip(video_dir: Path) -> list[Counter[str]]:
    """The digits shown after each frame of a clip: a person first, then a sheet that is held still."""
    tracker, shown = DigitReader().track(), []
    capture = cv2.VideoCapture(str(video_dir / "webcam_pcrdoo_clean_b.avi"))
    while (frame := capture.read()[1]) is not None:
        shown.append(Counter(d.label for d in tracker.update(frame).digits))
    capture.release()
    assert len(shown) == 36
    return shown


def test_measured_on_a_webcam_clip_a_person_shows_no_digit(shown_on_clip: list[Counter[str]]) -> None:
    assert sum(shown_on_clip[:15], Counter()) == Counter()


def test_measured_on_a_webcam_clip_a_sheet_held_still_shows_18_of_its_19_digits(
    shown_on_clip: list[Counter[str]],
) -> None:
    right = [sum((digits & WRITTEN_ON_SHEET).values()) for digits in shown_on_clip[27:]]
    wrong = [sum((digits - WRITTEN_ON_SHEET).values()) for digits in shown_on_clip[27:]]
    assert min(right) >= 18, right
    assert max(wrong) == 0, wrong


def test_measured_on_a_webcam_clip_the_blurred_strokes_of_a_sheet_that_comes_in_are_no_ones(
    shown_on_clip: list[Counter[str]],
) -> None:
    assert [(digits - WRITTEN_ON_SHEET)["1"] for digits in shown_on_clip] == [0] * 36


@pytest.mark.parametrize("inverted", [False, True], ids=["white on black", "black on white"])
def test_measured_on_mnist_19_of_20_pictures_are_read_as_they_are(mnist_dir: Path, inverted: bool) -> None:
    pictures, labels = (
        np.frombuffer(
            gzip.decompress((mnist_dir / f"t10k-{part}-ubyte.gz").read_bytes()), np.uint8, offset=skip
        )
        for part, skip in (("images-idx3", 16), ("labels-idx1", 8))
    )
    reader = DigitReader()
    pictures = pictures.reshape(-1, 28, 28)[:60]
    told = [reader.read(255 - picture if inverted else picture).text for picture in pictures]
    assert sum(text == str(label) for text, label in zip(told, labels, strict=False)) >= 57
