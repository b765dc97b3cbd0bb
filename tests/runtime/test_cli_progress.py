"""How much is left is shown to those who wait, and to nobody else."""

from __future__ import annotations

import io
import sys

import pytest

from edge_digits.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [0.0]
        monkeypatch.setattr("edge_digits.cli.progress.time.monotonic", lambda: now[0])
        return now

    def test_shows_after_two_seconds_how_much_is_left(
        self, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        progress = Progress(10, "pictures")
        clock[0] = 1.5
        progress.step()
        assert terminal.getvalue() == ""
        clock[0] = 4.0
        progress.step()
        assert terminal.getvalue().endswith("2 of 10 pictures, about 16 s left")
        progress.clear()
        assert terminal.getvalue().endswith("\r\x1b[K")

    def test_is_silent_where_nobody_watches(
        self, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pipe = io.StringIO()
        monkeypatch.setattr(sys, "stderr", pipe)
        progress = Progress(10, "pictures")
        clock[0] = 100.0
        progress.step()
        progress.clear()
        assert pipe.getvalue() == ""
