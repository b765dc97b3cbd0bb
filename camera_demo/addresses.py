"""Addresses as they may be shown: without the password that they may hold."""

from __future__ import annotations

import re

ENCODE_REMEDY = "in a user name or password write / as %2F, ? as %3F, # as %23 and @ as %40"
"""What mends an address whose password is taken for something else."""


def without_password(url: str) -> str:
    """An address with an ellipsis for all between // and its last @.

    A password may hold / and @ itself, so that no parser says where it ends.
    """
    return re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)
