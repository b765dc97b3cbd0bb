"""Other programs beside ours: stand-ins that say what they are told to, and those that are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import ocr, peers, read_command
from benchmarks.cli import main
from benchmarks.errors import DataError
from benchmarks.labels import LabelledPicture
from benchmarks.original import OriginalWay
from benchmarks.report_tables import peers_table
from benchmarks.rounds import Plan
from benchmarks.side_by_side import OURS, compare_readers, read_side_by_side, sentences
from edge_digits import DigitReader

RAPIDOCR = """
import sys, types
class RapidOCR:
    def __init__(self, params): print("a greeting that is no answer", params)
    def __call__(self, path):
        print("noise")
        return types.SimpleNamespace(txts=("12", "x3") if "full" in path else None)
"""


class Parrot:
    """Says the same of every picture, in a set time."""

    how = "version 1"

    def __init__(self, name: str, text: str, milliseconds: float) -> None:
        self.name, self.text, self.milliseconds = name, text, milliseconds
        self.asked: list[str] = []
        self.closed = False

    def read(self, path):
        self.asked.append(path.name)
        return self.text, self.milliseconds

    def close(self):
        self.closed = True


def sheet(path: Path, text: str = "4") -> Path:
    """A page with digits printed by OpenCV."""
    page = np.full((120, 60 + 60 * len(text)), 240, np.uint8)
    cv2.putText(page, text, (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2, 20, 5)
    cv2.imwrite(str(path), page)
    return path


@pytest.fixture
def labels(tmp_path):
    for name in "ab":
        sheet(tmp_path / f"{name}.png")
    path = tmp_path / "labels.csv"
    path.write_text("file,kind,reading_order_text,category\na.png,single,4,canvas\nb.png,single,9,photo\n")
    return path


def test_everyone_reads_every_picture_in_turn_and_is_scored_alike(labels, tmp_path):
    pictures = [
        LabelledPicture(tmp_path / f"{name}.png", "single", truth, truth, category, "lines")
        for name, truth, category in (("a", "4", "canvas"), ("b", "9", "photo"))
    ]
    parrot = Parrot("parrot", "4/", 1e6)
    told = list(read_side_by_side(DigitReader(), pictures, [parrot]))
    assert parrot.asked == ["a.png", "a.png", "b.png", "b.png"]
    found = compare_readers(told)
    assert list(found) == [OURS, "parrot"] and found[OURS]["times"]["median"] == 1.0
    figures = found["parrot"]["groups"]
    assert (figures["all"]["exact"], figures["all"]["cer"]) == (1, 0.5)
    assert figures["category canvas"]["exact_rate"] == 1.0
    assert figures["category photo"]["exact_rate"] == 0.0
    ratios = [1e6 / outcome.milliseconds for outcome, _ in told]
    assert found["parrot"]["times"]["median"] == pytest.approx(np.median(ratios), rel=1e-3)
    [sentence] = sentences(found, [parrot])
    assert "parrot (version 1) takes" in sentence and "times as long as edge-digits" in sentence


def test_nobody_is_asked_about_what_is_no_picture(tmp_path):
    gone = LabelledPicture(tmp_path / "gone.png", "single", "4", "4", "photo", "lines")
    parrot = Parrot("parrot", "4", 1.0)
    [(outcome, others)] = read_side_by_side(DigitReader(), [gone], [parrot])
    assert not outcome.answered and others == {} and parrot.asked == []


def test_the_command_shows_them_side_by_side_and_names_who_is_missing(labels, monkeypatch, capsys, tmp_path):
    parrot = Parrot("RapidOCR", "4", 50.0)
    monkeypatch.setattr(
        read_command,
        "find_ocr",
        lambda names, threads: ([parrot], ["Tesseract is not installed: install it"]),
    )
    out = tmp_path / "r.json"
    assert main(["read", str(labels), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "| RapidOCR" in printed and "exact, RapidOCR" in printed and "times ours" in printed
    assert "not compared: Tesseract is not installed: install it" in printed
    assert parrot.closed
    kept = json.loads(out.read_text())["readers"]
    assert kept["RapidOCR"]["how"] == "version 1" and kept[OURS]["how"] is None
    assert kept["RapidOCR"]["groups"]["all"]["exact"] == 1


def test_alone_the_reader_is_measured_as_before(labels, capsys):
    assert main(["read", str(labels), "--peers", "none"]) == 0
    printed = capsys.readouterr().out
    assert "times ours" not in printed and "not compared" not in printed


def test_what_is_not_installed_is_one_line_and_no_error(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    monkeypatch.delenv(ocr.RAPIDOCR_VARIABLE, raising=False)
    found, missing = ocr.find_ocr(ocr.OCR_NAMES, 1)
    assert found == [] and len(missing) == 2
    assert "install the package rapidocr" in missing[0] and "tesseract-ocr" in missing[1]


def test_a_python_without_rapidocr_counts_as_missing(monkeypatch, tmp_path):
    monkeypatch.setenv(ocr.RAPIDOCR_VARIABLE, str(tmp_path / "no-python"))
    with pytest.raises(DataError, match="does not run"):
        ocr.RapidOcr(1)
    monkeypatch.setenv(ocr.RAPIDOCR_VARIABLE, shutil.which("true") or sys.executable)
    with pytest.raises(DataError, match="not installed"):
        ocr.RapidOcr(1)


def test_the_worker_answers_in_lines_whatever_the_engine_prints(monkeypatch, tmp_path):
    (tmp_path / "rapidocr.py").write_text(RAPIDOCR)
    for name in ("rapidocr", "onnxruntime"):
        (tmp_path / f"{name}-7.0.dist-info").mkdir()
        (tmp_path / f"{name}-7.0.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 7.0\n"
        )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(ocr, "find_spec", lambda name: True)
    monkeypatch.delenv(ocr.RAPIDOCR_VARIABLE, raising=False)
    one = ocr.RapidOcr(1)
    try:
        assert "rapidocr 7.0" in one.how and "threads 1" in one.how
        assert [one.read(tmp_path / name)[0] for name in ("full.png", "empty.png")] == ["12/x3", ""]
        assert one.read(tmp_path / "full.png")[1] > 0
    finally:
        one.close()
    with pytest.raises(DataError, match=r"stopped at a\.png"):
        one_dead = ocr.RapidOcr(1)
        one_dead._process.kill()
        one_dead._process.wait()
        try:
            one_dead.read(tmp_path / "a.png")
        finally:
            one_dead.close()


def test_tesseract_is_told_to_look_for_digits_on_as_many_threads(monkeypatch, tmp_path):
    seen = {}

    def run(words, **options):
        if "--version" in words:
            return subprocess.CompletedProcess(words, 0, "tesseract 5.3.0\n leptonica", "")
        seen.update(words=words, environment=options["env"])
        return subprocess.CompletedProcess(words, 0, "12\n\n 3\n\f", "")

    monkeypatch.setattr(shutil, "which", lambda name: "/bin/tesseract")
    monkeypatch.setattr(subprocess, "run", run)
    one = ocr.Tesseract(2)
    text, milliseconds = one.read(tmp_path / "a.png")
    assert text == "12/3" and milliseconds > 0
    assert "tessedit_char_whitelist=0123456789" in seen["words"] and "6" in seen["words"]
    assert seen["environment"]["OMP_THREAD_LIMIT"] == "2"
    assert "tesseract 5.3.0, --psm 6" in one.how


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract")
def test_an_installed_tesseract_reads_printed_digits(tmp_path):
    text, _ = ocr.Tesseract(1).read(sheet(tmp_path / "a.png", "274"))
    assert text == "274"


def test_the_original_way_squeezes_the_whole_picture_and_inverts_it(monkeypatch, tmp_path):
    class Keras:
        def predict(self, crops):
            self.given = crops
            return np.eye(11, dtype=np.float32)[[7]]

    keras = Keras()
    monkeypatch.setattr("benchmarks.original.model_file", lambda name: Path("classic.keras"))
    monkeypatch.setattr("benchmarks.original.open_keras", lambda path, threads: keras)
    cv2.imwrite(str(tmp_path / "a.png"), np.full((60, 200, 3), 250, np.uint8))
    text, milliseconds = OriginalWay(1).read(tmp_path / "a.png")
    assert text == "7" and milliseconds > 0
    assert keras.given.shape == (1, 28, 28) and np.all(keras.given == 5)
    monkeypatch.setattr("benchmarks.original.model_file", lambda name: None)
    with pytest.raises(DataError, match="TensorFlow"):
        OriginalWay(1)


def test_pages_are_timed_in_common_rounds_and_the_ratio_is_of_the_medians(monkeypatch):
    parrot = Parrot("parrot", "5", 1.0)
    monkeypatch.setattr(peers, "find_ocr", lambda names, threads: ([parrot], ["x is missing"]))
    monkeypatch.setattr(peers, "SIZES", ((320, 240),))
    monkeypatch.setattr(peers, "COUNTS", (1,))
    found = peers.measure_peers(DigitReader(), 0, keras=False, plan=Plan(2, 1e-6, 1, 1))
    assert found["programs"] == [{"name": "parrot", "how": "version 1"}]
    assert found["missing"] == ["x is missing"] and parrot.closed
    ours, other = found["cases"]
    assert (ours["reader"], ours["times"], other["reader"]) == (OURS, 1.0, "parrot")
    assert other["times"] == pytest.approx(other["p50_ms"] / ours["p50_ms"], abs=1e-3)
    assert len(other["round_p50_ms"]) == len(ours["round_p50_ms"]) == 2
    assert other["errors"] == (0 if other["truth"] == "5" else 1)
    assert "| parrot" in peers_table({"peers": found})
    assert peers_table({"peers": None}) == "" and peers_table({}) == ""
