"""A network and labels of one's own: what is taught, what is refused, and what the artifact says."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from edge_digits.errors import EdgeDigitsError
from tests.train.conftest import draw
from train.arguments import parse
from train.extra import load_extra
from train.lessons import Lessons, Stock
from train.mnist import Split
from train.own import OwnLessons, demand_pictures, hold_out, label_fault
from train.pages import NONE, Crops

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
DIGITS = tuple("0123456789")
MINUS = (*DIGITS, "-")


@pytest.fixture
def dashes(tmp_path):
    """A folder with thirty minus signs on paper."""
    folder, rng = tmp_path / "extra", np.random.default_rng(0)
    (folder / "-").mkdir(parents=True)
    for i in range(30):
        paper, y = np.full((60, 90), 230, np.uint8), int(rng.integers(24, 36))
        cv2.line(
            paper, (12, y + int(rng.integers(-5, 6))), (78, y), 40, int(rng.integers(4, 10)), cv2.LINE_AA
        )
        cv2.imwrite(str(folder / "-" / f"{i:02}.png"), paper)
    return folder


@pytest.fixture(scope="module")
def split() -> Split:
    rng = np.random.default_rng(1)
    labels = (np.arange(200) % 10).astype(np.uint8)
    images = np.stack([draw(int(label), rng) for label in labels])
    return Split(images[:160], labels[:160], images[160:], labels[160:])


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        (DIGITS, None),
        (MINUS, None),
        ((*DIGITS, "none", "plus"), None),
        (("1", *DIGITS), "the first ten"),
        ((*DIGITS, "-", "none"), "must be the eleventh"),
        ((*DIGITS, "-", "-"), "twice"),
        ((*DIGITS, "/"), "cannot be a folder's name"),
        ((*DIGITS, ".."), "cannot be a folder's name"),
        ((*DIGITS, " "), "cannot be a folder's name"),
    ],
)
def test_labels_begin_with_the_digits_and_name_folders(labels, fault):
    said = label_fault(labels)
    assert said is None if fault is None else fault in said


def test_the_command_takes_a_network_with_its_labels_and_refuses_them_elsewhere(tmp_path, capsys):
    args = parse(["mine.keras", "--labels", *MINUS, "--extra", "pictures"])
    assert args.recipe.labels == MINUS
    assert args.recipe.name == "mine"
    assert not args.recipe.lessons
    assert parse(["mine.keras", "--labels", *DIGITS, "none"]).recipe.lessons
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "history.json").write_text(json.dumps({"labels": MINUS}))
    assert parse(["mine.keras", "--out", str(tmp_path), "--evaluate"]).recipe.labels == MINUS
    for wrong in (["edge", "--labels", *DIGITS], ["mine.keras", "--labels", "9"], ["mine.h5"]):
        with pytest.raises(SystemExit) as caught:
            parse(wrong)
        assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["edge", "nano", "classic", "teacher", "Edge"])
def test_a_network_called_as_one_of_ours_is_refused_with_the_way_out(name, tmp_path, capsys):
    """It would be written over ours, or its checkpoint taken for the teacher's."""
    with pytest.raises(SystemExit) as caught:
        parse([str(tmp_path / f"{name}.keras")])
    assert caught.value.code == 2
    assert "rename the file" in capsys.readouterr().err
    assert parse([str(tmp_path / f"my-{name}.keras")]).recipe.name == f"my-{name}"


def test_a_label_without_pictures_is_refused(dashes):
    own = load_extra(dashes, MINUS)
    assert own.labels.tolist() == [10] * 30
    demand_pictures(MINUS, own)
    with pytest.raises(EdgeDigitsError, match="nothing to learn plus from") as caught:
        demand_pictures((*MINUS, "plus"), own)
    assert "DIR/plus/" in caught.value.remedy
    with pytest.raises(EdgeDigitsError, match="which is no label"):
        load_extra(dashes, DIGITS)


def test_a_fifth_of_the_pictures_is_held_out_and_the_rest_often_seen(dashes, split):
    learnt, held = hold_out(load_extra(dashes, MINUS))
    assert (len(learnt.labels), len(held.labels)) == (24, 6)
    lessons = OwnLessons(split, learnt, None, MINUS, seed=0, epochs=4)
    epoch = lessons(1)
    assert len(epoch.images) == len(lessons)
    assert np.bincount(epoch.labels).tolist() == [*[16] * 10, 24]
    assert np.array_equal(epoch.images, lessons(1).images)
    assert not np.array_equal(epoch.images, lessons(2).images)
    one = Crops(learnt.images[:1], learnt.labels[:1])
    assert len(hold_out(one)[0].labels) == 1, "a single picture is learnt"


