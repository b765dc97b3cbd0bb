"""What this library adds to an engine: our call against the same engine called by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.change import difference_interval
from benchmarks.make_empty import empty_artifact
from benchmarks.progress import watcher
from benchmarks.rounds import Contestant, Crop, Plan, measure
from benchmarks.stats import summarize
from edge_digits.artifact import Artifact
from edge_digits.backends import open_backend
from edge_digits.backends.installed import TFLITE
from edge_digits.backends.quiet import native_stderr_to_log

Call = Callable[[Crop], object]
WAYS = ("ready", "hand", "ours", "empty")


@dataclass(frozen=True)
class Bare:
    """An engine as its documentation says to call it, without this library."""

    ready: Call
    """Ignores the crop: the input is float32 already, so this is the engine alone."""
    hand: Call
    """From bytes to probabilities, as one would write it by hand."""


def measure_overhead(
    chosen: Sequence[Artifact], backends: Sequence[str], crops: Sequence[Crop], plan: Plan
) -> list[dict[str, Any]]:
    """Times each backend's first float32 file in four ways, in common rounds.

    Args:
        chosen: The artifacts.
        backends: Names of installed backends.
        crops: Crops of shape (1, 28, 28).
        plan: How long each way is timed.

    Returns:
        For each backend that has a float32 file: backend, engine, file;
        ready_us (the engine alone), hand_us, ours_us, empty_us (ours, with a
        model that does next to nothing); price_us, ours less ready, with
        price_low_us and price_high_us, between which it lies with 99 %
        certainty; price_share, price over ready; and the same four of
        over_hand, ours less the engine called by hand from the same bytes;
        rounds, how many the intervals rest on.
    """
    entries = []
    contestants = []
    for name in backends:
        artifact = _float32(chosen, name)
        if artifact is None:
            continue
        ours = open_backend(artifact, backend=name)
        empty = open_backend(empty_artifact(artifact.format), backend=name)
        bare = BARE[name](artifact)
        entries.append((name, artifact, ours.version))
        prepare = (lambda: cv2.setNumThreads(1)) if name == "opencv" else None
        for way, call in zip(WAYS, (bare.ready, bare.hand, ours.predict, empty.predict), strict=True):
            contestants.append(Contestant(f"{name} {way}", call, prepare=prepare))
    timings = measure(contestants, crops, plan, watch=watcher("overhead"))
    return [
        {
            "backend": name,
            "engine": engine,
            "file": artifact.path.name,
            **_prices({way: summarize(timings[f"{name} {way}"]) for way in WAYS}),
        }
        for name, artifact, engine in entries
    ]


def _prices(figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    ours = np.array(figures["ours"]["round_p50_ms"])
    prices: dict[str, float] = {}
    for key, way in (("price", "ready"), ("over_hand", "hand")):
        price, low, high = difference_interval(np.array(figures[way]["round_p50_ms"]), ours)
        prices |= {
            f"{key}_us": round(1e3 * price, 3),
            f"{key}_low_us": round(1e3 * low, 3),
            f"{key}_high_us": round(1e3 * high, 3),
            f"{key}_share": round(price / figures[way]["p50_ms"], 4),
        }
    times = {f"{way}_us": round(1e3 * figures[way]["p50_ms"], 3) for way in WAYS}
    return {**times, **prices, "rounds": len(ours)}


def _float32(chosen: Sequence[Artifact], backend: str) -> Artifact | None:
    wanted = "tflite" if backend == "tflite" else "onnx"
    return next((a for a in chosen if a.precision == "float32" and a.format == wanted), None)


def _scaled(crop: Crop, artifact: Artifact) -> NDArray[np.float32]:
    """What one writes by hand to make a crop the model's input."""
    pixels = crop.astype(np.float32) / np.float32(artifact.input.divisor)
    return pixels[..., np.newaxis] if artifact.input.layout == "NHWC" else pixels[:, np.newaxis]


def _tflite(artifact: Artifact) -> Bare:
    module = next(name for name, _ in TFLITE if _importable(name))
    if module == "tensorflow":
        interpreter_class = importlib.import_module("tensorflow").lite.Interpreter
    else:
        interpreter_class = importlib.import_module(f"{module}.interpreter").Interpreter
    with native_stderr_to_log():
        interpreter = interpreter_class(model_path=str(artifact.path), num_threads=1)
        interpreter.allocate_tensors()
    fed = interpreter.get_input_details()[0]["index"]
    answer = interpreter.get_output_details()[0]["index"]
    fixed = _scaled(np.zeros((1, 28, 28), np.uint8), artifact)

    def run(values: NDArray[np.float32]) -> object:
        interpreter.set_tensor(fed, values)
        interpreter.invoke()
        return interpreter.get_tensor(answer)

    return Bare(lambda _: run(fixed), lambda crop: run(_scaled(crop, artifact)))


def _onnxruntime(artifact: Artifact) -> Bare:
    runtime = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = runtime.InferenceSession(str(artifact.path), options, providers=["CPUExecutionProvider"])
    fed = session.get_inputs()[0].name
    fixed = _scaled(np.zeros((1, 28, 28), np.uint8), artifact)
    return Bare(
        lambda _: session.run(None, {fed: fixed})[0],
        lambda crop: session.run(None, {fed: _scaled(crop, artifact)})[0],
    )


def _opencv(artifact: Artifact) -> Bare:
    with native_stderr_to_log():
        net: Any = cv2.dnn.readNetFromONNX(str(artifact.path))
    fixed = _scaled(np.zeros((1, 28, 28), np.uint8), artifact)

    def run(values: NDArray[np.float32]) -> object:
        net.setInput(values)
        return net.forward()

    return Bare(lambda _: run(fixed), lambda crop: run(_scaled(crop, artifact)))


def _importable(module: str) -> bool:
    try:
        importlib.import_module("tensorflow" if module == "tensorflow" else f"{module}.interpreter")
    except ImportError:
        return False
    return True


BARE: dict[str, Callable[[Artifact], Bare]] = {
    "tflite": _tflite,
    "onnxruntime": _onnxruntime,
    "opencv": _opencv,
}
