"""Arrays that lie in the user's cache: taken where they are whole, made anew where they are not."""

from __future__ import annotations

import logging
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_LOGGER = logging.getLogger(__name__)

DAMAGED: Final = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading an .npz file raises that was cut short or had a byte changed: whatever numpy, zipfile and zlib
come upon first."""


def kept_arrays(place: Path, *names: str) -> dict[str, NDArray[Any]] | None:
    """Read arrays that were kept.

    Args:
        place: The .npz file.
        names: Of the arrays.

    Returns:
        They, by name; None where the file is missing, or damaged, which is logged.
    """
    try:
        with np.load(place, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except FileNotFoundError:
        return None
    except DAMAGED as error:
        _LOGGER.warning("%s is damaged (%s): it is made anew", place, error)
        return None
