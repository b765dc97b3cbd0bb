"""The clip that comes with the demo, as `make demo` reads it where there is no camera."""

from __future__ import annotations

from itertools import groupby

import cv2
import pytest

from camera_demo.sources.clip import SAMPLE_CLIP
from edge_digits import DigitReader


@pytest.mark.parametrize(("every", "first"), [(1, 0), (2, 0), (2, 1), (3, 1), (4, 0), (4, 1), (6, 0)])
def test_each_sheet_of_the_sample_clip_is_read_once_and_without_flicker(every: int, first: int) -> None:
    """Nor is a part of it told where a slow computer, or a slow camera, leaves out frames of it."""
    tracker = DigitReader().track()
    clip = cv2.VideoCapture(str(SAMPLE_CLIP))
    frames = []
    while (frame := clip.read()[1]) is not None:
        frames.append(frame)
    clip.release()
    told = [tracker.update(frame).text for frame in frames[first::every]]
    assert [text for text, _ in groupby(told) if text] == ["3141\n5926", "27180"]


def test_things_on_the_table_of_the_sample_clip_turn_no_slate() -> None:
    """A cup and a thumb beside the digits, which read upside down but for the 7, spoke for turning it."""
    reader = DigitReader()
    clip = cv2.VideoCapture(str(SAMPLE_CLIP))
    clip.set(cv2.CAP_PROP_POS_FRAMES, 132)
    texts = [reader.read(clip.read()[1]).text for _ in range(16)]
    clip.release()
    assert sum(text == "27180" for text in texts) >= 14, texts
