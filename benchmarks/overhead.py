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
from benchmarks.stats import quiet_p50, summarize
from edge_digits.artifact import Artifact
from edge_digits.backends import open_backend
from edge_digits.backends.installed import TFLITE
from edge_digits.backends.quiet import native_stderr_to_log
from edge_digits.registry import default_model

Call = Callable[[Crop], object]
WAYS = ("ready", "hand", "ours", "empty")
ALLOWED_US = 5.0
"""What a call of ours may take longer than the engine called by hand ..."""
ALLOWED_SHARE = 0.05
"""... and which part of that."""


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
    """Times float32 files on each backend in four ways, in common rounds.

    Args:
        chosen: The artifacts; measured are the default model's file and the smallest one, on which
            the same microseconds weigh most.
        backends: Names of installed backends.
        crops: Crops of shape (1, 28, 28).
        plan: How long each way is timed.

    Returns:
        For each backend and file: backend, engine, file; ready_us (the engine
        alone), hand_us, ours_us, empty_us (ours, with a model that does next
        to nothing); price_us, ours less ready, with price_low_us and
        price_high_us, between which it lies with 99 % certainty; price_share,
        price over ready; and the same four of over_hand, ours less the engine
        called by hand from the same bytes; rounds, how many the intervals
        rest on. All are medians of quiet rounds, as stats.quiet_p50 has them.
    """
    entries = []
    contestants = []
    for name in backends:
        prepare = (lambda: cv2.setNumThreads(1)) if name == "opencv" else None
        for artifact in _float32(chosen, name):
            ours = open_backend(artifact, backend=name)
            empty = open_backend(empty_artifact(artifact.format), backend=name)
            bare = BARE[name](artifact)
            names = {way: f"{artifact.path.name} on {name}, {way}" for way in WAYS}
            entries.append((name, ours.version, artifact.path.name, names))
            for way, call in zip(WAYS, (bare.ready, bare.hand, ours.predict, empty.predict), strict=True):
                contestants.append(Contestant(names[way], call, prepare=prepare))
    timings = measure(contestants, crops, plan, watch=watcher("overhead"))
    return [
        {
            "backend": name,
            "engine": engine,
            "file": file,
            **_prices({way: timings[key] for way, key in names.items()}),
        }
        for name, engine, file, names in entries
    ]


def within_allowance(entry: dict[str, Any]) -> bool | None:
    """Whether an entry of `measure_overhead` keeps to ALLOWED_US and ALLOWED_SHARE over the call by hand.

    Returns:
        None where its interval lies on both sides: the machine was too unsteady to tell.
    """
    allowed = min(ALLOWED_US, ALLOWED_SHARE * entry["hand_us"])
    if entry["over_hand_high_us"] <= allowed:
        return True
    return False if entry["over_hand_low_us"] > allowed else None


def _prices(timings: dict[str, Sequence[NDArray[np.int64]]]) -> dict[str, Any]:
    """Figures of one file, of nanoseconds a round for each of WAYS."""
    rounds = {way: np.array(summarize(each)["round_p50_ms"]) for way, each in timings.items()}
    times = {way: float(quiet_p50(each)) for way, each in rounds.items()}
    prices: dict[str, float] = {}
    for key, way in (("price", "ready"), ("over_hand", "hand")):
        price, low, high = difference_interval(rounds[way], rounds["ours"])
        prices |= {
            f"{key}_us": round(1e3 * price, 3),
            f"{key}_low_us": round(1e3 * low, 3),
            f"{key}_high_us": round(1e3 * high, 3),
            f"{key}_share": round(price / times[way], 4),
        }
    in_us = {f"{way}_us": round(1e3 * time, 3) for way, time in times.items()}
    return {**in_us, **prices, "rounds": len(rounds["ours"])}


def _float32(chosen: Sequence[Artifact], backend: str) -> list[Artifact]:
    """The default model's file and the smallest one, of those that the backend likes best."""
    wanted = "tflite" if backend == "tflite" else "onnx"
    files = [each for each in chosen if each.precision == "float32" and each.format == wanted]
    files.sort(key=lambda each: each.path.stat().st_size)
    usual = [each for each in files if each.model == default_model()]
    return list({each.name: each for each in [*usual[:1], *files[:1]]}.values())


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
