"""Readings drawn into a window of OpenCV's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import Snapshot, State
from edge_digits.errors import OutputError
from edge_digits.files import write_whole

TITLE = "edge-digits"
KEYS = "space: pause   s: save   m: mode   q: quit"
_WAIT_MS = 15
_BAR = 64
_LARGEST = (1280, 800)


class WindowView:
    """Shows the frame with what was read; keys as in KEYS.

    Args:
        say: Told what happened, such as where a picture was saved.
        next_mode: Switches the reader to its next mode and returns the mode's name.
        folder: Where pictures are saved.
    """

    def __init__(self, say: Callable[[str], None], next_mode: Callable[[], str], folder: Path) -> None:
        self._say = say
        self._next_mode = next_mode
        self._folder = folder
        self._paused = False
        self._mode = ""

    def run(self, pipeline: Pipeline, stop: threading.Event) -> int:
        """Runs a pipeline until its clip ends, q is pressed, the window is closed or stop is set.

        Returns:
            0.
        """
        shown: NDArray[np.uint8] | None = None
        held: Snapshot | None = None
        note = ""
        try:
            with pipeline.feed.subscribe() as subscription, pipeline:
                # GUI_NORMAL leaves out Qt's own toolbar, whose keys and buttons would rival ours.
                cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
                while not stop.is_set():
                    snapshot = subscription.poll()
                    if snapshot is not None and not self._paused:
                        held = snapshot
                    if held is not None and (held is snapshot or note != self._note):
                        note = self._note
                        composed = compose(held, note)
                        if shown is None or shown.shape != composed.shape:
                            cv2.resizeWindow(TITLE, composed.shape[1], composed.shape[0])
                        shown = composed
                        cv2.imshow(TITLE, shown)
                    if snapshot is not None and _is_over(snapshot, pipeline):
                        break
                    key = cv2.waitKey(_WAIT_MS) & 0xFF
                    if self._press(key, shown) or cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1:
                        break
        finally:
            cv2.destroyAllWindows()
        return 0

    @property
    def _note(self) -> str:
        return "   ".join(word for word in ("paused" if self._paused else "", self._mode) if word)

    def _press(self, key: int, shown: NDArray[np.uint8] | None) -> bool:
        """Does what a key means; True for quit."""
        if key == ord(" "):
            self._paused = not self._paused
        elif key == ord("m"):
            self._mode = f"mode: {self._next_mode()}"
            self._say(self._mode.capitalize())
        elif key == ord("s") and shown is not None:
            try:
                self._say(f"Saved {save_picture(shown, self._folder)}")
            except OutputError as error:
                self._say(str(error))
        return key in (ord("q"), 27)


def _is_over(snapshot: Snapshot, pipeline: Pipeline) -> bool:
    """Whether to close the window: after the last picture it stays until its viewer has seen enough."""
    return snapshot.state is State.FAILED or (snapshot.state is State.ENDED and pipeline.source.live)


def compose(snapshot: Snapshot, note: str = "") -> NDArray[np.uint8]:
    """The frame with boxes, above a bar with what was read and how fast.

    Args:
        snapshot: What to show.
        note: What else to say in the bar, such as that it is paused.

    Returns:
        A BGR picture, uint8, that fits a usual screen; a grey field where no frame came yet.
    """
    if snapshot.frame is None:
        picture = np.full((480, 640, 3), 40, np.uint8)
    elif snapshot.reading is None:
        picture = (snapshot.frame.image // 2).astype(np.uint8)
    else:
        picture = snapshot.reading.annotate(snapshot.frame.image)
    height, width = picture.shape[:2]
    shrink = min(_LARGEST[0] / width, _LARGEST[1] / height)
    if shrink < 1:
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    bar = np.full((_BAR, picture.shape[1], 3), 24, np.uint8)
    text = snapshot.reading.text.replace("\n", " / ") if snapshot.reading else ""
    speed = f"{snapshot.speed.fps:.0f} fps  {snapshot.speed.p50:.1f} ms"
    _write(bar, text, (12, 40), 1.1, (255, 255, 255))
    said = "   ".join(word for word in (note, speed, KEYS) if word)
    _write(bar, snapshot.notice or said, (12, 58), 0.4, (170, 170, 170))
    return np.vstack([picture, bar]).astype(np.uint8)


def _write(
    picture: NDArray[np.uint8], text: str, at: tuple[int, int], scale: float, colour: tuple[int, ...]
) -> None:
    # OpenCV's stroke fonts know ASCII only.
    plain = text.encode("ascii", "replace").decode()
    cv2.putText(picture, plain, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA)


def save_picture(picture: NDArray[np.uint8], folder: Path) -> Path:
    """Writes a PNG named by the moment.

    Args:
        picture: BGR, uint8.
        folder: Where to.

    Returns:
        The file.

    Raises:
        OutputError: It cannot be written there.
    """
    path = folder / f"camera-{datetime.now():%Y%m%d-%H%M%S-%f}.png"
    done, data = cv2.imencode(".png", picture)
    try:
        if not done:
            raise OSError("it does not encode as PNG")
        write_whole(path, data.tobytes())
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error}", "Start it in a folder you may write to"
        ) from None
    return path
