"""Which view is chosen, and what the terminal and the window show."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time

import cv2
import numpy as np
import pytest
from demo_fakes import FakeReader, ScriptedSource, demo_threads, picture_of

from camera_demo.errors import ViewError
from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import Snapshot, State
from camera_demo.sources.base import Frame
from camera_demo.views import choose, window
from camera_demo.views.choose import choose_view, gui_of, has_display
from camera_demo.views.terminal import TerminalView
from camera_demo.views.window import WindowView, compose, save_picture
from edge_digits.errors import OutputError

HEADLESS = "\n  GUI:                           NONE\n    VTK support:                 NO\n\n  Media I/O: \n"
QT = "\n  GUI:                           QT5\n    QT:                    YES (ver 5.15.2)\n\n  Media I/O: \n"
LISTED = (
    "\n  GUI: \n    GTK+:                        YES (ver 3.24.20)\n    VTK support:  NO\n\n  Media I/O: \n"
)
LISTED_NONE = "\n  GUI: \n    Win32 UI:                    NO\n    VTK support:  NO\n\n  Media I/O: \n"
SCREEN = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("build", "gui"), [(HEADLESS, None), (QT, "QT5"), (LISTED, "GTK+"), (LISTED_NONE, None), ("", None)]
)
def test_the_window_toolkit_is_read_from_the_build_information(build, gui):
    assert gui_of(build) == gui


def test_this_very_build_is_understood():
    """The installed OpenCV either names a toolkit or was built without."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("opencv-python-headless")
    except PackageNotFoundError:
        pytest.skip("not the headless build")
    assert gui_of(cv2.getBuildInformation()) is None


@pytest.mark.parametrize(
    ("environ", "build", "platform", "view"),
    [
        (SCREEN, QT, "linux", "window"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, QT, "linux", "window"),
        ({}, QT, "linux", "browser"),  # over SSH
        (SCREEN, HEADLESS, "linux", "browser"),  # what pip installs with this project
        ({}, QT, "darwin", "window"),
        ({"SSH_CONNECTION": "a b"}, QT, "darwin", "browser"),
    ],
)
def test_auto_opens_a_window_only_where_one_can_be(environ, build, platform, view):
    chosen = choose_view("auto", environ=environ, build=build, platform=platform, opens=lambda: True)
    assert chosen == view


@pytest.mark.parametrize(
    ("environ", "build", "problem"), [(SCREEN, HEADLESS, "without windows"), ({}, QT, "No display")]
)
def test_a_window_that_cannot_be_is_refused_before_opencv_is_asked(environ, build, problem):
    with pytest.raises(ViewError, match=problem) as caught:
        choose_view("window", environ=environ, build=build, platform="linux")
    assert "--view browser" in caught.value.remedy


def test_a_display_that_does_not_answer_leads_to_the_browser():
    where = {"environ": SCREEN, "build": QT, "platform": "linux", "opens": lambda: False}
    assert choose_view("auto", **where) == "browser"
    with pytest.raises(ViewError, match="does not open"):
        choose_view("window", **where)


