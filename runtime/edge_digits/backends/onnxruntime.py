"""ONNX Runtime."""

from __future__ import annotations

import importlib
import platform
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from edge_digits.backends.base import Backend
from edge_digits.backends.installed import ONNXRUNTIME, engine, module_version
from edge_digits.backends.pixels import pixel_writer
from edge_digits.errors import BackendError

_ELEMENT_TYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}
_ERROR = 3


class OnnxRuntimeBackend(Backend):
    """Runs ONNX files with onnxruntime, on the CPU."""

    name: ClassVar[str] = "onnxruntime"
    formats: ClassVar[tuple[str, ...]] = ("onnx",)

    @classmethod
    def installed(cls) -> str | None:
        """Package and version, without importing it; None if it is not installed."""
        return engine(*ONNXRUNTIME)

    def _open(self, contents: bytes) -> None:
        runtime = _import()
        self.version = f"onnxruntime {runtime.__version__}"
        self._runtime = runtime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = _ERROR
        # Spinning workers eat half a CPU in a 30 Hz loop and gain nothing on a model this small.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        # Its fallback to other providers prints to standard output, and there is none to fall back to.
        self._session = runtime.InferenceSession(
            contents, options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(f"it has {len(inputs)} inputs and {len(outputs)} outputs, wanted is one of each")
        self._input, self._output = inputs[0].name, outputs[0].name
        element = _ELEMENT_TYPES.get(inputs[0].type)
        if element is None:
            raise ValueError(f"its input is {inputs[0].type}, wanted is one of {', '.join(_ELEMENT_TYPES)}")
        # An ONNX input has no scale of its own: integers are the pixels as they are.
        spec = self.artifact.input
        self._write = pixel_writer(spec, element, scale=1 / spec.divisor)
        self._element = element
        self._fixed_batch = isinstance(inputs[0].shape[0], int)
        if isinstance(outputs[0].shape[-1], int):
            self._check_outputs(outputs[0].shape[-1])
        self._bind(1)

    def _bind(self, count: int) -> None:
        """Gives the session input and output arrays of its own for batches of one size.

        That saves about 2 us a call against session.run(), and allocates nothing per call.
        """
        shape = (count, 28, 28, 1) if self.artifact.input.layout == "NHWC" else (count, 1, 28, 28)
        fed = np.zeros(shape, self._element)
        self._crops: NDArray[Any] = fed.reshape(count, 28, 28)
        self._answer = np.zeros((count, self._classes), np.float32)
        self._binding = self._session.io_binding()
        value = self._runtime.OrtValue.ortvalue_from_numpy
        self._binding.bind_ortvalue_input(self._input, value(fed))
        self._binding.bind_ortvalue_output(self._output, value(self._answer))

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        count = len(crops)
        if self._fixed_batch and count > 1:
            return np.concatenate([self._run(crop[np.newaxis]) for crop in crops])
        if count != len(self._answer):
            self._bind(count)
        self._write(crops, self._crops)
        self._session.run_with_iobinding(self._binding)
        return self._answer.copy()


def _import() -> Any:
    """The onnxruntime package, refused where it is known to kill the process."""
    if platform.machine() == "aarch64" and module_version(*ONNXRUNTIME) == "1.21.0":
        raise BackendError(
            "onnxruntime 1.21.0 stops with an illegal instruction on a Raspberry Pi 4",
            'pip install "onnxruntime!=1.21.0"',
        )
    try:
        return importlib.import_module("onnxruntime")
    except ImportError as error:
        raise BackendError(
            f"The backend onnxruntime cannot be imported: {error}", 'pip install "edge-digits[onnx]"'
        ) from error
