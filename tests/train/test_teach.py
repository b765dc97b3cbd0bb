"""Small networks hear what larger ones think of each crop."""

from __future__ import annotations

import numpy as np
import pytest

from train import junk, teach
from train.lessons import Lessons, Stock
from train.pages import Crops
from train.scenes import draw_digit
from train.teach import SPOILT, Taught, Teachers, certain_of_digits, round_of, softened, which


class Opinionated:
    """Stands for a network that gives every crop the same probabilities."""

    def __init__(self, probabilities: list[float]) -> None:
        self.probabilities = np.array(probabilities, np.float32)
        self.asked = 0

    def predict(self, images, **_):
        self.asked += len(images)
        return np.tile(self.probabilities, (len(images), 1))


def stock(own: Crops | None = None) -> Stock:
    rng = np.random.default_rng(5)
    labels = (np.arange(60) % 10).astype(np.uint8)
    images = np.stack([junk.to_crop(draw_digit(str(label), rng, height=48)) for label in labels])
    none = junk.printed(20, rng)
    few = Crops(images[:20], labels[:20])
    return Stock(Crops(images, labels), few, few, none, none, none[:5], own)


@pytest.fixture
def teacher(tmp_path, monkeypatch) -> Opinionated:
    """One that is always sure of a 3; the cache is an empty one."""
    thinks_of_3 = [0.0005] * 11
    thinks_of_3[3] = 0.995
    one = Opinionated(thinks_of_3)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(teach, "load_teacher", lambda path: one)
    return one


def recorded(function, seen: list):
    def record(pictures, **options):
        seen.append(pictures)
        return function(pictures, **options)

    return record


def taught(tmp_path, *, seed: int = 0, own: Crops | None = None, softness: float = 3) -> Taught:
    known = stock(own)
    lessons = Lessons(known, seed=0, epochs=10)
    return Taught(
        lessons,
        [tmp_path / "teacher.npz"],
        known.drawn,
        name="a" * 64,
        seed=seed,
        epochs=10,
        softness=softness,
    )


def test_the_opinion_is_the_mean_of_the_logits_made_softer():
    first, second = Opinionated([0.9, 0.09, 0.01]), Opinionated([0.5, 0.25, 0.25])
    blank = np.zeros((2, 28, 28), np.uint8)
    opinion = softened(Teachers([first, second], Crops(blank, np.zeros(2, np.uint8))).ask(blank), 3)
    # The sixth root of the product: half for the mean of two, a third of that for the softness of three.
    expected = np.array([0.9 * 0.5, 0.09 * 0.25, 0.01 * 0.25]) ** (1 / 6)
    assert opinion == pytest.approx(np.tile(expected / expected.sum(), (2, 1)), rel=1e-5)


def test_teachers_that_turn_digits_away_are_made_to_say_none_less_readily():
    blank = np.zeros((2, 28, 28), np.uint8)
    teachers = Teachers([Opinionated([0.25, 0.05, 0.7])], Crops(blank, np.zeros(2, np.uint8)))
    assert -2 <= teachers.none_offset < np.log(0.25 / 0.7)
    assert teachers.ask(blank)[0].argmax() == 0


def test_teachers_look_again_at_what_they_doubt_and_say_the_mean():
    class Wavering:
        """Takes an upright bar for a 0 or a 1, and one that leans for a 1; a blank is surely nothing."""

        def __init__(self) -> None:
            self.asked: list[int] = []

        def predict(self, images, **_):
            self.asked.append(len(images))
            leans = images[:, 4:24, 12:16].sum(axis=(1, 2, 3)) < 79.9
            blank = images.sum(axis=(1, 2, 3)) == 0
            upright = np.where(leans[:, None], [[0.1, 0.8, 0.1]], [[0.5, 0.4, 0.1]])
            return np.where(blank[:, None], [[0.002, 0.002, 0.996]], upright).astype(np.float32)

    crops = np.zeros((3, 28, 28), np.uint8)
    crops[1, 4:24, 12:16] = 255
    network = Wavering()
    teachers = Teachers([network], Crops(crops[1:2], np.zeros(1, np.uint8)))
    network.asked.clear()
    opinion = softened(teachers.ask(crops), 3)
    assert network.asked == [3, 4]
    # Once as it stands and four times leaning, then the third root for the softness of three.
    expected = np.cbrt(np.exp((np.log([0.5, 0.4, 0.1]) + 4 * np.log([0.1, 0.8, 0.1])) / 5))
    assert opinion[1] == pytest.approx(expected / expected.sum(), rel=1e-4)
    sure = np.cbrt([0.002, 0.002, 0.996])
    assert opinion[[0, 2]] == pytest.approx(np.tile(sure / sure.sum(), (2, 1)), rel=1e-4)