def test_the_trial_of_a_window_does_not_harm_this_process(monkeypatch):
    """Without a display it fails, in whichever way the build fails: by an error or an abort."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        assert not choose.window_opens()


def test_without_the_web_packages_the_remedy_installs_them(monkeypatch):
    monkeypatch.setattr(
        choose.importlib.util, "find_spec", lambda name: None if name == "fastapi" else object()
    )
    for wanted in ("browser", "auto"):
        with pytest.raises(ViewError, match="fastapi") as caught:
            choose_view(wanted, environ={}, build=HEADLESS, platform="linux")
        assert "edge-digits[demo]" in caught.value.remedy
    assert choose_view("terminal", environ={}, build=HEADLESS, platform="linux") == "terminal"


def test_a_display_forwarded_over_ssh_counts_as_one():
    assert has_display({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "x"}, "linux")


def run_terminal(source, *, as_json=False):
    lines, notes = [], []
    view = TerminalView(lines.append, notes.append, as_json=as_json)
    code = view.run(Pipeline(source, FakeReader(), retry_seconds=0.01), threading.Event())
    return code, lines, "\n".join(notes)


def test_the_terminal_prints_a_line_a_picture():
    code, lines, notes = run_terminal(ScriptedSource([3, 3, 7], live=False))
    assert lines == ["3.png  3", "3.png  3", "7.png  7"]
    assert (code, notes) == (0, "")


def test_a_skipped_picture_is_noted_and_fails_the_run():
    code, lines, notes = run_terminal(ScriptedSource([3, "skip", 7], live=False))
    assert lines == ["3.png  3", "7.png  7"]
    assert "broken.png is not a picture" in notes
    assert code == 1


def test_json_lines_hold_the_whole_reading():
    _, lines, _ = run_terminal(ScriptedSource([3, 7], live=False), as_json=True)
    told = [json.loads(line) for line in lines]
    assert [entry["picture"] for entry in told] == ["3.png", "7.png"]
    assert [entry["reading"]["text"] for entry in told] == ["3", "7"]
    assert told[0]["reading"]["lines"][0][0]["confidence"] == 1.0


def test_of_live_frames_only_changes_are_printed():
    source = ScriptedSource([1] * 40 + [2] * 40, rate=80)
    _, lines, notes = run_terminal(source)
    assert [line.split()[1] for line in lines] == ["1", "2"]
    assert "has ended" in notes


def test_the_terminal_tells_that_a_camera_is_waited_for():
    stop = threading.Event()
    notes: list[str] = []
    script = [
        1,
        lambda: pipeline.feed.latest.reading,
        "refuse",
        "lost",
        lambda: "plug it in" in "".join(notes),
        2,
    ]
    pipeline = Pipeline(ScriptedSource(script), FakeReader(), retry_seconds=0.01)
    TerminalView(lambda _: None, notes.append).run(pipeline, stop)
    assert "plug it in" in "".join(notes)


def test_the_terminal_stops_when_told_even_while_nothing_comes():
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    view = TerminalView(lambda _: None, lambda _: None)
    code = view.run(Pipeline(ScriptedSource([3600.0]), FakeReader()), stop)
    assert code == 0
    assert demo_threads() == []


class FakeWindows:
    """Stands in for OpenCV's windows; keys come from a list, then q."""

    def __init__(self, monkeypatch, keys: str) -> None:
        self.shown: list[np.ndarray] = []
        self.keys = itertools.chain(keys, itertools.repeat("q"))
        self.destroyed = False
        monkeypatch.setattr(cv2, "namedWindow", lambda *_: None)
        monkeypatch.setattr(cv2, "resizeWindow", lambda *_: None)
        monkeypatch.setattr(cv2, "imshow", lambda _, image: self.shown.append(image))
        monkeypatch.setattr(cv2, "waitKey", lambda _: ord(next(self.keys)) if self.shown else -1)
        monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
        monkeypatch.setattr(cv2, "destroyAllWindows", self.destroy)

    def destroy(self):
        self.destroyed = True


def run_window(monkeypatch, tmp_path, keys):
    windows = FakeWindows(monkeypatch, keys)
    said, modes = [], []
    view = WindowView(said.append, lambda: modes.append("strict") or "strict", tmp_path)
    code = view.run(
        Pipeline(ScriptedSource(itertools.cycle([200]), rate=100), FakeReader()), threading.Event()
    )
    return windows, said, modes, code


def test_the_window_saves_changes_mode_and_quits(monkeypatch, tmp_path):
    windows, said, modes, code = run_window(monkeypatch, tmp_path, "sm")
    saved = list(tmp_path.iterdir())
    assert [path.suffix for path in saved] == [".png"]
    assert cv2.imread(str(saved[0])).shape == windows.shown[0].shape
    assert modes == ["strict"]
    assert len(said) == 2
    assert (windows.destroyed, code) == (True, 0)
    assert demo_threads() == []


def test_the_window_says_that_it_is_paused_and_shows_nothing_new_until_it_goes_on(monkeypatch, tmp_path):
    said = []
    compose_ = window.compose
    monkeypatch.setattr(
        window, "compose", lambda shot, note: said.append((shot.sequence, note)) or compose_(shot, note)
    )
    monkeypatch.setattr(window, "_WAIT_MS", 1)
    windows = FakeWindows(monkeypatch, " " + "." * 30 + "m.. q")
    monkeypatch.setattr(
        cv2, "waitKey", lambda _: time.sleep(0.01) or (ord(next(windows.keys)) if said else -1)
    )
    pipeline = Pipeline(ScriptedSource(itertools.cycle([200]), rate=200), FakeReader())
    WindowView(lambda _: None, lambda: "strict", tmp_path).run(pipeline, threading.Event())
    paused = [sequence for sequence, note in said if note.startswith("paused")]
    assert len(set(paused)) == 1, "one frame, told anew when the mode changed"
    assert [note for _, note in said if note][:2] == ["paused", "paused   mode: strict"]
    assert not np.array_equal(compose_(pipeline.feed.latest, "paused"), compose_(pipeline.feed.latest))


def test_a_picture_that_cannot_be_saved_is_told_and_leaves_nothing(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        save_picture(picture_of(1), tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_the_window_shows_the_frame_unmirrored_above_a_bar():
    image = picture_of(0)
    image[:, :20] = 255
    snapshot = Snapshot(1, "x", State.RUNNING, Frame(image))
    shown = compose(snapshot)
    assert shown.shape[0] > image.shape[0]
    # Without a reading the frame is dimmed, and its left side is still its left side.
    assert shown[:48, :20].mean() > 100
    assert shown[:48, -20:].mean() < 10


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 100)])
def test_large_pictures_are_shrunk_to_fit_a_screen(size):
    shown = compose(Snapshot(1, "x", State.RUNNING, Frame(np.zeros((size[1], size[0], 3), np.uint8))))
    assert shown.shape[1] <= 1280
    assert shown.shape[0] <= 900
