"""Bring TensorFlow up without its greeting, and say early what is not installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from edge_digits.errors import EdgeDigitsError

_REMEDY: Final = "Install what the workshop needs: uv sync --extra train (or pip install -e '.[train]')"


def require(*packages: str) -> None:
    """Refuse to begin without a package that is only needed later.

    Args:
        packages: Names as they are imported.

    Raises:
        EdgeDigitsError: One of them is not installed.
    """
    for package in packages:
        if find_spec(package) is None:
            raise EdgeDigitsError(f"This needs {package}, which is not installed", _REMEDY)


def start_tensorflow(threads: int | None = None) -> None:
    """Import TensorFlow and Keras, silence their logs and set the number of threads.

    For commands: it sets environment variables of the process and must come before any
    other import of TensorFlow.

    Args:
        threads: Processor threads; None leaves the choice to TensorFlow.

    Raises:
        EdgeDigitsError: TensorFlow is not installed or cannot be imported.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _no_stderr():
        try:
            import keras  # noqa: F401
            import tensorflow as tf
        except ImportError as error:
            raise EdgeDigitsError(f"TensorFlow cannot be imported: {error}", _REMEDY) from error
    # It advises against functions that are traced often: those that predict, once for each network.
    tf.get_logger().setLevel("ERROR")
    if threads is not None:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


@contextmanager
def _no_stderr() -> Iterator[None]:
    """Drop what is written to file descriptor 2: TensorFlow's C++ greets there before any setting applies."""
    sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
