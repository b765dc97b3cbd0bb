"""Results are written whole, never over a link or a device, and refused before anything is measured."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from benchmarks import cli
from benchmarks.cli import main
from benchmarks.files import demand_writable, write_text
from edge_digits.errors import OutputError

unix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of Unix")


def test_a_file_is_replaced_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.json"
    write_text(path, "one")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert [each.name for each in path.parent.iterdir()] == ["r.json"]


@unix
def test_a_link_stays_a_link_and_leads_to_the_result(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old and longer")
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@unix
def test_a_pipe_stays_a_pipe_and_carries_the_result(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_text, args=(pipe, "told"), daemon=True)
    writer.start()
    assert pipe.read_text() == "told"
    writer.join(5)
    assert pipe.is_fifo()


def test_a_folder_or_a_place_below_a_file_is_refused_at_once(tmp_path: Path) -> None:
    demand_writable(None, tmp_path / "r.json")
    with pytest.raises(OutputError, match="Is a directory"):
        demand_writable(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"):
        demand_writable(tmp_path / "file" / "r.json")


@pytest.mark.parametrize("option", ["--json", "--failures"])
def test_reading_does_not_begin_where_its_result_cannot_be_kept(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "labels.csv").write_text("file,kind,reading_order_text\na.png,single,1\n")
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(
        "benchmarks.read_command.read_side_by_side", lambda *_: pytest.fail("it began to read")
    )
    place = tmp_path / "file" / ("r.json" if option == "--json" else "")
    assert main(["read", str(tmp_path / "labels.csv"), "--peers", "none", option, str(place)]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_ctrl_c_ends_with_the_exit_code_of_all_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.COMMANDS["compare"], "run", interrupted)
    assert main(["compare", "a.json", "b.json"]) == 130
    assert "interrupted" in capsys.readouterr().err
