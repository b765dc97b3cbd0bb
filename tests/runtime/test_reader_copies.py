"""A reader that is shown in a log, copied, or sent to another process."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from written_pages import write_page

from edge_digits import DigitReader


class NamedReader(DigitReader):
    """A program's own kind of reader."""

    def __init__(self, name: str) -> None:
        super().__init__("edge-int8", mode="strict")
        self.name = name


def test_a_reader_says_what_it_is() -> None:
    reader = NamedReader("desk")
    shown = f"NamedReader('edge-int8', backend={reader.backend!r}, threads=1, mode='strict')"
    assert repr(reader) == shown
    assert repr(reader.track()) == f"Tracker({shown})"


def test_a_copy_reads_alike_and_by_an_engine_of_its_own() -> None:
    image = write_page("2058", seed=5).image
    reader = NamedReader("desk")
    expected = reader.read(image)
    for other in (copy.copy(reader), copy.deepcopy(reader), pickle.loads(pickle.dumps(reader))):
        assert other.read(image) == expected
        assert (other.name, other.mode, other.artifact) == ("desk", "strict", reader.artifact)
        assert other._backend is not reader._backend


def test_a_tracker_goes_on_in_a_copy() -> None:
    image = write_page("2058", seed=5).image
    tracker = NamedReader("desk").track()
    for _ in range(5):
        reading = tracker.update(image)
    again = pickle.loads(pickle.dumps(tracker)).update(image)
    assert [digit.track for digit in again.digits] == [digit.track for digit in reading.digits]


def test_another_process_reads_with_the_reader_it_is_given(reader: DigitReader) -> None:
    image = write_page("2058", seed=5).image
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        reading = processes.submit(reader.read, image).result(timeout=120)
    assert reading == reader.read(image)
    assert np.array_equal(reading.digits[0].crop, reader.read(image).digits[0].crop)
