"""What the commands print of a model's figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from train.evaluate import CONFIDENT, SHIFT, headline


def summary(test: Mapping[str, Any], files: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return a model's figures as text, a line each.

    Args:
        test: What `train.evaluate.evaluate` measured.
        files: The converted files, from `train.report.converted_files`.
    """
    return "\n".join([*_plain(test), *_files(files), *_compared(test)])


def _plain(test: Mapping[str, Any]) -> Iterator[str]:
    yield f"test accuracy          {100 * test['accuracy']:.2f} %"
    yield f"misread                {test['errors']} of {test['pictures']}"
    yield f"misread confidently    {test['confident_errors']} (probability {CONFIDENT} or more)"
    yield f"moved by {SHIFT} pixels      {100 * test['shifted_accuracy']:.2f} %"
    yield f"quarters swapped       {100 * test['scrambled_confident']:.2f} % read with {CONFIDENT} or more"
    yield f'blank picture          "{test["blank_answer"]}" with {test["blank_probability"]:.2f}'


def _files(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if files:
        yield "files of it, with their test accuracy:"
        yield from (
            f"  {100 * file['test_accuracy']:6.2f} %  {file['file']}, {file['bytes'] / 1000:.1f} kB"
            for file in files
        )


def _compared(test: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"{100 * share:8.2f} %  {what}" for what, share in headline(test).items() if what != "test accuracy"
    )
    if "corrupted" in test:
        yield "misread when corrupted, and in brackets when forced to name a digit:"
        yield from (
            f"{100 * error:8.2f} % ({100 * test['corrupted_forced'][name]:5.2f} %)  {name}"
            for name, error in test["corrupted"].items()
        )
