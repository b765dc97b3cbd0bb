"""Models are found by name or path, and a file that is not what it should be is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest
import toy_models as toys

from edge_digits import registry
from edge_digits.errors import ModelError
from edge_digits.registry import artifacts, default_model, find_artifact, models_dir

FILES = {
    "toy-float32.tflite": b"one",
    "toy-float32.onnx": b"two",
    "toy-int8.tflite": b"three",
    "other-int8.onnx": b"four",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    return toys.models_folder(tmp_path, FILES)


def change(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_environment_names_the_folder(folder: Path) -> None:
    assert models_dir() == folder
    assert [a.path.name for a in artifacts()] == list(FILES)


def test_without_it_an_installed_package_uses_its_own_models_and_a_checkout_its_models_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDGE_DIGITS_MODELS", raising=False)
    package = tmp_path / "runtime" / "edge_digits"
    monkeypatch.setattr(registry, "_PACKAGE", package)
    assert models_dir() == tmp_path / "models"
    (package / "models").mkdir(parents=True)
    (package / "models" / "manifest.json").write_text("{}")
    assert models_dir() == package / "models"


@pytest.mark.parametrize(
    ("model", "formats", "file"),
    [
        (None, ("tflite", "onnx"), "toy-float32.tflite"),
        (None, ("onnx",), "toy-float32.onnx"),
        ("toy", ("tflite", "onnx"), "toy-float32.tflite"),
        ("toy-float32", ("onnx", "tflite"), "toy-float32.onnx"),
        ("toy-int8", ("onnx", "tflite"), "toy-int8.tflite"),
        ("other", ("tflite", "onnx"), "other-int8.onnx"),
    ],
)
def test_a_name_finds_the_file_in_the_format_wanted_most(
    folder: Path, model: str | None, formats: tuple[str, ...], file: str
) -> None:
    found = find_artifact(model, formats=formats)
    assert found.path.name == file
    assert found.labels == toys.LABELS
    assert found.facts["agreement"] == 0.75


def test_the_default_may_name_a_precision(folder: Path) -> None:
    change(folder, default="toy-int8")
    assert default_model() == "toy-int8"
    assert find_artifact(None, formats=("tflite",)).precision == "int8"


def test_a_file_on_its_own_speaks_for_itself(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "lone.onnx"
    told = toys.metadata(labels=[*toys.LABELS, "none"], precision="int8")
    path.write_bytes(toys.onnx_bytes(props={"edge_digits": json.dumps(told)}))
    for given in (path, str(path)):
        found = find_artifact(given, formats=("onnx",))
        assert (found.name, found.labels[-1], found.input.layout) == ("toy-int8", "none", "NCHW")
    with pytest.raises(ModelError, match="wanted is tflite"):
        find_artifact(path, formats=("tflite",))


def test_a_tampered_file_is_refused_with_both_sums(folder: Path) -> None:
    path = folder / "toy" / "toy-float32.onnx"
    path.write_bytes(b"twO")
    with pytest.raises(ModelError) as caught:
        find_artifact("toy", formats=("onnx",))
    listed = next(a for a in artifacts() if a.path == path)
    assert str(path) in caught.value.problem
    assert str(listed.sha256) in caught.value.problem
    assert hashlib.sha256(b"twO").hexdigest() in caught.value.problem
    assert caught.value.remedy


def test_a_listed_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / "toy" / "toy-int8.tflite").unlink()
    assert len(artifacts()) == len(FILES)
    with pytest.raises(ModelError, match=r"toy-int8\.tflite cannot be read: No such file"):
        find_artifact("toy-int8", formats=("tflite",))


@pytest.mark.parametrize(("wrong", "right"), [("toi", "toy"), ("Toy-INT8", "toy-int8"), ("othr", "other")])
def test_an_unknown_name_brings_the_known_ones_and_the_nearest(folder: Path, wrong: str, right: str) -> None:
    with pytest.raises(ModelError, match="known are other, other-int8, toy, toy-float32, toy-int8") as caught:
        find_artifact(wrong, formats=("onnx",))
    assert caught.value.remedy == f"Did you mean {right!r}?"


def test_a_name_like_none_of_them_brings_no_guess(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        find_artifact("xyzzy", formats=("onnx",))
    assert "Did you mean" not in caught.value.remedy


def test_a_format_that_the_model_does_not_have_is_said(folder: Path) -> None:
    with pytest.raises(ModelError, match="wanted is onnx"):
        find_artifact("toy-int8", formats=("onnx",))


@pytest.mark.parametrize("path", ["nowhere/model.onnx", "model.tflite"])
def test_a_path_that_is_not_there_is_no_unknown_model_but_a_missing_file(folder: Path, path: str) -> None:
    with pytest.raises(ModelError, match="No such file"):
        find_artifact(path, formats=("onnx",))


def test_a_folder_is_no_model(folder: Path) -> None:
    with pytest.raises(ModelError, match="is a folder"):
        find_artifact(folder, formats=("onnx",))


@pytest.mark.parametrize("name", ["x" * 300 + ".onnx", "locked/x.onnx"])
def test_a_file_that_cannot_even_be_looked_at_is_refused_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (folder / "locked").write_bytes(b"no folder can be entered here")
    stat = Path.stat

    def denied(path: Path, **options: bool) -> os.stat_result:
        if "locked/" in str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", denied)  # root may enter any folder
    with pytest.raises(ModelError, match=r"x\.onnx cannot be read") as caught:
        find_artifact(folder / name, formats=("onnx",))
    assert caught.value.remedy


def test_without_a_manifest_the_way_to_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="There is no manifest") as caught:
        artifacts()
    assert "python -m convert" in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"x"', "\udcff", '{"schema": 1}', '{"schema": 1, "default": "x", "models": []}'],
)
def test_a_broken_manifest_is_refused_by_name(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelError, match=r"manifest\.json"):
        artifacts()


def test_a_manifest_from_the_future_asks_for_an_upgrade(folder: Path) -> None:
    change(folder, schema=2)
    with pytest.raises(ModelError) as caught:
        artifacts()
    assert "upgrade" in caught.value.remedy


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("file", None, "lacks 'file'"),
        ("sha256", 7, "lacks 'sha256'"),
        ("format", "keras", "unknown format 'keras'"),
        ("input", {}, "NHWC or NCHW"),
    ],
)
def test_a_broken_entry_is_described(folder: Path, key: str, value: object, complaint: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["models"]["toy"]["artifacts"][0][key] = value
    change(folder, models=manifest["models"])
    with pytest.raises(ModelError, match=complaint):
        artifacts()


def test_a_manifest_that_lists_nothing_says_so(folder: Path) -> None:
    change(folder, models={})
    with pytest.raises(ModelError, match="lists no model"):
        find_artifact(None, formats=("onnx",))


def test_the_shipped_models_are_whole_and_the_default_comes_in_both_formats() -> None:
    listed = artifacts()
    for artifact in listed:
        assert len(artifact.read_bytes()) == artifact.facts["bytes"]
    for wanted in ("tflite", "onnx"):
        found = find_artifact(None, formats=(wanted,))
        assert (found.format, found.precision) == (wanted, "float32")


def test_each_shipped_file_says_of_itself_what_the_manifest_says() -> None:
    for artifact in artifacts():
        alone = registry.lone_artifact(artifact.path)
        assert (alone.name, alone.labels, alone.input) == (artifact.name, artifact.labels, artifact.input)
