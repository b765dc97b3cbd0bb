"""What a figure was measured on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import cv2

import edge_digits

CHECKOUT = Path(__file__).resolve().parent.parent
FLAGS = (
    # x86-64, then Arm: what decides how fast small convolutions are.
    *("sse4_1", "avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"),
    *("neon", "asimd", "asimdhp", "asimddp", "i8mm", "sve", "sve2", "bf16"),
)
PACKAGES = (
    *("numpy", "opencv-python-headless", "opencv-python", "onnxruntime"),
    *("ai-edge-litert", "tflite-runtime", "tensorflow", "keras"),
)


def machine_record() -> dict[str, Any]:
    """Describes machine, software and moment.

    Returns:
        JSON-ready values; None for what this system does not tell. No host
        name, user name or path is among them.
    """
    return {
        "name": machine_name(),
        "board": _board(),
        "cpu": cpu_model(),
        "architecture": platform.machine(),
        "flags": cpu_flags(),
        "cores": _usable_cores(),
        "memory_mb": _memory_mb(),
        "virtual": "hypervisor" in _cpuinfo_flags(),
        "governor": _text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "os": _os_name(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": package_versions(),
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def machine_name() -> str:
    """A name for this kind of machine, fit for a file: "amd-epyc-2-cores"."""
    words = re.sub(
        r"\((r|tm)\)|\bcpu\b|\bprocessor\b|@.*|\brev [\d.]+", " ", (_board() or cpu_model()).lower()
    )
    return f"{re.sub(r'[^a-z0-9]+', '-', words).strip('-') or 'unknown'}-{_usable_cores()}-cores"


def cpu_model() -> str:
    """The processor's name as the system gives it."""
    for line in (_text("/proc/cpuinfo") or "").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name" and value.strip():
            return value.strip()
    return platform.processor() or platform.machine() or "unknown"


def cpu_flags() -> list[str]:
    """The instruction sets of FLAGS that this processor has."""
    present = _cpuinfo_flags()
    return [flag for flag in FLAGS if flag in present]


def package_versions() -> dict[str, str]:
    """Version of this library, of each of PACKAGES that is installed, and of OpenCV wherever it is from."""
    found = {"edge-digits": edge_digits.__version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if not any(name.startswith("opencv") for name in found):
        # Debian's python3-opencv leaves no record of a package.
        found["opencv"] = cv2.__version__
    return found


def commit() -> str | None:
    """The checkout's commit, with "+" where tracked files were changed; None outside git.

    Results written by earlier runs do not count as a change.
    """
    head = _output("git", "-C", str(CHECKOUT), "rev-parse", "--short=10", "HEAD")
    if head is None:
        return None
    changed = _output(
        *("git", "-C", str(CHECKOUT), "status", "--porcelain", "--untracked-files=no"),
        *("--", ".", ":!benchmarks/results"),
    )
    return head + ("+" if changed else "")


def _cpuinfo_flags() -> set[str]:
    for line in (_text("/proc/cpuinfo") or "").splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() in ("flags", "features"):
            return set(value.split())
    return set()


def _board() -> str | None:
    """Name of a single-board computer, such as "Raspberry Pi 4 Model B Rev 1.4"."""
    name = _text("/proc/device-tree/model")
    return name.strip("\0 \n") if name else None


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_mb() -> int | None:
    match = re.search(r"^MemTotal:\s+(\d+) kB", _text("/proc/meminfo") or "", re.MULTILINE)
    return int(match[1]) // 1024 if match else None


def _os_name() -> str:
    match = re.search(r'^PRETTY_NAME="?([^"\n]+)', _text("/etc/os-release") or "", re.MULTILINE)
    return match[1] if match else f"{platform.system()} {platform.release()}"


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def _output(*command: str) -> str | None:
    """What a command prints, None where it is missing or fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
