"""A small folder of models for the benchmark's own tests: real files of the project, few of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import engines, frames, peers, session
from benchmarks.cli import main
from benchmarks.rounds import Plan
from edge_digits.registry import MODELS_VARIABLE
from train.scenes import PRESETS

MODELS = Path(__file__).resolve().parents[2] / "models"


FLOAT, INT8 = "classic-float32.onnx", "classic-int8.onnx"


def copy_models(folder: Path, *names: str) -> Path:
    """Makes a models folder with only the files named."""
    manifest = json.loads((MODELS / "manifest.json").read_text())
    model = manifest["models"]["classic"]
    model["artifacts"] = [each for each in model["artifacts"] if Path(each["file"]).name in names]
    assert len(model["artifacts"]) == len(names)
    manifest["models"], manifest["default"] = {"classic": model}, "classic"
    for each in model["artifacts"]:
        (folder / each["file"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(MODELS / each["file"], folder / each["file"])
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def make_brief(patch: pytest.MonkeyPatch) -> None:
    """A plan so short that the figures mean nothing."""
    patch.setattr(session.Settings, "plan", Plan(rounds=3, seconds=0.03, warmup=2, settle=1))
    patch.setattr(session.Settings, "frame_plan", Plan(rounds=2, seconds=0.01, warmup=0, settle=0))
    patch.setattr(session.Settings, "overhead_plan", Plan(rounds=3, seconds=0.01, warmup=2, settle=1))
    patch.setattr(session.Settings, "repeats", 1)
    patch.setattr(engines, "LOOP_SECONDS", 0.1)
    patch.setattr("train.scenes.PRESETS", {"single": PRESETS["single"]})
    patch.setattr(session, "PAGES", 1)
    # Other programs take seconds a picture; their own test asks them.
    patch.setattr(peers, "OCR_NAMES", ())
    patch.setattr(frames, "SIZES", ((320, 240), (480, 360)))
    patch.setattr(frames, "REFERENCE_CASE", ((480, 360), 10))


@pytest.fixture
def few_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a models folder with only the files named and lets the library look there."""

    def make(*names: str) -> Path:
        monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "models"))
        return copy_models(tmp_path / "models", *names)

    return make


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short timings for one test."""
    make_brief(monkeypatch)


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], str]]:
    """A whole but brief run over two files on OpenCV: its JSON and its page."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        make_brief(patch)
        patch.setenv(MODELS_VARIABLE, str(copy_models(folder / "models", FLOAT, INT8)))
        patch.setenv("XDG_CACHE_HOME", str(folder))
        files = [folder / "r.json", folder / "r.md"]
        words = ["--backends", "opencv", "--reference", "opencv"]
        assert main([*words, "--json", str(files[0]), "--markdown", str(files[1])]) == 0
    yield json.loads(files[0].read_text()), files[1].read_text()
