"""Networks that learn abreast, in a process of their own: Keras takes its backend once for all."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("jax")

from train import __main__ as command
from train import junk
from train.arguments import parse
from train.fit import fit, optimizer_of, pixels, targets_of, weights_of
from train.mnist import Split
from train.network import RECIPES
from train.pages import Crops
from train.scenes import draw_digit

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[2]
NANO = replace(RECIPES["nano"], batch_size=32)
STEPS, EPOCHS = 3, 2
SCRIPT = """
import sys
import numpy as np
from dataclasses import replace
from pathlib import Path
from train import abreast, course
from train.fleet import Fleet
from train.mnist import Split
from train.network import RECIPES
from train.pages import Crops

folder = Path(sys.argv[1])
nano = replace(RECIPES["nano"], batch_size=32)
with np.load(folder / "crops.npz") as file:
    crops = Crops(file["images"], file["labels"], written=file["written"])
fleet = Fleet(nano, [5, 6], 30)
for i in range(2):
    np.savez(folder / f"start-{i}.npz", *fleet.show(i).get_weights())
orders = np.stack([np.arange(96), np.arange(96)[::-1]]).reshape(2, 3, 32).astype(np.int32)
np.save(folder / "figures.npy", fleet.learn(crops, orders))
for i in range(2):
    np.savez(folder / f"end-{i}.npz", *fleet.show(i).get_weights())
np.save(folder / "answers.npy", fleet.answers(crops.images))

class Same:
    def __len__(self):
        return len(crops.images)

    def __call__(self, epoch):
        return crops

class Stopped(Exception):
    pass

def stop(runs):
    raise Stopped

split = Split(crops.images, crops.labels, crops.images[:40], crops.labels[:40])
def train(name, resume, on_epoch, cached=False):
    trainings = [
        course.Training(nano, seed, 2, folder / f"{name}-{seed}.npz", resume, cached=cached)
        for seed in (5, 6)
    ]
    abreast.fit_abreast(trainings, split, Same(), data="tiny", on_epoch=on_epoch)

train("whole", False, lambda runs: None)
try:
    train("stopped", False, stop)
except Stopped:
    train("stopped", True, lambda runs: None)

# Between the saves of the second epoch: seed 5 has it behind it, seed 6 has not.
save, saved = abreast.save, []
def save_three(*given, **more):
    if len(saved) == 3:
        raise Stopped
    saved.append(save(*given, **more))

abreast.save = save_three
try:
    train("between", False, lambda runs: None)
except Stopped:
    abreast.save = save
    before = (folder / "between-5.npz").read_bytes()
    train("between", True, lambda runs: None)
    assert (folder / "between-5.npz").read_bytes() == before

for seed in (5, 6):
    (folder / f"damaged-{seed}.npz").write_bytes((folder / f"whole-{seed}.npz").read_bytes())
