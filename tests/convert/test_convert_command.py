"""How the command behaves over several runs, and when something is wrong."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import io
import json
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convert.make
from convert.__main__ import main
from tests.convert.toys import Converted, Toy, tiny_network


def _convert(toy: Toy, models: Path, *more: str, keras_file: Path | None = None) -> int:
    return main(
        [str(keras_file or toy.keras), "--data", str(toy.data), "--own-data", "--models", str(models), *more]
    )


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _files(models: Path, model: str = "toy") -> list[str]:
    manifest = json.loads((models / "manifest.json").read_text())
    return [entry["file"] for entry in manifest["models"][model]["artifacts"]]


def test_another_conversion_gives_the_same_bytes(toy: Toy, converted: Converted, tmp_path: Path) -> None:
    assert _convert(toy, tmp_path, "--only", "int8", "dynamic") == 0
    again = _snapshot(tmp_path / "toy")
    assert len(again) == 3
    assert again.items() <= _snapshot(converted.folder).items()


def test_models_share_a_manifest_and_the_first_stays_the_default(toy: Toy, tmp_path: Path) -> None:
    other = tmp_path / "other.keras"
    other.write_bytes(toy.keras.read_bytes())
    models = tmp_path / "models"
    assert _convert(toy, models, "--only", "float32.onnx") == 0
    first = _files(models)
    assert _convert(toy, models, "--only", "float32.onnx", keras_file=other) == 0
    manifest = json.loads((models / "manifest.json").read_text())
    assert manifest["default"] == "toy"
    assert _files(models) == first
    assert _files(models, "other") == ["other/other-float32.onnx"]
    assert _convert(toy, models, "--only", "float32.onnx", "--default", keras_file=other) == 0
    assert json.loads((models / "manifest.json").read_text())["default"] == "other"


def test_only_adds_to_what_is_there_and_list_prints_it(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _convert(toy, tmp_path, "--only", "float32.onnx") == 0
    assert _convert(toy, tmp_path, "--only", "float16") == 0
    assert _files(tmp_path) == ["toy/toy-float16.tflite", "toy/toy-float32.onnx"]
    printed = capsys.readouterr().out.splitlines()[-4:]
    assert main(["--list", "--models", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == printed


def test_only_will_not_mix_artifacts_of_two_trainings(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _convert(toy, tmp_path, "--only", "float32.onnx") == 0
    before = _snapshot(tmp_path)
    retrained = tmp_path.with_name("retrained") / "toy.keras"
    retrained.parent.mkdir()
    network = keras.saving.load_model(toy.keras)
    network.set_weights([weights * np.float32(1.01) for weights in network.get_weights()])
    network.save(retrained)
    assert _convert(toy, tmp_path, "--only", "float16", keras_file=retrained) == 1
    assert "changed since toy/toy-float32.onnx" in capsys.readouterr().err
    assert _snapshot(tmp_path) == before


def test_a_badly_calibrated_file_is_refused_removed_and_not_listed(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _convert(toy, tmp_path, "--only", "onnx") == 0
    assert (tmp_path / "toy" / "toy-int8.onnx").exists()
    honest = convert.make.to_onnx
    monkeypatch.setattr(
        convert.make, "to_onnx", lambda model, precision, pictures: honest(model, precision, pictures // 40)
    )
    assert _convert(toy, tmp_path, "--only", "onnx") == 1
    printed = capsys.readouterr()
    assert "toy-int8.onnx" in printed.err
    assert "points may be lost" in printed.out
    assert _files(tmp_path) == ["toy/toy-float32.onnx"]
    assert [path.name for path in (tmp_path / "toy").iterdir()] == ["toy-float32.onnx"]


def test_a_float32_file_with_slightly_other_answers_is_refused(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = convert.make.to_tflite

    def blurred(model: Any, precision: str, pictures: Any) -> bytes:
        image = keras.Input((28, 28, 1))
        softened = keras.layers.Lambda(lambda p: 0.95 * p + 0.005)(model(image))
        return honest(keras.Model(image, softened), precision, pictures)

    monkeypatch.setattr(convert.make, "to_tflite", blurred)
    assert _convert(toy, tmp_path, "--only", "float32.tflite") == 1
    assert "from Keras's" in capsys.readouterr().out
    assert _files(tmp_path) == []


def test_one_converter_failing_leaves_the_other_files(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: Any) -> bytes:
        raise NotImplementedError("no such operator\nand a long story")

    monkeypatch.setattr(convert.make, "to_tflite", fails)
    assert _convert(toy, tmp_path, "--only", "float32") == 1
    assert "the converter failed: no such operator (-v tells more)" in capsys.readouterr().out
    assert _files(tmp_path) == ["toy/toy-float32.onnx"]


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_full_disk_changes_nothing(
    survived: int, toy: Toy, converted: Converted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, contents in _snapshot(converted.models).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(contents)
    (tmp_path / "README.md").write_text("older")
    before = _snapshot(tmp_path)
    written = 0

    def fsync(_: int) -> None:
        nonlocal written
        written += 1
        if written > survived:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert _convert(toy, tmp_path, "--only", "float32.onnx") == 1
    assert "No space left on device" in said.getvalue()
    assert _snapshot(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "toy").write_text("in the way")
    assert _convert(toy, tmp_path, "--only", "float32.onnx") == 1
    assert "toy-float32.onnx cannot be written" in capsys.readouterr().err


def test_a_model_that_was_never_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classic", "--models", str(tmp_path)]) == 1
    assert "python -m train" in capsys.readouterr().err


def test_a_keras_file_cut_short(toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contents = toy.keras.read_bytes()
    (tmp_path / "cut.keras").write_bytes(contents[: len(contents) // 2])
    assert main([str(tmp_path / "cut.keras"), "--models", str(tmp_path)]) == 1
    assert "is not a whole .keras file" in capsys.readouterr().err


def _saved(folder: Path, network: Any) -> str:
    network.save(folder / "own.keras")
    return str(folder / "own.keras")


def _of_shape(height: int, outputs: int, activation: str = "softmax") -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((height, 28, 1)), layers.Flatten(), layers.Dense(outputs, activation=activation)]
    )


@pytest.mark.parametrize(
    "case",
    [
        (lambda: _of_shape(32, 10), "", "takes input of shape (None, 32, 28, 1)"),
        (lambda: _of_shape(28, 7), "", "has 7 outputs"),
        (lambda: _of_shape(28, 10), "012345678", "names 9 outputs of 10"),
        (lambda: _of_shape(28, 10), "0123456788", "does not name each digit once"),
        (lambda: _of_shape(28, 10, "linear"), "", "not probabilities"),
        (
            lambda: keras.Sequential(
                [
                    keras.Input((28, 28, 1)),
                    keras.layers.Reshape((28, 28)),
                    keras.layers.GRU(2),
                    keras.layers.Dense(10, activation="softmax"),
                ]
            ),
            "",
            "has a recurrent layer",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_refused_before_anything_is_made(
    case: tuple[Any, str, str], toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network, labels, complaint = case
    path = _saved(tmp_path, network())
    arguments = [path, "--models", str(tmp_path / "models"), "--data", str(toy.data), "--own-data"]
    assert main([*arguments, *(["--labels", *labels] if labels else [])]) == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


def test_an_eleventh_output_is_no_digit_unless_said_otherwise(toy: Toy, tmp_path: Path) -> None:
    path = Path(_saved(tmp_path, tiny_network(11)))

    def listed_labels() -> list[str]:
        return list(json.loads((tmp_path / "manifest.json").read_text())["models"]["own"]["labels"])

    assert _convert(toy, tmp_path, "--only", "float32.onnx", keras_file=path) == 0
    assert listed_labels() == [*"0123456789", "none"]
    assert _convert(toy, tmp_path, "--only", "float32.onnx", "--labels", *"9876543210?", keras_file=path) == 0
    assert listed_labels() == [*"9876543210?"]


def test_a_model_trained_here_is_converted_with_the_labels_it_was_trained_with(
    toy: Toy, tmp_path: Path
) -> None:
    from edge_digits.registry import find_artifact

    path = Path(_saved(tmp_path, tiny_network(11)))
    (tmp_path / "history.json").write_text(json.dumps({"labels": [*"0123456789", "-"]}))
    models = tmp_path / "models"
    assert _convert(toy, models, "--only", "float32", keras_file=path) == 0
    assert json.loads((models / "manifest.json").read_text())["models"]["own"]["labels"] == [*"0123456789-"]
    for ending in ("tflite", "onnx"):
        # A copy far from any manifest still says what it reads.
        lone = tmp_path / f"lone.{ending}"
        lone.write_bytes((models / "own" / f"own-float32.{ending}").read_bytes())
        assert find_artifact(str(lone)).labels == (*"0123456789", "-")


def test_a_network_called_as_one_of_ours_is_converted_only_where_ours_lies(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models, elsewhere = tmp_path / "models", tmp_path / "edge.keras"
    (models / "edge").mkdir(parents=True)
    for place in (elsewhere, models / "edge" / "edge.keras"):
        place.write_bytes(toy.keras.read_bytes())
    assert _convert(toy, models, "--only", "float32.onnx", keras_file=elsewhere) == 1
    assert "Rename the file" in capsys.readouterr().err
    assert [path.name for path in (models / "edge").iterdir()] == ["edge.keras"]
    ours = models / "edge" / "edge.keras"
    assert _convert(toy, models, "--only", "float32.onnx", keras_file=ours) == 0


def test_a_model_that_knows_none_is_calibrated_and_checked_on_junk_too(toy: Toy, tmp_path: Path) -> None:
    from convert.data import CALIBRATION_PICTURES, load_pictures

    digits = load_pictures(toy.data, own_data=True)
    both = load_pictures(toy.data, own_data=True, labels=[*"0123456789", "none"])
    assert len(digits.calibration) == CALIBRATION_PICTURES
    assert len(digits.junk) == 0
    assert len(both.calibration) > 1.3 * CALIBRATION_PICTURES
    known = {picture.tobytes() for picture in digits.calibration}
    first = [picture.tobytes() in known for picture in both.calibration[:100]]
    assert 50 < sum(first) < 90, "digits and junk take turns"
    assert not known & {picture.tobytes() for picture in both.junk}

    path = Path(_saved(tmp_path, tiny_network(11)))
    assert _convert(toy, tmp_path, "--only", "float32.onnx", keras_file=path) == 0
    (entry,) = json.loads((tmp_path / "manifest.json").read_text())["models"]["own"]["artifacts"]
    assert entry["junk_agreement"] == 1


def test_an_artifact_that_reads_junk_otherwise_than_keras_is_refused(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import convert.check as room

    path = Path(_saved(tmp_path, tiny_network(11)))
    honest = room.run
    # Digits are answered as they should be, everything else one label further.
    monkeypatch.setattr(
        room,
        "run",
        lambda kind, contents, images: np.roll(honest(kind, contents, images), int(len(images) == 1200), 1),
    )
    assert _convert(toy, tmp_path, "--only", "float32.onnx", keras_file=path) == 1
    assert "pictures that show no digit" in capsys.readouterr().out


def test_missing_packages_are_named_with_their_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "tensorflow" else there(name, *rest)
    )
    assert main(["classic"]) == 1
    said = capsys.readouterr().err
    assert "tensorflow" in said
    assert "pip install 'edge-digits[train]'" in said


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}', '{"schema": 9, "models": {}}'])
def test_a_manifest_that_is_not_understood_is_not_overwritten(
    text: str, toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert _convert(toy, tmp_path) == 1
    assert "manifest.json" in capsys.readouterr().err
    assert _snapshot(tmp_path) == {"manifest.json": text.encode()}


@pytest.mark.parametrize("arguments", [["--only", "int4"], ["--own-data"], ["--nonsense"]])
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err
