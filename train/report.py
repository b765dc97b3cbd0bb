"""What a training leaves behind: the record of it, and the model card made from that record."""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_digits.errors import ModelError
from edge_digits.files import write_whole
from train.card import card
from train.checkpoint import Progress
from train.evaluate import headline
from train.mnist import Mnist, Split
from train.network import TEACHER, Recipe
from train.plots import write_confusion, write_curves, write_reliability
from train.stretch import NARROWED, WIDENED

if TYPE_CHECKING:
    import keras


REPORT: Final = (
    "history.json",
    "training-curves.png",
    "confusion-matrix.png",
    "reliability.png",
    "README.md",
)
"""What `write_report` writes, in this order."""
_PACKAGES: Final = ("keras", "tensorflow", "numpy", "jax")


@dataclass(frozen=True)
class Run:
    """One seed's training and what came of it."""

    progress: Progress
    """What was noted during training."""
    test: dict[str, Any]
    """What `train.evaluate.evaluate` measured on the test pictures."""


def _teaching(recipe: Recipe, *, ready: bool) -> dict[str, Any]:
    said = {"teachers": recipe.teachers, "teacher_epochs": TEACHER.epochs, "softness": recipe.softness}
    return {**said, "teachers_ready": True} if ready else said


def record(
    recipe: Recipe,
    runs: list[Run],
    parameters: int,
    mnist: Mnist,
    split: Split,
    *,
    command: str,
    check: str,
    own_data: bool,
    calibrated: bool = False,
    abreast: bool = False,
    teachers_ready: bool = False,
    lessons: dict[str, int] | None = None,
) -> dict[str, Any]:
    """Gather all facts of a training; the first run is the one whose weights are shipped.

    Args:
        recipe: What was trained.
        runs: One a seed, the shipped one first.
        parameters: Trained numbers in the network.
        mnist: The data.
        split: How the training pictures were divided.
        command: The command line that does this again.
        check: The command line that prints the test figures.
        own_data: Whether the data is the user's own and not MNIST.
        calibrated: Whether temperature and offset were folded into the last layer.
        abreast: Whether JAX trained all seeds as one.
        teachers_ready: Whether the larger networks were those that come with the project.
        lessons: What was learnt from besides MNIST, in crops an epoch; None if nothing.

    Returns:
        Plain values, ready for JSON.
    """
    shipped = runs[0]
    return {
        "model": recipe.name,
        "summary": recipe.summary,
        "command": command,
        "check": check,
        "labels": list(recipe.labels),
        "parameters": parameters,
        "recipe": {
            "epochs": len(shipped.progress.history["loss"]),
            "batch_size": recipe.batch_size,
            "optimizer": recipe.optimizer,
            "loss": recipe.loss,
            **({"schedule": asdict(recipe.schedule)} if recipe.schedule else {}),
            **(_teaching(recipe, ready=teachers_ready) if recipe.teachers else {}),
            **({"emphasis": recipe.emphasis} if recipe.emphasis != 1 else {}),
            **({"turned_away": recipe.turned_away} if calibrated else {}),
            **({"own": True} if recipe.own else {}),
        },
        "data": {
            "name": "own data in MNIST's format" if own_data else "MNIST",
            "digest": mnist.digest,
            "fit": len(split.fit_images),
            "validation": len(split.validation_images),
            "test": len(mnist.test_images),
            **({"lessons": lessons} if lessons else {}),
            **({"stretched": [NARROWED, WIDENED]} if lessons and not recipe.own else {}),
        },
        "seed": shipped.progress.seed,
        "best_epoch": shipped.progress.best_epoch,
        "history": shipped.progress.history,
        "test_accuracy": shipped.test["accuracy"],
        "test": shipped.test,
        "runs": [
            {
                "seed": run.progress.seed,
                "best_epoch": run.progress.best_epoch,
                "validation_accuracy": run.progress.history["val_accuracy"][run.progress.best_epoch - 1],
                "test_accuracy": run.test["accuracy"],
                "figures": headline(run.test),
            }
            for run in runs
        ],
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES if package != "jax" or abreast},
        },
        "machine": f"{platform.system()} {platform.machine()}",
    }


def measured_anew(facts: dict[str, Any], test: dict[str, Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the facts of a training with the shipped model's figures renewed.

    Args:
        facts: What `record` returned.
        test: What `train.evaluate.evaluate` measured of the shipped model now.
        files: What `converted_files` returned.
    """
    shipped, *others = facts["runs"]
    renewed = {**shipped, "test_accuracy": test["accuracy"], "figures": headline(test)}
    return {
        **facts,
        "test_accuracy": test["accuracy"],
        "test": test,
        "files": files,
        "runs": [renewed, *others],
    }


def converted_files(model: Path) -> list[dict[str, Any]]:
    """Look up in the manifest what `python -m convert` made of a model, and how well that reads.

    Args:
        model: The .keras file, in a folder of its own beside the manifest.

    Returns:
        File name, bytes and test accuracy of each converted file; nothing where there is no manifest
        or it is of other weights.

    Raises:
        ModelError: The manifest is damaged.
    """
    from convert.manifest import read_manifest

    entry = read_manifest(model.parent.parent)["models"].get(model.stem)
    if entry is None or entry["keras"]["sha256"] != hashlib.sha256(model.read_bytes()).hexdigest():
        return []
    return [
        {
            "file": Path(each["file"]).name,
            **{key: each[key] for key in ("format", "precision", "bytes", "test_accuracy")},
        }
        for each in entry["artifacts"]
    ]


def write_model(model: keras.Model, folder: Path) -> Path:
    """Write the weights and the network, without the optimizer's state, as <name>.keras.

    Args:
        model: The trained model.
        folder: The model's folder, which exists.

    Returns:
        The file.

    Raises:
        OSError: The file cannot be written.
    """
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    path = folder / f"{folder.name}.keras"
    with tempfile.TemporaryDirectory() as elsewhere:
        saved = Path(elsewhere) / path.name
        bare.save(saved)
        contents = saved.read_bytes()
    write_whole(path, contents)
    return path


def write_report(facts: dict[str, Any], folder: Path) -> None:
    """Write history.json, the plots and the model card.

    Args:
        facts: What `record` returned.
        folder: The model's folder, which exists.

    Raises:
        OSError: A file cannot be written.
    """
    history, curves, confusion, calibration, readme = (folder / name for name in REPORT)
    _write_text(history, json.dumps(facts, indent=2) + "\n")
    write_curves(facts, curves)
    write_confusion(facts, confusion)
    # Records of older versions lack it until the model is evaluated anew.
    if "reliability" in facts["test"]:
        write_reliability(facts, calibration)
    _write_text(readme, card(facts))


def read_record(folder: Path) -> dict[str, Any]:
    """Read history.json back, to write the report anew without training.

    Args:
        folder: The model's folder.

    Returns:
        What `record` returned when the model was trained.

    Raises:
        ModelError: The file is missing or not ours.
    """
    path = folder / "history.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        card(facts)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ModelError(
            f"{path} is missing or not a record of a training: {error}",
            f"Train the model first: python -m train {folder.name}",
        ) from error
    return dict(facts)


def _write_text(path: Path, text: str) -> None:
    write_whole(path, text.encode())