(folder / "damaged-6.npz").write_bytes(b"half")
train("damaged", True, lambda runs: None, cached=True)
"""


@pytest.fixture(scope="module")
def crops() -> Crops:
    rng = np.random.default_rng(5)
    labels = (np.arange(96) % 11).astype(np.uint8)
    images = [
        junk.pairs(np.full((1, 28, 28), 200, np.uint8), 1, rng)[0]
        if label == 10
        else junk.to_crop(draw_digit(str(label), rng, height=48))
        for label in labels
    ]
    return Crops(np.stack(images), labels, written=labels < 5)


@pytest.fixture(scope="module")
def left(crops, tmp_path_factory) -> Path:
    """The folder in which the other process leaves what it did."""
    folder = tmp_path_factory.mktemp("fleet")
    np.savez(folder / "crops.npz", images=crops.images, labels=crops.labels, written=crops.written)
    path = os.pathsep.join([str(ROOT), str(ROOT / "runtime")])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def weights(path: Path) -> list[np.ndarray]:
    with np.load(path) as file:
        return [file[name] for name in file.files]


@pytest.mark.parametrize("which", [0, 1])
def test_a_network_learns_abreast_what_it_learns_alone(left, crops, which):
    model = NANO.build(11)
    model.set_weights(weights(left / f"start-{which}.npz"))
    model.compile(optimizer=optimizer_of(NANO, 30), loss="categorical_crossentropy", metrics=["accuracy"])
    mine = crops.taken(np.arange(96) if which == 0 else np.arange(96)[::-1])
    learnt = model.fit(
        pixels(mine.images),
        targets_of(mine, NANO),
        sample_weight=weights_of(mine, NANO),
        batch_size=32,
        shuffle=False,
        verbose=0,
    ).history
    for one, other in zip(model.get_weights(), weights(left / f"end-{which}.npz"), strict=True):
        assert np.allclose(one, other, atol=1e-4)
    loss, accuracy = np.load(left / "figures.npy")[which]
    assert learnt["loss"][0] == pytest.approx(loss, rel=1e-5)
    assert learnt["accuracy"][0] == pytest.approx(accuracy, abs=0.011)
    answers = np.load(left / "answers.npy")[which]
    assert np.allclose(model.predict(pixels(crops.images), verbose=0), answers, atol=1e-4)


def test_networks_of_other_seeds_are_other_networks(left):
    first, second = (weights(left / f"start-{i}.npz") for i in (0, 1))
    assert not np.allclose(first[0], second[0])


@pytest.mark.parametrize("name", ["whole", "stopped"])
def test_a_training_goes_on_alone_from_what_was_learnt_abreast(left, crops, name):
    split = Split(crops.images, crops.labels, crops.images[:40], crops.labels[:40])
    model, progress = fit(
        NANO,
        split,
        seed=5,
        epochs=EPOCHS,
        data="tiny",
        checkpoint=left / f"{name}-5.npz",
        resume=True,
    )
    assert progress.epoch == EPOCHS
    right = model.predict(pixels(split.validation_images), verbose=0).argmax(1) == split.validation_labels
    assert right.mean() == pytest.approx(progress.history["val_accuracy"][progress.best_epoch - 1], abs=0.026)


@pytest.mark.parametrize("name", ["stopped", "between", "damaged"])
def test_a_training_that_was_stopped_and_resumed_ends_where_the_other_does(left, name):
    """Also where the other seed had come further, and where its checkpoint in the cache was damaged."""
    whole, stopped = (weights(left / f"{each}-6.npz") for each in ("whole", name))
    for one, other in zip(whole[1:], stopped[1:], strict=True):
        assert np.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(
    "arguments",
    [["classic", "--abreast"], ["edge", "--abreast", "--quick"], ["nano", "--abreast", "--jobs", "2"]],
)
def test_what_cannot_be_done_abreast_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        parse(arguments)
    assert stopped.value.code == 2
    assert "--abreast" in capsys.readouterr().err


def test_without_jax_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert command.main(["edge", "--abreast"]) == 1
    assert "pip install 'jax[cuda13]'" in capsys.readouterr().err


def test_an_interrupted_run_is_not_overwritten_without_a_word(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "find_spec", lambda name: True)
    monkeypatch.setattr(command.subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 130))
    (tmp_path / "nano" / "checkpoint").mkdir(parents=True)
    (tmp_path / "nano" / "checkpoint" / "seed-0.npz").write_bytes(b"")
    for given, said in (([], True), (["--resume"], False)):
        assert command.main(["nano", "--abreast", "--out", str(tmp_path), *given]) == 130
        assert ("the interrupted run in" in capsys.readouterr().out) == said


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 1), (130, 130)])
def test_the_command_goes_on_from_what_the_other_process_left(code, ends, monkeypatch, tmp_path):
    """With its arguments handed on; an error or an interruption there is one here."""
    seen = []
    monkeypatch.setattr(command, "find_spec", lambda name: True)
    monkeypatch.setattr(
        command.subprocess,
        "run",
        lambda words, **_: seen.append(words[1:]) or subprocess.CompletedProcess(words, code),
    )
    monkeypatch.setattr(command, "_train", lambda args: seen.append(args.resume))
    assert command.main(["nano", "--abreast", "--out", str(tmp_path)]) == ends
    assert seen[0] == ["-m", "train.abreast", "nano", "--abreast", "--out", str(tmp_path)]
    assert seen[1:] == ([True] if code == 0 else [])
