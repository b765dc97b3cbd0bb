"""The Raspberry Pi camera through picamera2, its supported way."""

from __future__ import annotations

import importlib
import time
from typing import Any

import numpy as np

from camera_demo.errors import SourceLostError
from camera_demo.sources.base import Frame, Source
from edge_digits.errors import SourceError

INSTALL_REMEDY = (
    "sudo apt install python3-picamera2, then make the virtual environment anew with "
    "python3 -m venv --system-site-packages .venv (picamera2 comes from apt, not from pip)"
)


def load_picamera2() -> Any:
    """The picamera2 module.

    Raises:
        SourceError: It, or the libcamera it needs, is not importable here.
    """
    try:
        return importlib.import_module("picamera2")
    except ImportError as error:
        raise SourceError(f"picamera2 cannot be imported ({error})", INSTALL_REMEDY) from None
    except Exception as error:  # numpy's ABI clash and libcamera's own errors are of many types
        raise SourceError(
            f"picamera2 does not start ({error})",
            "Keep the numpy that apt installed: pip uninstall numpy inside the virtual environment",
        ) from None


class PicameraSource(Source):
    """A camera on the Raspberry Pi's own connector.

    Args:
        number: Which one, as libcamera counts them.
        size: Width and height of the frames in pixels.
    """

    def __init__(self, number: int = 0, size: tuple[int, int] = (640, 480)) -> None:
        super().__init__()
        self._number = number
        self._size = size
        self._camera: Any = None
        self.name = f"Raspberry Pi camera {number}"

    def open(self) -> None:
        """Starts the camera and waits for a frame.

        Raises:
            SourceError: picamera2 is missing, there is no camera, or it is in use.
        """
        self.close()
        module = load_picamera2()
        if not module.Picamera2.global_camera_info():
            raise SourceError(
                "libcamera finds no camera", "Check the ribbon cable, then: rpicam-hello --list-cameras"
            )
        try:
            self._camera = module.Picamera2(self._number)
            # libcamera's "RGB888" lies in memory as B, G, R, which is OpenCV's order.
            main = {"size": self._size, "format": "RGB888"}
            self._camera.configure(self._camera.create_video_configuration(main=main, buffer_count=3))
            self._camera.start()
            self._camera.capture_array("main")
        except Exception as error:  # libcamera raises RuntimeError, IndexError and its own
            self.close()
            raise SourceError(
                f"{self.name} does not start ({error})",
                "Close other programs that use it; libcamera serves one at a time",
            ) from None

    @property
    def is_open(self) -> bool:
        """Whether the camera is held."""
        return self._camera is not None

    def read(self) -> Frame | None:
        """The next frame.

        Raises:
            SourceLostError: The camera stopped.
        """
        if self._camera is None:
            raise SourceLostError(f"{self.name} is closed")
        try:
            image = self._camera.capture_array("main")
        except Exception as error:
            raise SourceLostError(f"{self.name} stopped ({error})", "Check the ribbon cable") from None
        return Frame(np.ascontiguousarray(image[:, :, :3], np.uint8), time.monotonic())

    def close(self) -> None:
        """Gives the camera back."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.stop()
            camera.close()
