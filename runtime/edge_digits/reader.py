"""The one class that callers need: a picture in, a Reading out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edge_digits.alone import Writing, shows_all
from edge_digits.artifact import NOT_A_DIGIT, Artifact, digit_labels, plain_labels
from edge_digits.backends import open_backend
from edge_digits.blocks import without_blocks
from edge_digits.candidate import Candidate
from edge_digits.close_up import close_ups, is_bar_alone, least_confidence, may_show_more
from edge_digits.crops import Answers
from edge_digits.decision import MODES, Mode, Verdict, decide
from edge_digits.errors import EdgeDigitsError
from edge_digits.faintness import least_contrast
from edge_digits.flatten import FlatSheet, flattened
from edge_digits.habits import by_habit
from edge_digits.hypotheses import hypotheses
from edge_digits.image import ImageSource, load_grey
from edge_digits.ink import may_bear_light_ink
from edge_digits.inks import Colours, Original
from edge_digits.layout import reading_lines
from edge_digits.leaning import leaning
from edge_digits.margin import with_margin
from edge_digits.nearer import NEAREST, Part, shows_more, small_writing, told_apart
from edge_digits.opening import opened
from edge_digits.orientation import orientation
from edge_digits.page import Page, View, as_digit, in_picture
from edge_digits.reading import Reading, Timing
from edge_digits.second_look import second_look
from edge_digits.segmentation import LONGEST, in_search_size, search
from edge_digits.sheet import Sheet, sheet_in
from edge_digits.stacked import parted
from edge_digits.turning import turned_back
from edge_digits.two_tones import TwoTones, two_tones
from edge_digits.upright import turned_upright
from edge_digits.walls import without_walls
from edge_digits.wide_look import wide_look

if TYPE_CHECKING:
    from edge_digits.tracking import Tracker

_ONE_DIGIT = 0.9
"""Probability from which a stroke is one digit, and need not be cut into several."""


class DigitReader:
    """Reads handwritten digits from pictures.

    A reader may be shared between threads: calls of the backend take turns,
    all else runs side by side. It opens no window, prints nothing and touches
    no global setting. Pickled, as for another process, it is opened anew there.

    Where model and backend are left open it follows what `python -m benchmarks
    --recommend` saved for this device (`edge_digits.preference`), and says in
    the log why it does not where that no longer applies.

    Args:
        model: None for the bundled default, a name such as "classic" or
            "classic-int8", or the path of a lone .onnx or .tflite file.
        backend: "tflite", "onnxruntime", "opencv", or "auto" for the first of
            them that is installed and runs the model.
        threads: Threads for one inference, at least 1; None for what the saved
            preference says, else 1.
        mode: "eager", "balanced" or "strict": how much evidence a digit needs.

    Raises:
        ModelError: The model is unknown, missing or damaged.
        BackendError: The backend is unknown, not installed or cannot run the model.
        EdgeDigitsError: The mode is unknown.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        backend: str = "auto",
        threads: int | None = None,
        mode: Mode = "balanced",
    ) -> None:
        self._backend, self._threads = opened(model, backend, threads)
        self._lock = threading.Lock()
        self.mode = mode

    @property
    def artifact(self) -> Artifact:
        """The model file in use."""
        return self._backend.artifact

    @property
    def backend(self) -> str:
        """What runs the model: "tflite", "onnxruntime" or "opencv"."""
        return self._backend.name

    @property
    def labels(self) -> tuple[str, ...]:
        """What each probability stands for."""
        return self._backend.artifact.labels

    @property
    def threads(self) -> int:
        """Threads asked for or saved for one inference; OpenCV's own pool has its own number."""
        return self._threads

    @property
    def mode(self) -> Mode:
        """How much evidence a digit needs: "eager", "balanced" or "strict"; may be set between readings.

        Raises:
            EdgeDigitsError: It is set to something else.
        """
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if not isinstance(mode, str) or mode not in MODES:
            raise EdgeDigitsError(f"Unknown mode: {mode!r}", f"Wanted is one of {', '.join(MODES)}")
        self._mode = mode

    def read(self, image: ImageSource) -> Reading:
        """Reads all digits of a picture.

        Args:
            image: A path, the bytes of a picture file, or a uint8 array of
                shape (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA.

        Returns:
            The digits in reading order; none on a blank or digit-free picture.

        Raises:
            ImageError: The picture is missing, unreadable or of a wrong shape.
        """
        started = time.perf_counter()
        picture, size = load_grey(image, LONGEST)
        picture = without_blocks(picture)
        loaded = time.perf_counter()
        scale = max(picture.shape) / max(size)
        framed, margin, alone = picture, 0, None
        if (tones := two_tones(picture)) is not None:
            alone = self._read_close_up(tones, scale * tones.scale, size, (started, loaded))
            if alone is not None and not may_show_more(alone.text, size):
                return alone
            framed, margin = with_margin(picture, tones)
        colours = Colours(Original(image, LONGEST, size)).scaled(scale, -margin / scale, -margin / scale)
        view = View((started, loaded), colours)
        page = self._find_page(framed, view)
        if (part := small_writing(page)) is not None:
            # Of a large picture a small one was searched.
            reduced = margin == 0 and page.flat is None and max(picture.shape) < max(size)
            fine = load_grey(image, round(part.by * max(page.size)))[0] if reduced else framed
            near = self._look_nearer(page, part, fine, view)
            page = near if shows_more(near, page) else page
        sure = [self.labels[v.label] for v in page.verdicts if v.sure]
        if alone is not None and is_bar_alone(alone.digits[0].box, size, sure):
            return replace(alone, timing=Timing.between(*page.moments, time.perf_counter()))
        digits = [
            as_digit(
                v, page.in_picture(box, scale, size, margin), self.labels, page.probabilities, page.crops
            )
            for v, box in zip(page.verdicts, page.boxes, strict=True)
        ]
        lines = tuple(
            tuple(digits[i] for i in line) for line in reading_lines([stroke.box for stroke in page.written])
        )
        timing = Timing.between(*page.moments, time.perf_counter())
        return Reading(lines, size, self.artifact.name, self.backend, self.labels, timing)

    def _find_page(self, picture: NDArray[np.uint8], view: View) -> Page:
        """Reads the one sheet of a picture, shape (h, w), where that shows more, else all of it."""
        whole, scale = in_search_size(picture, view.longest)
        sheet = sheet_in(whole)
        flat = None if sheet is None else flattened(picture, sheet, whole, view.longest)
        if sheet is not None and flat is not None:
            alone = self._read_sheet(flat, view)
            if alone.is_clear and self._shows_all(whole, sheet, flat, alone.writing(flat, scale)):
                return alone
        view_of_all = view.onto(view.colours.scaled(scale))
        page = self._read_page(whole, sheet, view_of_all)
        if sheet is not None and flat is None and page.sure == 0:
            # What lies around a sheet outvotes what is on it, or joins it.
            flat = flattened(picture, sheet, whole, view.longest, anyway=True)
            if flat is not None and (alone := self._read_sheet(flat, view)).is_clear:
                return alone
        if page.sure == 0 and may_bear_light_ink(whole):
            chalk = self._read_page(whole, sheet, replace(view_of_all, light=True))
            page = chalk if chalk.is_in_chalk(self.labels) else page
        return replace(page, scale=scale * page.scale)

    def _look_nearer(self, page: Page, part: Part, picture: NDArray[np.uint8], view: View) -> Page:
        """Reads the part of a picture, shape (h, w), or of its sheet that shows small writing."""
        flat = page.flat
        colours = view.colours if flat is None else view.colours.through(flat.back)
        view = view.onto(part.colours(colours.scaled(page.scale)), NEAREST)
        cut = part.cut(picture if flat is None else flat.image, page.size)
        if flat is None:
            return part.on_whole(self._find_page(cut, view), page.scale)
        near = self._read_page(cut, flat.sheet.filling(cut.shape), view)
        return replace(part.on_whole(near, page.scale), flat=flat)

    def _read_sheet(self, flat: FlatSheet, view: View) -> Page:
        """Reads a sheet that was cut out of a picture."""
        view = view.onto(view.colours.through(flat.back))
        return replace(self._read_page(flat.image, flat.sheet, view), flat=flat)

    def _shows_all(self, whole: NDArray[np.uint8], sheet: Sheet, flat: FlatSheet, writing: Writing) -> bool:
        """Whether nothing is written beside a sheet that was read by itself."""
        clear = partial(Answers(self.classify).are_digits, digits=plain_labels(self.labels), above=_ONE_DIGIT)
        return shows_all(whole, sheet, clear if flat.much_the_same else None, writing)

    def _read_page(self, gray: NDArray[np.uint8], sheet: Sheet | None, view: View) -> Page:
        """Reads a picture, shape (h, w), or one sheet, that may show any number of digits."""
        answers = Answers(self.classify)
        faintest = partial(least_contrast, classify=answers, labels=self.labels)
        seek = partial(search, least_contrast=faintest, longest=view.longest, light=view.light)
        found = seek(gray)
        searched = time.perf_counter()
        lie = orientation(found.candidates, answers, self.labels, sheet)
        upright = turned_upright(gray, found, lie, seek)
        oriented = time.perf_counter()
        is_digit = partial(answers.are_digits, digits=digit_labels(self.labels), above=_ONE_DIGIT)
        is_plain = partial(is_digit, digits=plain_labels(self.labels))
        # To a model without "not a digit" anything is one.
        speaks = NOT_A_DIGIT in self.labels
        strokes = without_walls(parted(upright.strokes, is_digit), is_plain) if speaks else upright.strokes
        guesses = hypotheses(strokes, is_digit)
        candidates = [guess.candidate for guess in guesses]
        crops = answers.crops(candidates)
        normalized = time.perf_counter()
        look = partial(self._look_closely, answers)
        probabilities = look(candidates)
        more, told = leaning(guesses, probabilities, self.labels, strokes, look)
        if more:
            guesses += more
            crops = np.concatenate([crops, answers.crops([guess.candidate for guess in more])])
            probabilities = np.concatenate([probabilities, told])
        classified = time.perf_counter()
        settle = partial(
            decide,
            guesses,
            labels=self.labels,
            size=upright.size,
            mode=self.mode,
            strokes=strokes,
            grounds=upright.grounds,
            inks=view.colours.scaled(found.scale).turned(lie.turn, found.size),
        )
        verdicts = settle(probabilities)
        told = by_habit(probabilities, crops, self.labels, verdicts)
        if told is not probabilities:
            probabilities, verdicts = told, settle(told)
        written = [guesses[v.index].candidate for v in verdicts]
        boxes = [turned_back(stroke.box, lie.turn, found.size) for stroke in written]
        single = told_apart(guesses, probabilities, self.labels)
        likely, unlikely = ([turned_back(box, lie.turn, found.size) for box in boxed] for boxed in single)
        moments = (*view.began, searched, oriented, normalized, classified)
        places = boxes, likely, unlikely, found.size, found.scale
        return Page(verdicts, written, *places, probabilities, crops, moments)

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Classifies normalized crops.

        Args:
            crops: Shape (n, 28, 28), uint8, white ink on black, n may be 0.

        Returns:
            Shape (n, classes), float32 probabilities in the order of `labels`.

        Raises:
            ImageError: Another shape or dtype.
        """
        with self._lock:
            return self._backend.predict(crops)

    def track(self) -> Tracker:
        """Starts a steady reading over the frames of one camera or clip.

        Returns:
            A tracker; give it every frame with `update(frame)`.
        """
        from edge_digits.tracking import Tracker  # noqa: PLC0415  (the tracker needs the reader)

        return Tracker(self)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.artifact.name!r}, backend={self.backend!r}, "
            f"threads={self.threads}, mode={self.mode!r})"
        )

    def __getstate__(self) -> dict[str, Any]:
        # Neither engines nor locks travel: a copy, or another process, opens the same file anew.
        return {**self.__dict__, "_backend": (self.artifact, self.backend), "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        artifact, backend = state["_backend"]
        self._backend = open_backend(artifact, backend=backend, threads=self._threads)
        self._lock = threading.Lock()

    def _look_closely(self, answers: Answers, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """What the network says of candidates, asked again where its first answers leave doubt."""
        told = second_look(answers.crops(candidates), answers(candidates), self.labels, self.classify)
        return wide_look(candidates, told, self.labels, self.classify)

    def _read_close_up(
        self, tones: TwoTones, scale: float, size: tuple[int, int], began: tuple[float, float]
    ) -> Reading | None:
        """Reads a picture that shows one digit and nothing else; None where it surely is no such picture.

        Args:
            tones: The picture.
            scale: Pixels of it for one of the picture given.
            size: Width and height of the picture given.
            began: When loading began and ended, in seconds.
        """
        found = close_ups(tones) if NOT_A_DIGIT in self.labels else []
        if not found:
            return None
        searched = time.perf_counter()
        answers = Answers(self.classify)
        crops = answers.crops(found)
        normalized = time.perf_counter()
        probabilities = self._look_closely(answers, found)
        classified = time.perf_counter()
        digits = digit_labels(self.labels)
        best, place = divmod(int(probabilities[:, digits].argmax()), len(digits))
        confidence = float(probabilities[best, digits[place]])
        if confidence < max(MODES[self.mode].accept, least_confidence(size, soft=tones.soft)):
            return None
        verdict = Verdict(best, digits[place], confidence, sure=True)
        digit = as_digit(verdict, in_picture(found[best].box, scale, size), self.labels, probabilities, crops)
        # Nothing had to be turned.
        timing = Timing.between(*began, searched, searched, normalized, classified, time.perf_counter())
        return Reading(((digit,),), size, self.artifact.name, self.backend, self.labels, timing)
