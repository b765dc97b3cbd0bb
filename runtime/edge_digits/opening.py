"""Which backend a reader opens: what was asked for, or what was measured to be best on this device."""

from __future__ import annotations

import logging
import os

from edge_digits.backends import Backend, open_backend
from edge_digits.errors import BackendError, ModelError
from edge_digits.preference import preferred

_LOGGER = logging.getLogger(__name__)


def opened(model: str | os.PathLike[str] | None, backend: str, threads: int | None) -> tuple[Backend, int]:
    """Opens what was asked for, or the saved preference where model and backend are left open.

    Args:
        model: As `DigitReader` takes it.
        backend: The same.
        threads: The same.

    Returns:
        The backend and the threads it was opened with.

    Raises:
        ModelError: The model is unknown, missing or damaged.
        BackendError: The backend is unknown, not installed or cannot run the model.
    """
    model = model if model is None or isinstance(model, str) else _path(model)
    choice = preferred() if model is None and backend == "auto" else None
    if choice is not None:
        artifact, name, count = choice
        count = count if threads is None else threads
        try:
            return open_backend(artifact, backend=name, threads=count), count
        except (BackendError, ModelError) as error:
            _LOGGER.warning("saved preference ignored: %s", error.problem)
    count = 1 if threads is None else threads
    return open_backend(model, backend=backend, threads=count), count


def _path(model: object) -> str:
    """The name of a model file that is given as a path."""
    try:
        name = os.fspath(model)  # type: ignore[call-overload]
    except TypeError:
        name = None
    if not isinstance(name, str):
        raise ModelError(f"A model cannot be opened from {model!r}", "Give its name, or the path of its file")
    return name
