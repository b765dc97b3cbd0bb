"""What a training leaves behind: the record of it, and the model card made from that record."""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
import textwrap
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_digits.errors import ModelError
from train.evaluate import CONFIDENT, SHIFT, worst_pairs
from train.files import write_atomically
from train.fit import Progress
from train.mnist import Mnist, Split
from train.network import Recipe
from train.plots import write_confusion, write_curves

if TYPE_CHECKING:
    import keras


REPORT: Final = ("history.json", "training-curves.png", "confusion-matrix.png", "README.md")
"""What `write_report` writes, in this order."""

_PROPER: Final = {"python": "Python", "keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy"}


@dataclass(frozen=True)
class Run:
    """One seed's training and what came of it."""

    progress: Progress
    """What was noted during training."""
    test: dict[str, Any]
    """What `train.evaluate.evaluate` measured on the test pictures."""


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
        },
        "data": {
            "name": "own data in MNIST's format" if own_data else "MNIST",
            "digest": mnist.digest,
            "fit": len(split.fit_images),
            "validation": len(split.validation_images),
            "test": len(mnist.test_images),
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
            }
            for run in runs
        ],
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in ("keras", "tensorflow", "numpy")},
        },
        "machine": f"{platform.system()} {platform.machine()}",
    }


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
    with write_atomically(path) as file:
        file.write(contents)
    return path


def write_report(facts: dict[str, Any], folder: Path) -> None:
    """Write history.json, both plots and the model card.

    Args:
        facts: What `record` returned.
        folder: The model's folder, which exists.

    Raises:
        OSError: A file cannot be written.
    """
    history, curves, confusion, readme = (folder / name for name in REPORT)
    _write_text(history, json.dumps(facts, indent=2) + "\n")
    write_curves(facts, curves)
    write_confusion(facts, confusion)
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


def card(facts: dict[str, Any]) -> str:
    """Return the model card as Markdown, each figure beside the command that prints it."""
    name, data, test = facts["model"], facts["data"], facts["test"]
    check = f"`{facts['check']}`"
    validation = _percent(facts["runs"][0]["validation_accuracy"])
    confused = ", ".join(
        f"{written} read as {read} ({times})"
        for written, read, times in worst_pairs(test["confusion"], facts["labels"])
    )
    text = f"""# {name}

{facts["summary"]}

A picture of one digit goes in: 28x28 grey, white ink on black, fitted to 20x20 with its centre of mass in
the middle, as (n, 28, 28, 1) float32 in 0..1. Out come {len(facts["labels"])} probabilities, one for each
of {", ".join(facts["labels"])}. The network has {facts["parameters"]:,} parameters.

`{name}.keras` is the trained model. The files a device runs are made from it by `python -m convert`;
`../manifest.json` says what each of them is.

## Figures

| | | printed by |
|---|---|---|
| test accuracy of this file | **{_percent(test["accuracy"])}** | {check} |
| misread, of {test["pictures"]:,} | {test["errors"]} | {check} |
| misread with a probability of {CONFIDENT} or more | {test["confident_errors"]} | {check} |
| its accuracy on the validation pictures | {validation} | {check} |
{_spread_rows(facts)}
## Data

{data["name"]}: {data["fit"]:,} pictures to learn from, {data["validation"]:,} held out for validation
(the same ones whatever the seed), {data["test"]:,} to test. The test pictures are looked at once, after all
choices are made. Nothing is added to the pictures and nothing altered.

## Recipe

    {facts["command"]}

{facts["recipe"]["epochs"]} epochs in batches of {facts["recipe"]["batch_size"]},
{facts["recipe"]["optimizer"]}, {facts["recipe"]["loss"].replace("_", " ")}. The weights kept are those of the
epoch that does best on the validation pictures: here epoch {facts["best_epoch"]}. Of several seeds the first
one named is shipped, whatever the others reach: here {facts["seed"]}.

Made with {", ".join(f"{_PROPER[package]} {number}" for package, number in facts["versions"].items())} on
{facts["machine"]}. There the command gives the same weights again; other versions or processors round
differently and end a few pictures apart.

![Loss and accuracy over the epochs](training-curves.png)

## Mistakes

The commonest: {confused or "none"}.

![Confusion matrix](confusion-matrix.png)

## Weaknesses

It has {len(facts["labels"])} answers and must give one. A blank picture is "{test["blank_answer"]}" to it,
with a probability of {test["blank_probability"]:.2f}. Of test pictures with their quarters swapped crosswise,
strokes that are no digit, it reads {_percent(test["scrambled_confident"])} as some digit with a probability
of {CONFIDENT} or more. So its confidence alone cannot tell a digit from something else.

It has seen only digits that are well centred and of one size: moved by {SHIFT} pixels, the test pictures are
read with an accuracy of {_percent(test["shifted_accuracy"])}. What reaches it has to be prepared the way
MNIST was.

The three figures of this section are printed by {check}.
"""
    return "\n\n".join(_wrapped(block) for block in text.split("\n\n"))


def _wrapped(block: str) -> str:
    """Break a paragraph's lines anew, now that its figures are in it; leave all else as it is."""
    if block.startswith(("#", "|", "!", "    ")):
        return block
    return textwrap.fill(block, 110, break_on_hyphens=False, break_long_words=False) + "\n" * block.endswith(
        "\n"
    )


def _spread_rows(facts: dict[str, Any]) -> str:
    """Return the rows that more than one seed adds."""
    accuracies = [run["test_accuracy"] for run in facts["runs"]]
    if len(accuracies) < 2:
        return ""
    seeds, command = ", ".join(str(run["seed"]) for run in facts["runs"]), f"`{facts['command']}`"
    return (
        f"| mean test accuracy over seeds {seeds} | {_percent(statistics.mean(accuracies))} | {command} |\n"
        f"| its standard deviation, in points | {100 * statistics.stdev(accuracies):.2f} | {command} |\n"
    )


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f} %"


def _write_text(path: Path, text: str) -> None:
    with write_atomically(path) as file:
        file.write(text.encode())
