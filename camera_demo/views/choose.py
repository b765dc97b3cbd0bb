"""Which view suits this machine."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Mapping

from camera_demo.errors import ViewError

_WEB_PACKAGES = ("fastapi", "uvicorn", "websockets", "python_multipart")


def window_opens() -> bool:
    """Whether OpenCV can open a window, tried in a process of its own: where it fails, Qt ends it."""
    trial = "import cv2; cv2.namedWindow('edge-digits', cv2.WINDOW_AUTOSIZE); cv2.destroyAllWindows()"
    try:
        done = subprocess.run([sys.executable, "-c", trial], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def choose_view(
    wanted: str,
    *,
    environ: Mapping[str, str],
    build: str,
    platform: str = sys.platform,
    opens: Callable[[], bool] = window_opens,
) -> str:
    """Settles on a view.

    Args:
        wanted: "auto", "browser", "window" or "terminal".
        environ: The environment, for where the display is.
        build: What cv2.getBuildInformation() says.
        platform: As sys.platform.
        opens: Whether a window opens; asked only where build and environment speak for it.

    Returns:
        "browser", "window" or "terminal"; "auto" becomes a window where one
        can be opened, else the browser.

    Raises:
        ViewError: A window is wanted and cannot be, or the browser is and its packages are missing.
    """
    if wanted in ("auto", "window"):
        obstacle = _window_obstacle(environ, build, platform, opens)
        if obstacle is None:
            return "window"
        if wanted == "window":
            raise obstacle
    if wanted == "terminal":
        return wanted
    missing = [name for name in _WEB_PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ViewError(
            f"The browser view needs packages that are not installed: {', '.join(missing)}",
            "Install them: pip install 'edge-digits[demo]', or use --view terminal",
        )
    return "browser"


def _window_obstacle(
    environ: Mapping[str, str], build: str, platform: str, opens: Callable[[], bool]
) -> ViewError | None:
    """Why no window can be opened; None where one can."""
    if gui_of(build) is None:
        return ViewError(
            "This OpenCV was built without windows (opencv-python-headless)",
            "Use --view browser; or get windows: pip uninstall opencv-python-headless, "
            "then pip install opencv-python",
        )
    remedy = "Use --view browser and open the address it prints, from this or another computer"
    if not has_display(environ, platform):
        return ViewError("No display for a window (neither DISPLAY nor WAYLAND_DISPLAY is set)", remedy)
    if not opens():
        return ViewError("The display does not open a window for OpenCV", remedy)
    return None


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether there is a screen that programs may draw on."""
    if platform in ("darwin", "win32"):
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def gui_of(build: str) -> str | None:
    """The window toolkit that OpenCV's build information names, such as "QT5"; None for none.

    The heading holds the toolkit itself or, in some versions, a list of them below.
    """
    heading = re.search(r"^[ \t]*GUI:[ \t]*(\S*)[ \t]*$((?:\n[ \t]+\S.*)*)", build, re.MULTILINE)
    if heading is None:
        return None
    if heading[1]:
        return None if heading[1].upper() == "NONE" else heading[1]
    listed = re.search(
        r"^[ \t]+(QT|GTK\+?|Cocoa|Win32 UI|Wayland|Framebuffer)\S*:[ \t]+YES", heading[2], re.M | re.I
    )
    return listed[1] if listed else None
