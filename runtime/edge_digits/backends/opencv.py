"""OpenCV's own dnn module: reading needs no other engine."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_digits.backends.base import Backend
from edge_digits.backends.pixels import pixel_writer
from edge_digits.backends.quiet import native_stderr_to_log
from edge_digits.backends.trial import survives
from edge_digits.errors import ModelError
from edge_digits.protobuf import has_dynamic_batch

_LOGGER = logging.getLogger(__name__)


class OpenCVBackend(Backend):
    """Runs ONNX files with cv2.dnn, on the CPU, from OpenCV 4.6 on.

    OpenCV has one thread pool for the whole process and no setting for a single net, and a library
    has no business changing it: `threads` is what OpenCV is set to, whatever was asked for. The
    program that owns the process sets it, with cv2.setNumThreads(1) or OPENCV_FOR_THREADS_NUM=1.

    OpenCV reads TFLite files too, but 4.11 and 4.14 give other answers than every other engine for
    the same float32 file (probabilities up to 0.09 apart), so they are not taken.

    A file that is in no manifest is first tried in a process of its own, which takes about as long
    as loading OpenCV.
    """

    name: ClassVar[str] = "opencv"
    formats: ClassVar[tuple[str, ...]] = ("onnx",)

    @classmethod
    def installed(cls) -> str | None:
        """Package and version; OpenCV is there whenever this library is."""
        return f"opencv {cv2.__version__}"

    def _open(self, contents: bytes) -> None:
        self.version = f"opencv {cv2.__version__}"
        if self.threads != (used := max(1, cv2.getNumThreads())):
            _LOGGER.info("OpenCV runs on %d threads, not %d: cv2.setNumThreads() decides", used, self.threads)
            self.threads = used
        self._write = pixel_writer(self.artifact.input, np.float32)
        self._shape = (28, 28, 1) if self.artifact.input.layout == "NHWC" else (1, 28, 28)
        # OpenCV 4.11 and 4.14 can die of SIGFPE when a graph with a fixed batch is given more crops.
        self._batches = has_dynamic_batch(contents)
        if self.artifact.sha256 is None and not survives(contents, self._shape, 1 + self._batches):
            raise ModelError(
                f"The model file {self.artifact.path} is damaged, or too new: {self.version} dies of it",
                "Copy the file anew, or make it anew: python -m convert",
            )
        with native_stderr_to_log():
            self._net: Any = cv2.dnn.readNetFromONNX(np.frombuffer(contents, np.uint8))
            self._batches = self._agrees_with_itself() and self._batches

    def _agrees_with_itself(self) -> bool:
        """Whether the net answers two crops at once as it does one by one."""
        crops = np.zeros((2, 28, 28), np.uint8)
        crops[0, 4:24, 12:16] = crops[1, 12:16, 4:24] = 255
        singly = np.concatenate([self._run(crop[np.newaxis]) for crop in crops])
        try:
            return bool(np.allclose(self._run(crops), singly, atol=1e-5))
        except (cv2.error, ValueError):
            return False

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        count = len(crops)
        if count > 1 and not self._batches:
            return np.concatenate([self._run(crop[np.newaxis]) for crop in crops])
        values = np.empty(crops.shape, np.float32)
        self._write(crops, values)
        self._net.setInput(values.reshape(count, *self._shape))
        output = self._net.forward()
        if output.size != count * self._classes:
            self._check_outputs(output.size // count)
        # OpenCV 4 answers (n, 1, classes) to some graphs where 5 answers (n, classes).
        probabilities: NDArray[np.float32] = output.reshape(count, self._classes)
        return probabilities

    def _remedy(self) -> str:
        if self.artifact.precision == "float32":
            return super()._remedy()
        return (
            f"OpenCV {cv2.__version__} runs float32 files; {self.artifact.precision} not always: "
            f'use model={self.artifact.model!r}, or install an engine: pip install "edge-digits[onnx]"'
        )
