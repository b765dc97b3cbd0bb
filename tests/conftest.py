"""Fixtures for all rooms: where the real data lies, if it is there.

The measuring sets (MNIST as published, real photos, a webcam clip) are not
part of the project. Tests that want them look in the folder named by
EDGE_DIGITS_MEASURE, or in a folder `shared` beside the checkout.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine makes any single example slow; how long one takes is no property of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let the commands that tests start be stopped by Ctrl-C, even where a shell started pytest with `&`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _measuring_folder(part: str) -> Path:
    folder = Path(os.environ.get("EDGE_DIGITS_MEASURE", ROOT.parent / "shared")) / part
    if not folder.is_dir():
        pytest.skip(f"no measuring data at {folder} (set EDGE_DIGITS_MEASURE)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _no_saved_preference() -> Iterator[None]:
    """A choice saved on this machine by `python -m benchmarks --recommend` changes no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDGE_DIGITS_PREFERENCE", "")
        yield


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder with MNIST's four files."""
    return _measuring_folder("data/mnist")


@pytest.fixture(scope="session")
def photos_dir() -> Path:
    """Real pictures with labels.csv."""
    return _measuring_folder("photos")


@pytest.fixture(scope="session")
def video_dir() -> Path:
    """A real webcam clip."""
    return _measuring_folder("video")