def test_a_minus_sign_is_not_taught_as_none_too(dashes, split):
    labels = (*DIGITS, "none", "-")
    own = load_extra(dashes, labels)
    crops = Crops(split.fit_images, split.fit_labels)
    # Junk among which lying bars occur, as stray strokes do.
    junk = np.concatenate([own.images[:10], split.fit_images[:10].transpose(0, 2, 1)])
    stock = Stock(crops, crops, crops, junk, junk, junk)

    def lying(lesson: Crops) -> int:
        bright = lesson.images[lesson.labels == NONE] > 40
        return int((bright.any(axis=2).sum(axis=1) <= 7).sum())

    plain = Lessons(stock, seed=0, epochs=2)
    assert lying(plain(0)) > 5
    taught = OwnLessons(split, own, plain, labels, seed=0, epochs=2)
    assert 4 * lying(taught(0)) < lying(plain(0))
    assert len(taught(0).images) == len(taught)


def test_a_network_with_a_minus_sign_is_trained_converted_and_says_so_when_read(
    dashes, data, tmp_path, capsys
):
    keras = pytest.importorskip("keras")
    pytest.importorskip("tf2onnx")
    from convert.__main__ import main as convert
    from edge_digits import DigitReader
    from train.__main__ import main as train

    layers = keras.layers
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 5, strides=2, activation="relu"),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(11, activation="softmax"),
        ]
    )
    path, out = tmp_path / "mine.keras", tmp_path / "models"
    network.save(path)
    given = ["--data", str(data), "--own-data"]
    command = [str(path), "--labels", *MINUS, "--extra", str(dashes), *given, "--out", str(out)]
    assert train([*command, "--epochs", "30"]) == 0
    printed = capsys.readouterr().out
    assert "your own pictures held out: 6 of 6 read rightly" in printed
    card = (out / "mine" / "README.md").read_text(encoding="utf-8")
    assert "24 of -" in card
    assert "python -m train mine.keras --data DIR --own-data --extra DIR --labels" in card
    assert str(tmp_path) not in card

    assert convert(["mine", "--models", str(out), *given, "--only", "float32.onnx"]) == 0
    lone = tmp_path / "anything.onnx"
    lone.write_bytes((out / "mine" / "mine-float32.onnx").read_bytes())
    reader = DigitReader(model=str(lone))
    assert reader.labels == MINUS
    answers = reader.classify(load_extra(dashes, MINUS).images).argmax(axis=1)
    assert (np.array(reader.labels)[answers] == "-").mean() > 0.9


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (lambda of: [of.Flatten(), of.Dense(11)], "not probabilities"),
        (lambda of: [of.Flatten(), of.Dense(11, activation="sigmoid")], "not probabilities"),
        (lambda of: [of.Reshape((28, 28)), of.LSTM(4), of.Dense(11, activation="softmax")], "recurrent"),
        (
            lambda of: [of.Lambda(lambda x: x), of.Flatten(), of.Dense(11, activation="softmax")],
            "no converter",
        ),
    ],
)
def test_a_network_that_could_not_be_converted_is_refused_before_it_is_trained(
    layers, told, data, tmp_path, capsys
):
    keras = pytest.importorskip("keras")
    from train.__main__ import main

    network = keras.Sequential([keras.Input((28, 28, 1)), *layers(keras.layers)])
    network.save(tmp_path / "mine.keras")
    # With "none", what there is to learn would first be gathered for minutes.
    given = ["--labels", *DIGITS, "none", "--data", str(data), "--own-data", "--out", str(tmp_path)]
    assert main([str(tmp_path / "mine.keras"), *given]) == 1
    printed = capsys.readouterr()
    assert told in printed.err
    assert "gathering" not in printed.out


def test_a_file_that_is_no_network_for_these_labels_is_refused(data, tmp_path, capsys):
    pytest.importorskip("tensorflow")
    from train.__main__ import main

    (tmp_path / "mine.keras").write_bytes(b"no network")
    assert (
        main([str(tmp_path / "mine.keras"), "--data", str(data), "--own-data", "--out", str(tmp_path)]) == 1
    )
    assert "cannot be loaded by Keras" in capsys.readouterr().err
