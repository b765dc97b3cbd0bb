"""The doctor's examinations, each a list of findings."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2

from edge_digits.backends import AUTO_ORDER, available_backends
from edge_digits.backends.installed import ONNXRUNTIME, OPENCV, TFLITE, distribution_version, module_version
from edge_digits.backends.tflite import NUMPY_CLASH_REMEDY, numpy_clash
from edge_digits.cli.cameras import find_cameras, picamera2_state
from edge_digits.cli.probe import probe
from edge_digits.errors import ModelError
from edge_digits.preference import describe
from edge_digits.registry import artifacts, default_model, models_dir

OK: Final = "ok"
ABSENT: Final = "-"
WARNING: Final = "warning"
FAULT: Final = "fault"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    topic: str
    """packages, models, backends, preference, cameras or display."""
    name: str
    """What was looked at."""
    state: str
    """ok, "-" (absent, which is fine), warning or fault."""
    detail: str
    """What was found."""
    remedy: str = ""
    """The one command that mends it."""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return asdict(self)


def machine() -> str:
    """Python, system, processor and, where there is one, the board's own name."""
    board = Path("/proc/device-tree/model")
    try:
        name = board.read_text(errors="replace").strip("\0\n ")
    except OSError:
        name = ""
    parts = [
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.machine()}",
        f"{os.cpu_count()} CPUs",
        name,
    ]
    return ", ".join(part for part in parts if part)


def check_packages() -> list[Finding]:
    """Versions, and pairs of packages that do not go together."""
    found = [Finding("packages", "numpy", OK, str(module_version("numpy", ("numpy",))))]
    found += _check_opencv()
    for module, names in (ONNXRUNTIME, *TFLITE):
        version = module_version(module, names)
        clash = numpy_clash(f"{names[0]} {version}") if version else None
        if version is None:
            found.append(Finding("packages", names[0], ABSENT, "not installed"))
        elif clash:
            found.append(Finding("packages", names[0], FAULT, clash, NUMPY_CLASH_REMEDY))
        else:
            found.append(Finding("packages", names[0], OK, version))
    return found


def _check_opencv() -> list[Finding]:
    installed = {name: version for name in OPENCV[1] if (version := distribution_version(name))}
    if len(installed) < 2:
        name = next(iter(installed), "opencv")
        return [Finding("packages", name, OK, cv2.__version__)]
    names = " ".join(installed)
    return [
        Finding(
            "packages",
            " + ".join(installed),
            WARNING,
            f"{len(installed)} packages overwrite each other's cv2 ({cv2.__version__} is the one in use)",
            f"pip uninstall -y {names} && pip install opencv-python-headless",
        )
    ]


def check_models() -> list[Finding]:
    """The manifest, and every file against its SHA-256."""
    try:
        files, default = artifacts(), default_model()
    except ModelError as error:
        return [Finding("models", str(models_dir()), FAULT, error.problem, error.remedy)]
    found = []
    for artifact in files:
        try:
            artifact.read_bytes()
        except ModelError as error:
            found.append(Finding("models", artifact.path.name, FAULT, error.problem, error.remedy))
    whole = len(files) - len(found)
    state = OK if whole else FAULT
    detail = f"{whole} of {len(files)} files verified, default {default}"
    return [Finding("models", str(models_dir()), state, detail, "" if whole else "python -m convert"), *found]


def check_backends() -> list[Finding]:
    """Opens the default model in every installed backend and runs it."""
    installed = available_backends()
    found = []
    for name in AUTO_ORDER:
        if installed[name] is None:
            found.append(Finding("backends", name, ABSENT, "not installed"))
            continue
        result = probe(name)
        if "problem" in result:
            found.append(Finding("backends", name, FAULT, result["problem"], result["remedy"]))
        else:
            detail = f"{result['version']} runs {result['file']}, {result['us']} us a digit"
            found.append(Finding("backends", name, OK, detail))
    return found


def check_preference() -> list[Finding]:
    """What was measured to be best on this device, and whether reading follows it."""
    found = describe()
    state = {"none": ABSENT, "used": OK, "ignored": WARNING}[found["state"]]
    remedy = "python -m benchmarks --recommend" if state == WARNING else ""
    return [Finding("preference", found["path"], state, found["detail"], remedy)]


def check_cameras() -> list[Finding]:
    """Video nodes, and picamera2 for a camera on a Raspberry Pi's port."""
    if not sys.platform.startswith("linux"):
        return [Finding("cameras", "cameras", ABSENT, f"not looked for on {platform.system()}")]
    cameras = find_cameras()
    importable, mend = picamera2_state()
    found = []
    for camera in cameras:
        if camera.problem:
            denied = Finding(
                "cameras",
                camera.device,
                WARNING,
                camera.problem,
                "sudo usermod -aG video $USER  (then log in again)",
            )
            found.append(denied)
        elif camera.is_pi_camera and not importable:
            detail = f"{camera.name} on the camera port needs picamera2"
            found.append(Finding("cameras", camera.device, WARNING, detail, mend))
        else:
            found.append(Finding("cameras", camera.device, OK, f"{camera.name} ({camera.driver})"))
    if not cameras:
        found.append(Finding("cameras", "/dev/video*", ABSENT, "no camera is connected"))
    found.append(
        Finding(
            "cameras",
            "picamera2",
            OK if importable else ABSENT,
            "installed" if importable else "not installed",
        )
    )
    return found


def check_display() -> list[Finding]:
    """Whether a window can be shown; without one the demo shows its picture in a browser."""
    if sys.platform.startswith("linux"):
        screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
        shown = (
            Finding("display", "screen", OK, screen)
            if screen
            else Finding("display", "screen", ABSENT, "none (SSH?)")
        )
    else:
        shown = Finding("display", "screen", OK, platform.system())
    toolkit = window_toolkit(cv2.getBuildInformation())
    windows = Finding(
        "display", "OpenCV windows", OK if toolkit else ABSENT, toolkit or "none (headless build)"
    )
    web = importlib.util.find_spec("fastapi") is not None
    detail = "installed" if web else 'not installed: pip install "edge-digits[demo]"'
    return [shown, windows, Finding("display", "web view", OK if web else ABSENT, detail)]


def window_toolkit(build_information: str) -> str | None:
    """The window system OpenCV was built with, from cv2.getBuildInformation(); None if none."""
    match = re.search(r"^\s*GUI:[ \t]*(\S.*)?$", build_information, re.MULTILINE)
    if match is None or (match.group(1) or "").strip().upper() == "NONE":
        return None
    return (match.group(1) or "").strip() or "yes"
