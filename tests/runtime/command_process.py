"""`edge-digits` in a process of its own, as a shell starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")


def start(*words: str, environment: dict[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
    runtime = Path(__file__).resolve().parents[2] / "runtime"
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "edge_digits", *words],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
        env={**os.environ, "PYTHONPATH": str(runtime), **(environment or {})},
    )
