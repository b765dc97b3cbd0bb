"""The demo's clip and sample pictures: the files that ship, their truth, and the command that makes them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_digits.errors import OutputError
from train.scenes.__main__ import main
from train.scenes.avi import write_avi
from train.scenes.clip import ACTS, FPS, SIZE, Act, plan, render_clip
from train.scenes.labels import COLUMNS
from train.scenes.options import PRESETS
from train.scenes.pictures import SAMPLES, every_condition, write_pictures

ASSETS = Path(__file__).resolve().parents[2] / "camera_demo" / "assets"


def _frames(path: Path) -> list[np.ndarray]:
    # OpenCV's own reader: a headless build without ffmpeg has no other.
    clip = cv2.VideoCapture(str(path), cv2.CAP_OPENCV_MJPEG)
    frames = []
    while True:
        ok, frame = clip.read()
        if not ok:
            return frames
        frames.append(frame)


def test_the_bundled_clip_has_as_many_frames_as_its_truth_tells() -> None:
    truth = json.loads((ASSETS / "sample.json").read_text(encoding="utf-8"))
    frames = _frames(ASSETS / truth["clip"])
    assert len(frames) == truth["frames"] == plan().frames
    assert frames[0].shape == (*truth["size"][::-1], 3)
    assert truth["segments"] == list(plan().segments)
    assert (ASSETS / truth["clip"]).stat().st_size < 3_000_000


def test_the_truth_covers_every_frame_once_and_holds_rests_long_enough_to_read() -> None:
    truth = plan()
    ends = [-1, *(part["last"] for part in truth.segments)]
    assert [part["first"] for part in truth.segments] == [end + 1 for end in ends[:-1]]
    assert ends[-1] == truth.frames - 1
    assert truth.segments[0]["text"] == ""
    assert truth.segments[0]["last"] >= 1.4 * FPS
    rests = [part for part in truth.segments if part["state"] == "resting"]
    assert len(rests) == 2
    assert rests[0]["last"] - rests[0]["first"] + 1 >= 3 * FPS
    assert set("".join(part["text"] for part in rests)) >= set("0123456789")
    assert all(part["text"] is None for part in truth.segments if part["state"] == "moving")


def test_the_clip_shows_nothing_bright_before_the_sheet_comes_and_the_sheet_while_it_rests() -> None:
    frames = _frames(ASSETS / "sample.avi")
    rest = plan().segments[2]
    middle = np.s_[200:320, 200:420]
    before = np.median(frames[plan().segments[0]["last"]][middle])
    assert np.median(frames[rest["last"]][middle]) > before + 60
    still = [cv2.absdiff(frames[i], frames[i + 1]).mean() for i in range(rest["last"] - 10, rest["last"])]
    moving = cv2.absdiff(frames[33], frames[34]).mean()
    # A hand never rests wholly: frames differ, but less than when the sheet comes in.
    assert 0.3 < max(still) < 0.5 * moving


def test_rendering_a_clip_is_repeatable_and_writes_its_truth_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = tuple(Act(2 / FPS, act.state, act.card, act.way) for act in ACTS[:3])
    monkeypatch.setattr("train.scenes.clip.ACTS", short)
    for name in ("a.avi", "b.avi"):
        assert render_clip(tmp_path / name, seed=4).frames == 6
    assert (tmp_path / "a.avi").read_bytes() == (tmp_path / "b.avi").read_bytes()
    frames = _frames(tmp_path / "a.avi")
    assert [frame.shape for frame in frames] == [(SIZE[1], SIZE[0], 3)] * 6
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["frames"] == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.avi", "a.json", "b.avi", "b.json"]


def test_an_interrupted_clip_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(frames: object, total: int) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_clip(tmp_path / "a.avi", progress=stop)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
    with pytest.raises(OutputError, match=r"\.avi"):
        render_clip(tmp_path / "a.mp4")


def test_an_avi_gives_back_its_frames_at_its_rate(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 200, 66, dtype=np.uint8), (50, 1))
    frames = [cv2.merge([ramp + i, ramp, ramp]) for i in range(5)]
    with (tmp_path / "a.avi").open("wb") as file:
        assert write_avi(file, frames, fps=12, quality=95) == 5
    back = _frames(tmp_path / "a.avi")
    assert len(back) == 5
    assert max(cv2.absdiff(a, b).mean() for a, b in zip(frames, back, strict=True)) < 3
    assert cv2.VideoCapture(str(tmp_path / "a.avi"), cv2.CAP_OPENCV_MJPEG).get(cv2.CAP_PROP_FPS) == 12
    with pytest.raises(ValueError, match="no frame"):
        write_avi(io.BytesIO(), [], fps=12, quality=95)
    with pytest.raises(ValueError, match="after frames"):
        write_avi(io.BytesIO(), [frames[0], frames[0][:40]], fps=12, quality=95)


def test_every_sample_picture_is_small_and_labelled() -> None:
    folder = ASSETS / "pictures"
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        table = csv.DictReader(file)
        assert tuple(table.fieldnames or ()) == COLUMNS
        rows = {row["file"]: row for row in table}
    assert set(rows) == {path.name for path in folder.glob("*.jpg")} == {sample.name for sample in SAMPLES}
    assert {row["kind"] for row in rows.values()} == {"single", "multi", "none"}
    for name, row in rows.items():
        assert (folder / name).stat().st_size <= 80_000
        count = len(row["reading_order_text"].replace("/", ""))
        assert row["kind"] == ("none" if count == 0 else "single" if count == 1 else "multi")


def test_the_labels_that_ship_are_those_the_pictures_are_made_with() -> None:
    with (ASSETS / "pictures" / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    for sample in SAMPLES:
        scene = sample.render()
        assert rows[sample.name]["reading_order_text"] == scene.text.replace("\n", "/")
        shipped = cv2.imread(str(ASSETS / "pictures" / sample.name))
        assert shipped.shape == scene.image.shape
        assert cv2.absdiff(shipped, scene.image).mean() < 6


def test_the_page_command_writes_a_picture_and_prints_its_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.png"
    assert main(["page", "--preset", "ruled", "--seed", "1", "--text", "12\\n345", "--out", str(out)]) == 0
    assert capsys.readouterr().out == "12\n345\n"
    assert cv2.imread(str(out)).shape == (480, 640, 3)


def test_the_sheet_command_shows_every_way_of_writing(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert main(["sheet", "--out", str(out)]) == 0
    assert cv2.imread(str(out), cv2.IMREAD_GRAYSCALE).shape[0] > 640


def test_a_test_set_holds_pictures_of_every_condition_with_their_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = {name: PRESETS[name] for name in ("white", "scatter", "empty")}
    monkeypatch.setattr("train.scenes.pictures.PRESETS", conditions)
    assert main(["pictures", "--each", "2", "--seed", "7", "--out", str(tmp_path)]) == 0
    rows = list(csv.DictReader((tmp_path / "labels.csv").open(encoding="utf-8")))
    assert [row["category"] for row in rows] == [name for name in conditions for _ in range(2)]
    assert all(cv2.imread(str(tmp_path / row["file"])) is not None for row in rows)
    assert {row["category"] for row in rows if row["layout"] == "scatter"} == {"scatter"}
    assert {row["category"] for row in rows if row["kind"] == "none"} == {"empty"}
    assert rows[0]["reading_order_text"] != rows[1]["reading_order_text"]


def test_no_two_conditions_of_a_test_set_are_the_same_pictures(tmp_path: Path) -> None:
    written = write_pictures(tmp_path, every_condition(1, seed=1))[:-1]
    assert len(written) == len(PRESETS)
    assert len({path.read_bytes() for path in written}) == len(PRESETS)
    assert len({cv2.imread(str(path)).tobytes() for path in written}) == len(PRESETS)


def test_a_page_whose_condition_is_its_compression_is_blocky_and_loses_nothing_else(tmp_path: Path) -> None:
    (blocky,) = [sample for sample in every_condition(1, seed=1) if sample.preset == "compressed"]
    (plain,) = [sample for sample in every_condition(1, seed=1) if sample.preset == "white"]
    write_pictures(tmp_path, [blocky])
    shown = cv2.imread(str(tmp_path / blocky.name))
    assert np.array_equal(shown, blocky.render().image)

    def steps(image: np.ndarray) -> float:
        """How much more neighbours differ where JPEG's blocks of 8 pixels meet than elsewhere."""
        across = np.abs(np.diff(image.astype(int).mean(axis=2), axis=1)).mean(axis=0)
        return float(across[7::8].mean() / np.delete(across, np.s_[7::8]).mean())

    assert steps(shown) > 1.5 * steps(plain.render().image)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["page", "--preset", "moon"], "moon"),
        (["page", "--text", "abc"], "digits only"),
        (["page", "--out", "nowhere/page.png"], "mkdir -p nowhere"),
        (["page", "--out", "page.docx"], ".png"),
        (["clip", "--out", "clip.mp4"], ".avi"),
        (["pictures", "--out", "nowhere"], "mkdir -p nowhere"),
    ],
)
def test_bad_input_ends_with_1_and_a_remedy(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    streams = capsys.readouterr()
    assert told in streams.err
    assert streams.err.startswith("error: ") or "\nerror: " in streams.err or "\rerror" in streams.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [[], ["page", "--seed", "-1"], ["sheet", "--of", "letters"], ["pictures", "--out", ".", "--each", "0"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_a_page_is_drawn_without_the_packages_that_only_training_needs(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules.update(dict.fromkeys(('tqdm', 'tensorflow', 'keras', 'matplotlib')))"
    command = f"{hidden}; from train.scenes.__main__ import main; sys.exit(main(sys.argv[1:]))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", command, "page", "--text", "427", "--out", str(tmp_path / "p.png")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "runtime")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "427\n"), done.stderr
    assert (tmp_path / "p.png").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "train.scenes", "page", "--out", str(tmp_path / "p.png")],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "runtime")])},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
