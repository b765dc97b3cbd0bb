"""What a picture was read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from edge_digits.image import ImageSource

UNSURE_MARK = "?"


class Box(NamedTuple):
    """An upright rectangle in pixels of the picture given, top left inclusive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[float, float]:
        """The middle as (x, y)."""
        return self.x + self.width / 2, self.y + self.height / 2

    def shared_height(self, other: Box) -> int:
        """Pixel rows that both cover; negative where a gap lies between them."""
        return min(self.y + self.height, other.y + other.height) - max(self.y, other.y)

    def shared_width(self, other: Box) -> int:
        """Pixel columns that both cover; negative where a gap lies between them."""
        return min(self.x + self.width, other.x + other.width) - max(self.x, other.x)

    def iou(self, other: Box) -> float:
        """Intersection over union with another box, 0 to 1."""
        width = self.shared_width(other)
        height = self.shared_height(other)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True)
class Digit:
    """One character found in a picture."""

    label: str
    """The likeliest of the model's labels that stand for something written, usually "0" to "9"."""
    confidence: float
    """Probability of that label, 0 to 1."""
    box: Box
    """Where it stands in the picture."""
    probabilities: NDArray[np.float32] = field(repr=False, compare=False)
    """Shape (classes,), summing to 1, in the order of the model's labels; where the model was in doubt,
    the mean over several views of the crop."""
    sure: bool = True
    """False where the decision could not tell the digit or whether it is one."""
    crop: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    """What the model saw: shape (28, 28), white ink on black."""
    track: int | None = None
    """The same number for the same digit over frames; None in a still picture."""

    @property
    def value(self) -> int | None:
        """The digit as a number, None where the label is no digit."""
        return int(self.label) if self.label.isdecimal() else None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary, without the crop."""
        return {
            "value": self.value,
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "sure": self.sure,
            "box": list(self.box),
            "probabilities": [round(float(p), 4) for p in self.probabilities],
            **({} if self.track is None else {"track": self.track}),
        }


@dataclass(frozen=True)
class Timing:
    """Where the time of one reading went, in milliseconds."""

    load: float = 0.0
    """Decoding the file, or bringing an array to grey, and to a size not much larger than is searched."""
    segmentation: float = 0.0
    """Finding ink and candidates."""
    orientation: float = 0.0
    """Telling which way the page is turned, by what the backend says of some strokes."""
    normalize: float = 0.0
    """Cutting strokes that, asked about whole, are no clear digit, and bringing all candidates to 28x28."""
    classify: float = 0.0
    """Asking the backend about the pieces, and again about what is in doubt."""
    decision: float = 0.0
    """Thresholds, context and reading order."""

    @classmethod
    def between(cls, *moments: float) -> Timing:
        """The time of a reading that began and whose stages ended at these moments, in seconds."""
        return cls(*(1e3 * (end - begin) for begin, end in pairwise(moments)))

    @property
    def total(self) -> float:
        """All stages together."""
        return float(sum(getattr(self, name) for name in self.__dataclass_fields__))

    def to_dict(self) -> dict[str, float]:
        """Stage names and total with milliseconds."""
        stages = {name: round(getattr(self, name), 3) for name in self.__dataclass_fields__}
        return {**stages, "total": round(self.total, 3)}


@dataclass(frozen=True)
class Reading:
    """The digits of one picture in reading order."""

    lines: tuple[tuple[Digit, ...], ...]
    """Rows of digits, sure and unsure, top to bottom, each from left to right."""
    size: tuple[int, int]
    """Width and height of the picture in pixels."""
    model: str
    """The artifact that read it, such as "classic-float32"."""
    backend: str
    """What ran it: onnxruntime, tflite or opencv."""
    labels: tuple[str, ...]
    """What each entry of Digit.probabilities stands for."""
    timing: Timing = field(default_factory=Timing, compare=False)
    """Where the time went."""

    @property
    def text(self) -> str:
        """The digits, lines joined by newlines, "?" for each unsure one."""
        return "\n".join("".join(d.label if d.sure else UNSURE_MARK for d in line) for line in self.lines)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits that were read, in reading order, without unsure ones."""
        return tuple(d for line in self.lines for d in line if d.sure)

    @property
    def unsure(self) -> tuple[Digit, ...]:
        """What looks like a digit but could not be told, in reading order."""
        return tuple(d for line in self.lines for d in line if not d.sure)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "text": self.text,
            "lines": [[d.to_dict() for d in line] for line in self.lines],
            "size": list(self.size),
            "model": self.model,
            "backend": self.backend,
            "labels": list(self.labels),
            "timing": self.timing.to_dict(),
        }

    def annotate(self, image: ImageSource) -> NDArray[np.uint8]:
        """Draws boxes, digits and confidences on a copy of the picture.

        Args:
            image: The picture that was read: its path, its bytes, or a uint8
                array of shape (h, w), (h, w, 3) BGR or (h, w, 4) BGRA.

        Returns:
            A BGR picture of shape (h, w, 3), uint8.

        Raises:
            ImageError: It is unreadable, or of another size than the one that was read.
        """
        from edge_digits.annotate import annotate  # noqa: PLC0415  (annotate needs Reading)

        return annotate(image, self)
