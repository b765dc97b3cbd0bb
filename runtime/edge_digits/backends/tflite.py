"""The TFLite interpreter, from whichever package brings it."""

from __future__ import annotations

import importlib
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.backends.base import Backend
from edge_digits.backends.installed import TFLITE, engine
from edge_digits.backends.pixels import pixel_writer
from edge_digits.backends.quiet import native_stderr_to_log
from edge_digits.errors import BackendError

NUMPY_CLASH_REMEDY: Final = 'pip install "numpy<2" "opencv-python-headless<4.12"'
"""What mends tflite-runtime beside numpy 2."""


class TFLiteBackend(Backend):
    """Runs TFLite files with ai-edge-litert, tflite-runtime or tensorflow, on the CPU (XNNPACK)."""

    name: ClassVar[str] = "tflite"
    formats: ClassVar[tuple[str, ...]] = ("tflite",)

    @classmethod
    def installed(cls) -> str | None:
        """Package and version, without importing it; None if none of the three is installed."""
        return next((found for module in TFLITE if (found := engine(*module))), None)

    def _open(self, contents: bytes) -> None:
        interpreter_class, self.version = _interpreter_class()
        with native_stderr_to_log():
            interpreter = interpreter_class(model_content=contents, num_threads=self.threads)
            interpreter.allocate_tensors()
        # Older interpreters read from these bytes for as long as they live.
        self._contents = contents
        self._interpreter = interpreter
        # Looked up once: what is found anew in every call adds up to a tenth of a small network.
        self._set, self._call, self._get = interpreter.set_tensor, interpreter.invoke, interpreter.get_tensor
        inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(f"it has {len(inputs)} inputs and {len(outputs)} outputs, wanted is one of each")
        fed, answer = inputs[0], outputs[0]
        self._input, self._output = fed["index"], answer["index"]
        self._shape = tuple(int(side) for side in fed["shape"][1:])
        if int(np.prod(self._shape)) != 28 * 28:
            raise ValueError(f"its input has shape {tuple(fed['shape'])}, wanted is 28x28 with one channel")
        self._check_outputs(int(answer["shape"][-1]))
        self._write = pixel_writer(self.artifact.input, fed["dtype"], *fed["quantization"])
        self._levels = _output_levels(answer["dtype"], *answer["quantization"])
        signature = fed.get("shape_signature", fed["shape"])
        self._open_batch = int(signature[0]) == -1
        self._values = np.empty((1, *self._shape), fed["dtype"])
        self._crops = self._values.reshape(1, 28, 28)

    def _resize(self, count: int) -> None:
        """Makes room for batches of another size."""
        self._interpreter.resize_tensor_input(self._input, (count, *self._shape))
        self._interpreter.allocate_tensors()
        self._values = np.empty((count, *self._shape), self._values.dtype)
        self._crops = self._values.reshape(count, 28, 28)

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        count = len(crops)
        if count == len(self._crops):
            self._write(crops, self._crops)
            answer = self._invoke(self._values)
        elif self._open_batch:
            self._resize(count)
            return self._run(crops)
        else:
            values = np.empty((count, *self._shape), self._values.dtype)
            self._write(crops, values.reshape(count, 28, 28))
            answer = np.concatenate([self._invoke(values[i : i + 1]) for i in range(count)])
        return answer if self._levels is None else self._levels.take(answer.view(np.uint8))

    def _invoke(self, values: NDArray[Any]) -> NDArray[Any]:
        """One call of the engine: its output tensor, copied."""
        self._set(self._input, values)
        self._call()
        output: NDArray[Any] = self._get(self._output)
        return output

    def _remedy(self) -> str:
        if self.version.startswith("tflite-runtime"):
            return (
                f"{self.version} may be too old for this file: use model={self.artifact.model!r} (float32), "
                'or pip uninstall tflite-runtime && pip install "edge-digits[tflite]"'
            )
        return super()._remedy()


def _output_levels(dtype: Any, scale: float, zero_point: int) -> NDArray[np.float32] | None:
    """What each of the 256 values of an 8-bit output stands for; None for float32."""
    dtype = np.dtype(dtype)
    if dtype == np.float32:
        return None
    if dtype not in (np.int8, np.uint8) or not scale > 0:
        raise ValueError(
            f"its output is {dtype} with quantization scale {scale}, wanted is 8 bits or float32"
        )
    steps = np.arange(256, dtype=np.uint8).view(dtype).astype(np.float32) - np.float32(zero_point)
    levels: NDArray[np.float32] = steps * np.float32(scale)
    return levels


def _interpreter_class() -> tuple[Any, str]:
    """The Interpreter of the best package that can be imported, with package and version."""
    problems = []
    for module, distributions in TFLITE:
        version = engine(module, distributions)
        if version is None:
            continue
        clash = numpy_clash(version)
        if clash is not None:
            problems.append(BackendError(clash, NUMPY_CLASH_REMEDY))
            continue
        try:
            if module == "tensorflow":
                return importlib.import_module("tensorflow").lite.Interpreter, version
            return importlib.import_module(f"{module}.interpreter").Interpreter, version
        except (ImportError, AttributeError) as error:
            problems.append(
                BackendError(f"{version} cannot be imported: {error}", f"pip install -U {version.split()[0]}")
            )
    if problems:
        raise problems[0]
    raise BackendError(
        "No TFLite interpreter is installed (looked for ai-edge-litert, tflite-runtime, tensorflow)",
        'pip install "edge-digits[tflite]"',
    )


def numpy_clash(engine_version: str) -> str | None:
    """Why a TFLite package cannot work beside the numpy that is installed, or None if it can.

    tflite-runtime 2.14, its last release, was built against numpy 1 but does not say so; beside
    numpy 2 it imports with a warning and then fails with "_ARRAY_API not found".

    Args:
        engine_version: Package and version, such as "tflite-runtime 2.14.0".
    """
    package, _, version = engine_version.partition(" ")
    if package != "tflite-runtime" or int(np.__version__.split(".")[0]) < 2:
        return None
    return f"tflite-runtime {version} was built for numpy 1, but numpy {np.__version__} is installed"
