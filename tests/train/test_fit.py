"""The network, and training that may be interrupted."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from edge_digits.errors import OutputError
from train.mnist import Split, load_mnist, split_validation
from train.network import RECIPES, build_classic

pytest.importorskip("tensorflow")

from train.checkpoint import CheckpointError, Progress
from train.fit import fit, pixels, weights_of
from train.pages import Crops

# Raised within Keras 3.15 by each of its conversions to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
CLASSIC = RECIPES["classic"]
EPOCHS = 3


class StoppedError(Exception):
    """Stands for whatever stops a process."""


@pytest.fixture(scope="module")
def split(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("data")
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
    return split_validation(load_mnist(folder, digests=None))


@pytest.fixture(scope="module")
def undisturbed(split, tmp_path_factory):
    """A run that nobody stopped: model, progress and checkpoint."""
    checkpoint = tmp_path_factory.mktemp("undisturbed") / "seed-3.npz"
    return *run(split, checkpoint), checkpoint


@pytest.fixture(scope="module")
def cut(split, tmp_path_factory) -> bytes:
    """The checkpoint of a run that was stopped after two epochs."""
    checkpoint = tmp_path_factory.mktemp("cut") / "seed-3.npz"
    with pytest.raises(StoppedError):
        run(split, checkpoint, stop_after=2)
    return checkpoint.read_bytes()


def run(split, checkpoint, *, seed=3, epochs=EPOCHS, data="tiny", stop_after=None, **given):
    def stop(progress: Progress, _: int) -> None:
        if progress.epoch == stop_after:
            raise StoppedError

    return fit(
        CLASSIC,
        split,
        seed=seed,
        epochs=epochs,
        data=data,
        checkpoint=checkpoint,
        on_epoch=stop,
        **given,
    )


def same(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_the_original_network_is_built_exactly():
    model = build_classic(10)
    assert model.count_params() == 59_933
    assert (model.input_shape, model.output_shape) == ((None, 28, 28, 1), (None, 10))
    described = [
        (type(layer).__name__, tuple(layer.output.shape[1:]), getattr(layer, "activation", None))
        for layer in model.layers
    ]
    assert [(kind, shape, act.__name__ if act else None) for kind, shape, act in described] == [
        ("Conv2D", (24, 24, 30), "relu"),
        ("MaxPooling2D", (12, 12, 30), None),
        ("Conv2D", (10, 10, 15), "relu"),
        ("MaxPooling2D", (5, 5, 15), None),
        ("Dropout", (5, 5, 15), None),
        ("Flatten", (375,), None),
        ("Dense", (128,), "relu"),
        ("Dense", (50,), "relu"),
        ("Dense", (10,), "softmax"),
    ]
    assert model.layers[4].rate == 0.2


def test_the_original_recipe_is_kept():
    assert (CLASSIC.epochs, CLASSIC.batch_size, CLASSIC.optimizer, CLASSIC.loss) == (
        10,
        200,
        "adam",
        "categorical_crossentropy",
    )
    assert CLASSIC.labels == tuple("0123456789")


def test_an_eleventh_output_can_be_had():
    assert build_classic(11).output_shape == (None, 11)


def test_pixels_run_from_0_to_1_in_the_networks_shape():
    ready = pixels(np.array([0, 51, 255], np.uint8).reshape(1, 1, 3))
    assert (ready.shape, ready.dtype) == ((1, 1, 3, 1), np.float32)
    assert ready.ravel().tolist() == [0.0, np.float32(0.2), 1.0]


def test_a_resumed_run_ends_where_an_undisturbed_one_does(split, tmp_path, undisturbed, cut):
    model, whole, _ = undisturbed
    (tmp_path / "a.npz").write_bytes(cut)
    # Stands for being killed while the next checkpoint is written.
    (tmp_path / ".a.npz.killed.tmp").write_bytes(b"half")
    resumed, pieced = run(split, tmp_path / "a.npz", resume=True)
    assert pieced == whole
    assert len(pieced.history["loss"]) == EPOCHS
    assert same(resumed, model)


def test_a_finished_run_is_not_trained_further(split, undisturbed):
    model, progress, checkpoint = undisturbed
    before = checkpoint.read_bytes()
    again, same_progress = run(split, checkpoint, resume=True)
    assert same_progress == progress
    assert same(model, again)
    assert checkpoint.read_bytes() == before


def test_another_seed_gives_another_model(split, tmp_path, undisturbed):
    _, progress = run(split, tmp_path / "a.npz", epochs=1, seed=4)
    assert progress.history["loss"] != undisturbed[1].history["loss"][:1]


def test_resuming_with_nothing_to_resume_starts_from_the_beginning(split, tmp_path):
    _, progress = run(split, tmp_path / "none.npz", epochs=1, resume=True)
    assert progress.epoch == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seed": 4}, "its seed is 3, this one's 4"),
        ({"data": "other"}, "its data is tiny, this one's other"),
        ({"epochs": 1}, "of a run of 3 epochs, this one is to have 1"),
        ({"epochs": 4}, "of a run of 3 epochs, this one is to have 4"),
    ],
)
def test_another_runs_checkpoint_is_refused(split, tmp_path, cut, change, complaint):
    (tmp_path / "a.npz").write_bytes(cut)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        run(split, tmp_path / "a.npz", resume=True, **change)
    assert "--resume" in caught.value.remedy


def test_a_checkpoint_that_does_not_say_its_epochs_is_taken(split, tmp_path, cut):
    """As versions wrote them that did not ask."""
    (tmp_path / "a.npz").write_bytes(cut)
    with np.load(tmp_path / "a.npz") as file:
        arrays = dict(file)
    progress = json.loads(str(arrays["progress"]))
    del progress["epochs"]
    np.savez(tmp_path / "a.npz", **(arrays | {"progress": json.dumps(progress)}))
    _, resumed = run(split, tmp_path / "a.npz", resume=True)
    assert (resumed.epoch, resumed.epochs) == (EPOCHS, EPOCHS)
    with pytest.raises(CheckpointError, match="of a run of 3 epochs, this one is to have 2"):
        run(split, tmp_path / "a.npz", resume=True, epochs=2)


@pytest.mark.parametrize("size", [0, 5000])
def test_a_damaged_checkpoint_is_refused(split, tmp_path, cut, size):
    (tmp_path / "a.npz").write_bytes(cut[:size])
    with pytest.raises(CheckpointError, match="is damaged"):
        run(split, tmp_path / "a.npz", resume=True)


def test_a_checkpoint_of_another_network_is_refused(split, tmp_path, undisturbed):
    with np.load(undisturbed[2]) as file:
        arrays = dict(file)
    arrays["state_0"] = arrays["state_0"][:1]
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(CheckpointError, match="another network"):
        run(split, tmp_path / "a.npz", resume=True)


def shortened(checkpoint: bytes) -> bytes:
    return checkpoint[:5000]


def of_another_network(checkpoint: bytes) -> bytes:
    with np.load(io.BytesIO(checkpoint)) as file:
        arrays = dict(file)
    made = io.BytesIO()
    np.savez(made, **(arrays | {"state_0": arrays["state_0"][:1]}))
    return made.getvalue()


@pytest.mark.parametrize(
    "case",
    [(shortened, {}), (of_another_network, {}), (bytes, {"epochs": 1}), (bytes, {"data": "other"})],
    ids=["damaged", "another network", "other epochs", "other data"],
)
def test_a_cached_checkpoint_that_does_not_fit_is_made_anew_and_not_refused(
    split, tmp_path, cut, case, caplog
):
    """Of a teacher: no option would make it go away."""
    damage, given = case[0], {"epochs": 2, **case[1]}
    place = tmp_path / "a.npz"
    model, progress = run(split, tmp_path / "fresh.npz", **given)
    place.write_bytes(damage(cut))
    again, anew = run(split, place, resume=True, cached=True, **given)
    assert anew == progress
    assert same(again, model)
    assert "classic is trained anew" in caplog.text
    caplog.clear()
    assert run(split, place, resume=True, cached=True, **given)[1] == progress
    assert caplog.text == ""


def test_a_cache_without_room_for_a_checkpoint_is_told_with_what_moves_it(split, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for cached, way_out in ((True, "XDG_CACHE_HOME"), (False, "--out DIR")):
        with pytest.raises(OutputError) as refused:
            run(split, tmp_path / "file" / "a.npz", epochs=1, cached=cached)
        assert way_out in refused.value.remedy


def test_a_checkpoint_holds_plain_arrays_only(undisturbed):
    with np.load(undisturbed[2], allow_pickle=False) as file:
        assert json.loads(str(file["progress"]))["epoch"] == EPOCHS
        assert all(file[name].dtype.kind in "fuiU" for name in file.files)


def note(progress: Progress, val_accuracy: float, val_loss: float) -> bool:
    return progress.note({"loss": 0.1, "accuracy": 0.9, "val_loss": val_loss, "val_accuracy": val_accuracy})


def test_the_epoch_kept_is_the_best_on_validation_then_the_surest_then_the_first():
    progress = Progress("classic", 0, "tiny", 4)
    kept = [note(progress, *figures) for figures in ((0.9, 0.3), (0.8, 0.1), (0.9, 0.2), (0.9, 0.2))]
    assert kept == [True, False, True, False]
    assert progress.best_epoch == 3
    assert progress.epoch == 4


def test_what_is_written_by_hand_counts_as_often_as_the_recipe_says():
    crops = Crops(np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.uint8), written=np.arange(4) < 2)
    weights = weights_of(crops, replace(RECIPES["edge"], emphasis=3.0))
    assert weights.tolist() == [1.5, 1.5, 0.5, 0.5]
    assert weights_of(crops, CLASSIC).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("heavy", [3, 5])
def test_a_crop_that_counts_for_nothing_teaches_nothing(tmp_path, heavy):
    """Of two crops the same picture with other labels, the one with weight is learnt, whichever it is."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (8, 28, 28), np.uint8)
    labels = np.repeat([3, 5], 8).astype(np.uint8)
    crops = Crops(np.concatenate([pictures] * 2), labels, written=labels == heavy)
    recipe = replace(CLASSIC, emphasis=1e6)
    model, _ = fit(
        recipe,
        # The pictures to choose by show both alike, so that they prefer neither.
        Split(crops.images, labels, crops.images, labels),
        seed=0,
        epochs=6,
        data="tiny",
        checkpoint=tmp_path / "seed-0.npz",
        lessons=Given(crops),
    )
    assert (model.predict(pixels(pictures), verbose=0).argmax(axis=1) == heavy).all()


class Given:
    """The same crops in every epoch."""

    def __init__(self, crops: Crops) -> None:
        self.crops = crops

    def __len__(self) -> int:
        return len(self.crops.images)

    def __call__(self, epoch: int) -> Crops:
        return self.crops
