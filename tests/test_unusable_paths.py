"""Names that no system call takes end in a message of the command that was given them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from edge_digits.paths import exists, expanded, files_matching, is_file, is_folder

TOO_LONG = "a" * 300


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("benchmarks.cli", ["--json", TOO_LONG]),
        ("benchmarks.cli", ["--json", f"{TOO_LONG}/result.json"]),
        ("benchmarks.cli", ["--data", TOO_LONG, "--only", "accuracy"]),
        ("benchmarks.cli", ["--pictures", TOO_LONG]),
        ("benchmarks.cli", ["read", TOO_LONG]),
        ("convert.__main__", [f"{TOO_LONG}.keras"]),
        ("convert.__main__", ["--models", TOO_LONG]),
        ("convert.__main__", ["--list", "--models", TOO_LONG]),
        ("convert.__main__", ["--data", TOO_LONG]),
        ("train.__main__", ["classic", "--evaluate", "--out", TOO_LONG]),
        ("train.__main__", ["classic", "--data", TOO_LONG]),
        ("train.scenes.__main__", ["pictures", "--out", TOO_LONG]),
        ("train.scenes.__main__", ["texts", "--fonts", TOO_LONG, "--out", "."]),
    ],
)
def test_a_name_that_is_too_long_is_told(
    command: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert importlib.import_module(command).main(words) in (1, 2)
    assert TOO_LONG in capsys.readouterr().err


def test_asking_after_a_path_never_raises(tmp_path: Path) -> None:
    for path in (TOO_LONG, Path(TOO_LONG), "no\0name"):
        assert not exists(path)
        assert not is_file(path)
        assert not is_folder(path)
    assert expanded("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").touch()
    assert files_matching(f"{tmp_path}/**/*") == [str(tmp_path / "sub" / "a.png")]
