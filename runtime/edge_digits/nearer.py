"""Small writing in a large picture: where to look nearer, and the way back from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.artifact import NOT_A_DIGIT, digit_labels
from edge_digits.hypotheses import Hypothesis
from edge_digits.inks import Colours
from edge_digits.page import Page
from edge_digits.percentile import median
from edge_digits.reading import Box

NEAREST: Final = 2560
"""Longer side in pixels up to which a part of a picture is enlarged."""
_SMALL: Final = 25
"""Pixels of a searched picture that digits are high which are better seen enlarged ..."""
_WANTED: Final = 34
"""... and those that they are then."""
_WORTH: Final = 1.25
"""Enlarged by less than that, they look much the same."""
_CLEAR: Final = 0.9
"""Probability from which a stroke is taken for a digit."""
_ONE: Final = "1"
_SEVERAL: Final = 2
"""So many small digits are writing."""
_MOSTLY: Final = 0.5
"""Share of the digits of a page on which nothing was read before that are no 1s."""
_ALIKE: Final = 1.6
"""Ratio to their size up to which other marks are as large: where there are more of these, it is a text."""
_AROUND: Final = 8
"""Their heights around them in which there may be more."""


@dataclass(frozen=True)
class Part:
    """A part of a searched picture that is to be looked at nearer."""

    box: Box
    """In pixels of the searched picture."""
    by: float
    """How many times larger."""

    def cut(self, picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        """Cuts it out of a picture.

        Args:
            picture: Shape (h, w), uint8: the same as was searched, at any size.
            size: Width and height of what was searched.

        Returns:
            Shape (h, w), uint8, `by` times as large as the part was searched.
        """
        across, down = picture.shape[1] / size[0], picture.shape[0] / size[1]
        x, y, width, height = self.box
        rows = slice(round(down * y), max(round(down * (y + height)), round(down * y) + 1))
        columns = slice(round(across * x), max(round(across * (x + width)), round(across * x) + 1))
        large = round(self.by * width), round(self.by * height)
        how = cv2.INTER_AREA if self.by < down else cv2.INTER_LINEAR_EXACT
        return np.asarray(cv2.resize(picture[rows, columns], large, interpolation=how), np.uint8)

    def colours(self, searched: Colours) -> Colours:
        """Its colours, by those of the searched picture."""
        return searched.scaled(self.by, self.box.x, self.box.y)

    def on_whole(self, page: Page, scale: float) -> Page:
        """What was found on the part, as on the whole: its digits, for nothing else of it is placed there.

        Args:
            page: Of what was cut out.
            scale: Pixels of the searched whole for one of the page given.
        """
        x, y = self.box.x, self.box.y
        if page.flat is not None:
            onto = np.array([[1 / self.by, 0, x], [0, 1 / self.by, y], [0, 0, 1.0]])
            back = np.diag([1 / scale, 1 / scale, 1.0]) @ onto @ page.flat.back
            return replace(page, flat=replace(page.flat, back=back))
        enlarged = page.scale * self.by
        left, top = round(enlarged * x), round(enlarged * y)
        boxes = [box._replace(x=box.x + left, y=box.y + top) for box in page.boxes]
        return replace(page, boxes=boxes, scale=enlarged * scale)


def told_apart(
    found: Sequence[Hypothesis], probabilities: NDArray[np.float32], labels: Sequence[str]
) -> tuple[list[Box], list[Box]]:
    """Tells single strokes that look like digits other than 1, which is found anywhere, from all others.

    Args:
        found: Hypotheses of one picture, n of them.
        probabilities: Shape (n, classes), float32.
        labels: What each class stands for; without "none" all ink is some digit, and no answer tells.

    Returns:
        Where those stand that the network clearly takes for such digits, and where the others do.
    """
    if not found or NOT_A_DIGIT not in labels:
        return [], []
    digits = [i for i in digit_labels(labels) if labels[i] != _ONE]
    sure = (probabilities[:, digits].max(axis=1) > _CLEAR).tolist()
    single = [
        (each.candidate.box, is_sure)
        for each, is_sure in zip(found, sure, strict=True)
        if len(each.parts) == 1 and each.span is None
    ]
    return [box for box, is_sure in single if is_sure], [box for box, is_sure in single if not is_sure]


def small_writing(page: Page) -> Part | None:
    """Finds the part of a page whose writing is too small to be read well.

    Returns:
        None where most of what looks like digits is large enough, or is a few of many marks, as in a text.
    """
    small = [box for box in page.likely if _length(box) < _SMALL]
    read = zip(page.verdicts, page.boxes, strict=True)
    large = sum(verdict.sure and _length(box) >= _SMALL for verdict, box in read)
    if len(small) < max(_SEVERAL, large) or 2 * len(small) <= len(page.likely):
        return None
    high = median([_length(box) for box in small])
    others = sum(high / _ALIKE < _length(box) < high * _ALIKE for box in page.unlikely)
    if others > len(small) > 2 * page.sure:
        return None
    part = _around([*small, *page.boxes], _AROUND * high, page.size)
    by = min(_WANTED / high, NEAREST / max(part.width, part.height))
    return Part(part, by) if by >= _WORTH else None


def shows_more(near: Page, page: Page) -> bool:
    """Whether a nearer look at a part of a page is to be believed.

    Where nothing was read before, letters and things have another chance to look like digits.

    Args:
        near: What that look found.
        page: What was found on the page.
    """
    if page.sure:
        return near.sure >= page.sure
    return near.is_clear and near.sure >= _SEVERAL and len(near.likely) >= _MOSTLY * near.sure


def _length(box: Box) -> int:
    """How high its digit is: on a page that lies on its side it is wider than high."""
    return max(box.width, box.height)


def _around(boxes: Sequence[Box], margin: float, size: tuple[int, int]) -> Box:
    """The rectangle around some boxes with a margin, in a picture of some width and height."""
    left = max(0, int(min(box.x for box in boxes) - margin))
    top = max(0, int(min(box.y for box in boxes) - margin))
    right = min(size[0], int(max(box.x + box.width for box in boxes) + margin))
    bottom = min(size[1], int(max(box.y + box.height for box in boxes) + margin))
    return Box(left, top, right - left, bottom - top)
