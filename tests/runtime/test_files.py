"""Files appear whole or not at all, and whatever fails leaves nothing behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from edge_digits.files import write_whole, written_beside, written_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", b"old and longer")
    write_whole(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert names(tmp_path) == ["a.json"]


def test_an_older_file_stays_while_and_after_writing_fails(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", b"old")
    with pytest.raises(KeyboardInterrupt), written_whole(tmp_path / "a.json") as file:
        file.write(b"half")
        assert (tmp_path / "a.json").read_bytes() == b"old"
        raise KeyboardInterrupt
    assert (tmp_path / "a.json").read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_what_was_written_can_be_checked_before_it_gets_its_name(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.gz") as file:
        file.write(b"contents")
        file.seek(0)
        assert file.read() == b"contents"
    assert (tmp_path / "a.gz").read_bytes() == b"contents"


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a.json", b"new")
    assert names(tmp_path) == []


def test_a_name_that_is_a_folder_s_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "taken", b"new")
    assert names(tmp_path) == ["taken"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_a_file_may_be_read_by_whom_any_new_file_may(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "whole", b"")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_several_files_may_wait_for_their_names(tmp_path: Path) -> None:
    with written_beside(tmp_path / "a") as file:
        file.write(b"waiting")
    assert not (tmp_path / "a").exists()
    assert Path(file.name).parent == tmp_path
    assert Path(file.name).read_bytes() == b"waiting"
