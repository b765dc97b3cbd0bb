"""`python -m train`, from its arguments to what lies in the folder afterwards."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train.__main__ import main

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [
    "README.md",
    "classic.keras",
    "confusion-matrix.png",
    "history.json",
    "reliability.png",
    "training-curves.png",
]
EPOCHS = 20


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def command(data, tmp_path):
    """Arguments of a training on the made-up data."""
    return ["classic", "--data", str(data), "--own-data", "--out", str(tmp_path / "models")]


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "models" / "classic"


def start(arguments: list[str], **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "train", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def start_and_stop_after_two_epochs(arguments: list[str], how: signal.Signals) -> tuple[int, str]:
    process = start([*arguments, "--epochs", str(EPOCHS)])
    for line in process.stdout:
        if "epoch  2 of" in line:
            process.send_signal(how)
            break
    _, stderr = process.communicate(timeout=120)
    return process.returncode, stderr


def test_a_training_leaves_model_record_plots_and_card(command, folder, capsys):
    import keras

    assert main([*command, "--epochs", "2", "--seeds", "5", "6"]) == 0
    printed = capsys.readouterr().out
    assert names(folder) == WRITTEN

    record = json.loads((folder / "history.json").read_text())
    assert record["seed"] == 5
    assert [run["seed"] for run in record["runs"]] == [5, 6]
    assert {curve: len(values) for curve, values in record["history"].items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), 2
    )
    assert record["parameters"] == 59_933
    assert record["data"] == record["data"] | {"fit": 220, "validation": 20, "test": 60}
    assert set(record["versions"]) == {"python", "keras", "tensorflow", "numpy"}
    assert record["command"] == "python -m train classic --data DIR --own-data --epochs 2 --seeds 5 6"
    assert np.sum(record["test"]["confusion"]) == 60

    accuracy = f"{100 * record['test_accuracy']:.2f} %"
    assert f"test accuracy          {accuracy}" in printed
    card = (folder / "README.md").read_text()
    assert f"| **{accuracy}** | `python -m train classic --data DIR --own-data --evaluate` |" in card
    assert "### Over seeds 5, 6" in card
    assert "| | seed 5 | seed 6 | mean | standard deviation, points |" in card
    assert f"| test accuracy | {accuracy} |" in card
    assert "own data in MNIST's format" in card
    assert str(folder.parent) not in card + json.dumps(record)
    for plot in ("training-curves.png", "confusion-matrix.png", "reliability.png"):
        assert (folder / plot).read_bytes().startswith(b"\x89PNG")

    assert keras.saving.load_model(folder / "classic.keras").count_params() == 59_933
    assert (folder / "classic.keras").stat().st_size < 1.5 * 4 * 59_933, "the optimizer's state is in it"

    assert main([*command, "--evaluate"]) == 0
    assert f"test accuracy          {accuracy}" in capsys.readouterr().out

    assert (folder / "README.md").read_text() == card, "evaluating the same again keeps the same"
    (folder / "README.md").unlink()
    assert main([*command, "--report"]) == 0
    assert (folder / "README.md").read_text() == card


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_training_is_resumed_and_loses_at_most_one_epoch(command, folder, capsys):
    code, _ = start_and_stop_after_two_epochs(command, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert "seed-0.npz" in names(folder / "checkpoint")
    with np.load(folder / "checkpoint" / "seed-0.npz") as file:
        done = json.loads(str(file["progress"]))["epoch"]
    assert 2 <= done < EPOCHS

    assert main([*command, "--epochs", str(EPOCHS), "--resume"]) == 0
    printed = capsys.readouterr().out
    assert f"epoch {done + 1:>2} of" in printed
    assert f"epoch {done:>2} of" not in printed
    assert len(json.loads((folder / "history.json").read_text())["history"]["loss"]) == EPOCHS
    assert names(folder) == WRITTEN


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_says_how_to_go_on(command, folder):
    code, stderr = start_and_stop_after_two_epochs(command, signal.SIGINT)
    assert code == 130
    assert f"to go on: python -m train {' '.join(command)} --epochs {EPOCHS} --resume" in stderr
    assert "Traceback" not in stderr
    assert names(folder) == ["checkpoint"]


def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing_half_written(command, folder, capsys):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        code = main([*command, "--epochs", "1"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    stderr = capsys.readouterr().err
    assert code == 1
    assert f"error: {folder / 'checkpoint'} cannot be written" in stderr
    assert "--out DIR" in stderr
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_fresh_start_says_what_becomes_of_an_interrupted_run(command, folder, capsys):
    (folder / "checkpoint").mkdir(parents=True)
    (folder / "checkpoint" / "seed-0.npz").write_bytes(b"")
    (folder / "checkpoint" / "seed-1.npz").write_bytes(b"")
    assert main([*command, "--epochs", "1"]) == 0
    assert "starting anew" in capsys.readouterr().out
    assert names(folder / "checkpoint") == ["seed-1.npz"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "/nowhere"], "no such folder"),
        (["--evaluate"], "classic.keras is missing"),
        (["--report"], "history.json is missing"),
        (["--out", "pyproject.toml"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_remedy(command, arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main([*command, *arguments]) == 1
    stderr = capsys.readouterr().err
    assert stderr.startswith("error: ")
    assert said in stderr
    assert stderr.count("\n") >= 2


def test_a_damaged_model_is_not_evaluated(command, folder, capsys):
    folder.mkdir(parents=True)
    (folder / "classic.keras").write_bytes(b"no model")
    assert main([*command, "--evaluate"]) == 1
    assert "damaged or no Keras model" in capsys.readouterr().err


def test_evaluating_keeps_the_figures_of_the_model_that_is_there(command, folder, capsys):
    assert main([*command, "--epochs", "1"]) == 0
    path = folder / "history.json"
    facts = json.loads(path.read_text())
    old = {**facts, "test": {**facts["test"], "accuracy": 0.5}, "test_accuracy": 0.5}
    path.write_text(json.dumps(old))
    assert main([*command, "--evaluate"]) == 0
    printed = capsys.readouterr().out
    assert "no converted files of these weights" in printed
    assert "zigzag" in printed
    assert json.loads(path.read_text())["test"] == facts["test"]

    path.write_text(json.dumps({**old, "data": {**old["data"], "digest": "of other pictures"}}))
    assert main([*command, "--evaluate"]) == 0
    assert "is of other data: the figures are not kept" in capsys.readouterr().out
    assert json.loads(path.read_text())["test_accuracy"] == 0.5


def test_a_model_that_was_converted_shows_its_files(command, folder, capsys):
    from train.report import converted_files

    assert main([*command, "--epochs", "1"]) == 0
    keras = folder / "classic.keras"
    entry = {
        "file": "classic/classic-int8.tflite",
        "format": "tflite",
        "precision": "int8",
        "bytes": 71_535,
        "test_accuracy": 0.9912,
    }
    sha256 = hashlib.sha256(keras.read_bytes()).hexdigest()
    manifest = {"schema": 1, "models": {"classic": {"keras": {"sha256": sha256}, "artifacts": [entry]}}}
    (folder.parent / "manifest.json").write_text(json.dumps(manifest))
    assert converted_files(keras) == [entry | {"file": "classic-int8.tflite"}]
    manifest["models"]["classic"]["keras"]["sha256"] = "of other weights"
    (folder.parent / "manifest.json").write_text(json.dumps(manifest))
    assert converted_files(keras) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["unheard-of"],
        ["classic", "--own-data"],
        ["classic", "--epochs", "0"],
        ["classic", "--seeds", "1", "1"],
        ["classic", "--seed", "-1"],
        ["classic", "--quick", "--epochs", "3"],
        ["classic", "--evaluate", "--resume"],
        ["classic", "--evaluate", "--report"],
    ],
)
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_what_is_not_installed_is_said_before_any_work(command, capsys, monkeypatch):
    monkeypatch.setattr("train.quiet.find_spec", lambda name: None if name == "matplotlib" else name)
    assert main(command) == 1
    stderr = capsys.readouterr().err
    assert "matplotlib, which is not installed" in stderr
    assert "--extra train" in stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_reader_that_goes_away_is_no_traceback(folder):
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "models" / "classic" / "history.json", folder)
    process = start(["classic", "--out", str(folder.parent), "--report"])
    process.stdout.close()
    assert process.wait(timeout=120) == 1
    assert process.stderr.read() == ""


def test_help_names_the_models_and_needs_no_tensorflow():
    code = (
        "import sys; from train.__main__ import main\n"
        "try: main(['--help'])\n"
        "finally: print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "classic" in done.stdout
    assert done.stdout.endswith("False\n")