def test_few_lessons_serve_a_run_of_any_length():
    for epochs in (1, 2, 10, 50, 300):
        needed = round_of(epochs)
        assert len(needed) <= 24
        assert len({number for number, _ in needed}) == len(needed), "one number, one strength"
    assert [which(epoch, 100)[1] for epoch in (0, 79)] == [1, 1]
    fading = [which(epoch, 100)[1] for epoch in range(80, 100)]
    assert fading == sorted(fading, reverse=True)
    assert fading[-1] < 0.2


def test_a_lesson_is_asked_about_once_and_learnt_by_every_seed_in_its_own_order(tmp_path, teacher):
    first = taught(tmp_path)(0)
    asked, digits = teacher.asked, 20
    other = taught(tmp_path, seed=1)(0)
    assert asked == len(first.images) + digits
    assert teacher.asked == asked
    assert not np.array_equal(first.images, other.images)
    assert sorted(map(bytes, first.images)) == sorted(map(bytes, other.images))
    assert first.opinions.argmax(axis=1).tolist() == [3] * len(first.images)


def test_one_asking_serves_models_that_hear_the_teachers_with_more_or_less_softness(tmp_path, teacher):
    softer, harder = taught(tmp_path, softness=3)(0), taught(tmp_path, softness=1)(0)
    assert teacher.asked == len(softer.images) + 20
    junk = softer.labels == 10
    cubes = softer.opinions[junk] ** 3
    assert harder.opinions[junk] == pytest.approx(cubes / cubes.sum(axis=1, keepdims=True), rel=1e-4)
    assert softer.opinions[junk].max() < harder.opinions[junk].max()


def test_a_digit_is_a_digit_whatever_the_teachers_think_but_which_is_theirs_to_say():
    opinions = np.array([[0.2, 0.1, 0.7], [0.2, 0.1, 0.7]], np.float32)
    labels = np.array([1, 10], np.uint8)
    certain = certain_of_digits(opinions, labels)
    assert certain[0] == pytest.approx([2 / 3, 1 / 3, 0])
    assert certain[1] == pytest.approx(opinions[1])


def test_some_crops_are_spoilt_and_keep_the_opinion_of_them_as_they_were(tmp_path, teacher, monkeypatch):
    seen = []
    monkeypatch.setattr(teacher, "predict", recorded(teacher.predict, seen))
    lesson = taught(tmp_path).lesson(0, 1.0)
    asked = seen[-1]
    spoilt = (lesson.images[..., np.newaxis] / np.float32(255) != asked).any(axis=(1, 2, 3)).mean()
    assert SPOILT / 3 < spoilt < 2 * SPOILT
    assert lesson.opinions.argmax(axis=1).tolist() == [3] * len(asked)


@pytest.mark.parametrize(
    "damage",
    [
        lambda contents: contents[:1000],
        lambda contents: contents[:5000] + bytes([contents[5000] ^ 0xFF]) + contents[5001:],
    ],
    ids=["cut short", "a byte"],
)
def test_a_damaged_lesson_is_made_anew(tmp_path, teacher, damage):
    first = taught(tmp_path)(0)
    (kept,) = tmp_path.rglob("lessons/*.npz")
    kept.write_bytes(damage(kept.read_bytes()))
    again = taught(tmp_path)(0)
    assert np.array_equal(first.images, again.images)
    assert teacher.asked == 2 * (len(first.images) + 20)


def test_what_a_user_corrects_is_believed_before_the_teachers(tmp_path, teacher):
    crops = taught(tmp_path, own=Crops(np.full((4, 28, 28), 90, np.uint8), np.full(4, 7, np.uint8)))(0)
    assert crops.opinions.argmax(axis=1).tolist() == crops.labels.tolist()
