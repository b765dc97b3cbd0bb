"""`edge-digits read --annotate` writes copies, and never over a picture or half of one."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from command_process import start, unix
from written_pages import white_sheet

from edge_digits import DigitReader
from edge_digits.cli import main
from edge_digits.cli.annotated import AnnotatedCopies
from edge_digits.errors import OutputError

Capture = pytest.CaptureFixture[str]


class TestAnnotatedCopies:
    def test_are_written_beside_the_reading(self, note: Path, tmp_path: Path, capsys: Capture) -> None:
        bitmap = note.with_suffix(".bmp")
        cv2.imwrite(str(bitmap), white_sheet("5"))
        folder = tmp_path / "made" / "here"
        before = note.read_bytes()
        assert main(["read", str(note), str(bitmap), "--annotate", str(folder)]) == 0
        assert capsys.readouterr().out == f"{note}: 427\n{bitmap}: 5\n"
        assert sorted(path.name for path in folder.iterdir()) == ["note-2.png", "note.png"]
        copy = cv2.imread(str(folder / "note.png"))
        assert copy.shape[:2] == white_sheet("427").shape
        assert (copy != cv2.imread(str(note))).any()
        assert note.read_bytes() == before

    def test_have_the_permissions_of_any_new_file(self, note: Path, tmp_path: Path) -> None:
        plain = tmp_path / "plain"
        plain.touch()
        assert main(["read", str(note), "--annotate", str(tmp_path / "out")]) == 0
        assert (tmp_path / "out" / "note.png").stat().st_mode == plain.stat().st_mode

    def test_never_replace_a_picture_that_is_read(self, note: Path, capsys: Capture) -> None:
        before = note.read_bytes()
        assert main(["read", str(note), "--annotate", str(note.parent)]) == 1
        captured = capsys.readouterr()
        assert captured.out == f"{note}: 427\n"
        assert "would overwrite" in captured.err
        assert note.read_bytes() == before

    def test_never_replace_it_through_a_link_either(self, note: Path, tmp_path: Path) -> None:
        linked = tmp_path / "linked"
        linked.symlink_to(note.parent, target_is_directory=True)
        copies = AnnotatedCopies(linked, [str(note)])
        with pytest.raises(OutputError, match="would overwrite"):
            copies.write(str(note), white_sheet("1"))

    def test_of_pictures_with_one_name_do_not_replace_each_other(self, tmp_path: Path) -> None:
        copies = AnnotatedCopies(tmp_path / "out", [])
        written = [copies.write(name, white_sheet("1")).name for name in ("a/n.jpg", "b/n.jpg", "N.JPG", "-")]
        assert written == ["n.jpg", "n-2.jpg", "N-3.JPG", "stdin.png"]

    def test_cannot_go_into_a_file(self, note: Path, capsys: Capture) -> None:
        assert main(["read", str(note), "--annotate", str(note)]) == 1
        assert "cannot be made" in capsys.readouterr().err

    @unix
    def test_on_a_full_disk_leave_nothing_behind_and_cost_no_reading(
        self, note: Path, tmp_path: Path
    ) -> None:
        import resource

        folder = tmp_path / "out"
        folder.mkdir()
        earlier = folder / "note.png"
        earlier.write_bytes(b"an earlier copy")
        process = start(
            "read", "--json", str(note), "--annotate", str(folder),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        )  # fmt: skip
        out, err = process.communicate()
        assert process.returncode == 1, err
        told = json.loads(out)
        assert told["text"] == "427"
        assert told["error"]["type"] == "OutputError"
        assert "note.png cannot be written" in told["error"]["problem"]
        assert [path.name for path in folder.iterdir()] == ["note.png"]
        assert earlier.read_bytes() == b"an earlier copy"
        assert err == ""


def test_a_copy_is_of_what_is_read_without_one(
    note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    seen = []
    read = DigitReader.read
    monkeypatch.setattr(DigitReader, "read", lambda self, source: seen.append(source) or read(self, source))
    assert main(["read", str(note)]) == main(["read", str(note), "--annotate", str(tmp_path / "out")]) == 0
    assert seen == [str(note)] * 2, "a decoded picture is not decoded as the reader does it"
