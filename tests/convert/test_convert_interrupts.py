"""Ctrl-C stops a conversion, whatever the converters' own code does with it."""

from __future__ import annotations

import os
import signal
import sys
from types import SimpleNamespace

import pytest

from convert import make
from convert.interrupts import remembered_interrupts

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


@unix
def test_a_swallowed_ctrl_c_is_remembered_and_the_handler_of_before_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with remembered_interrupts() as interrupted:
        assert not interrupted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        assert interrupted()
    assert signal.getsignal(signal.SIGINT) is before


def test_no_further_file_is_made_after_it(monkeypatch):
    made = []
    monkeypatch.setattr(make, "answer_reference", lambda *_: None)
    monkeypatch.setattr(make, "make", lambda source, kind, pictures: made.append(kind))
    monkeypatch.setattr(make, "check", lambda *_: None)
    source = SimpleNamespace(model=None, labels=(), path=SimpleNamespace(name="toy.keras"), name="toy")
    kinds = [_Kind(each) for each in "abc"]
    with pytest.raises(KeyboardInterrupt):
        make.make_all(source, kinds, SimpleNamespace(described=""), interrupted=lambda: len(made) == 2)
    assert [kind.name for kind in made] == ["a", "b"]


class _Kind:
    def __init__(self, name: str) -> None:
        self.name = name

    def file_name(self, model: str) -> str:
        return f"{model}-{self.name}"
