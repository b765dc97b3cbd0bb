"""What a mode changes, and what is said of modes, models and backends that there are not."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits import DigitReader
from edge_digits.errors import BackendError, EdgeDigitsError, ModelError
from edge_digits.reading import Digit, Reading
from train.scenes import PRESETS, render_scene


def all_digits(reading: Reading) -> list[Digit]:
    return [digit for line in reading.lines for digit in line]


@pytest.mark.parametrize("name", ["white", "junk", "webcam", "blurred", "operators"])
def test_a_stricter_mode_never_reads_more(name: str) -> None:
    picture = render_scene(np.random.default_rng(3), PRESETS[name]).image
    sure, seen = {}, {}
    for mode in ("strict", "balanced", "eager"):
        reading = DigitReader(mode=mode).read(picture)  # type: ignore[arg-type]
        sure[mode] = {(digit.label, digit.box) for digit in reading.digits}
        seen[mode] = {(digit.label, digit.box) for digit in all_digits(reading)}
    assert sure["strict"] <= sure["balanced"] <= sure["eager"]
    assert seen["strict"] <= seen["balanced"] <= seen["eager"]


def test_the_modes_differ_on_scribbles_strict_reads_fewer_digits_than_eager() -> None:
    pages = [render_scene(np.random.default_rng(seed), PRESETS["junk"]).image for seed in range(4)]
    readers = [DigitReader("classic", mode="strict"), DigitReader("classic", mode="eager")]
    strict, eager = (sum(len(reader.read(page).digits) for page in pages) for reader in readers)
    assert strict < eager


@pytest.mark.parametrize("mode", ["bold", "", "STRICT", None, 3])
def test_an_unknown_mode_is_refused_with_the_known_ones(mode: object) -> None:
    with pytest.raises(EdgeDigitsError) as caught:
        DigitReader(mode=mode)  # type: ignore[arg-type]
    assert repr(mode) in caught.value.problem
    for known in ("eager", "balanced", "strict"):
        assert known in caught.value.remedy


@pytest.mark.parametrize("model", [b"edge", 5, ("edge",)])
def test_what_is_neither_a_name_nor_a_path_is_no_model(model: object) -> None:
    with pytest.raises(ModelError, match="cannot be opened"):
        DigitReader(model)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["a\0b.onnx", "~nobody-of-this-name/x.onnx"])
def test_paths_that_cannot_be_are_missing_models(model: str) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        DigitReader(model)


def test_no_backend_at_all_is_an_unknown_one() -> None:
    with pytest.raises(BackendError, match="no backend None"):
        DigitReader(backend=None)  # type: ignore[arg-type]


def test_a_folder_of_models_in_the_home_of_nobody_has_no_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_DIGITS_MODELS", "~nobody-of-this-name/models")
    with pytest.raises(ModelError, match="no manifest"):
        DigitReader("edge")


def test_a_mode_that_is_set_later_is_checked_as_well() -> None:
    reader = DigitReader()
    reader.mode = "strict"
    assert reader.mode == "strict"
    with pytest.raises(EdgeDigitsError, match="Unknown mode"):
        reader.mode = "x"  # type: ignore[assignment]
    assert reader.mode == "strict"
