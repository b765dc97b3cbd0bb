"""The model card says what was done, and nothing that was not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from train.again import command_again
from train.arguments import parse
from train.card import card
from train.checkpoint import Progress
from train.mnist import Mnist, Split
from train.network import RECIPES
from train.own import own_recipe
from train.report import Run, read_record, record

MODELS = Path(__file__).resolve().parents[2] / "models"


def said(facts: dict[str, Any]) -> str:
    """The card's text, its line breaks put aside."""
    return " ".join(card(facts).split())


@pytest.fixture
def edge() -> dict[str, Any]:
    return copy.deepcopy(read_record(MODELS / "edge"))


@pytest.fixture
def own(edge) -> dict[str, Any]:
    """The record of a user's network without "none", some of whose pictures were checked by."""
    facts = copy.deepcopy(read_record(MODELS / "classic"))
    facts["data"] |= {"own": {"-": 24}, "own_held_out": [6, 6]}
    return facts


def measured(recipe, **given) -> dict[str, Any]:
    """What `record` says of one epoch of a network."""
    history = {"loss": [0.1], "accuracy": [0.9], "val_loss": [0.1], "val_accuracy": [0.9]}
    progress = Progress(recipe.name, 0, "tiny", 1, 1, history, 1)
    none = np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8)
    known = {"command": "c", "check": "e", "own_data": False}
    run, mnist, split = Run(progress, {"accuracy": 1.0}), Mnist(*none, *none, "m"), Split(*none, *none)
    return record(recipe, [run], 1, mnist, split, **known, **given)


@pytest.mark.parametrize("seeds", [[0, 1, 2], [2, 0, 1]])
def test_a_reason_for_the_first_seed_is_given_only_if_there_is_one(edge, seeds):
    edge["runs"] = [{**edge["runs"][0], "seed": seed} for seed in seeds]
    edge["first_for"] = "how it reads cheques"
    assert "put first for how it reads cheques" in said(edge)
    del edge["first_for"]
    assert "put first" not in said(edge)


def test_what_learnt_abreast_is_not_promised_to_come_out_the_same():
    args = parse(["nano", "--seeds", "1", "0", "--abreast"])
    assert command_again(args) == "python -m train nano --seeds 1 0 --abreast"
    assert "jax" not in measured(RECIPES["nano"])["versions"]
    assert measured(RECIPES["nano"], abreast=True)["versions"]["jax"]
    facts = copy.deepcopy(read_record(MODELS / "nano"))
    facts["data"]["stretched"] = [0.08, 0.03]
    assert "gives the same weights again" in said(facts)
    facts["versions"]["jax"] = "0.9.1"
    assert "JAX 0.9.1 on" in said(facts)
    assert "gives the same weights again" not in said(facts)


def test_where_the_teachers_come_from_is_part_of_the_command_and_the_recipe():
    for words, command in (
        ("edge --seeds 0 1", "python -m train edge --seeds 0 1"),
        ("edge --teachers ready", "python -m train edge"),
        ("nano --teachers anew", "python -m train nano --teachers anew"),
        ("edge --data D --own-data", "python -m train edge --data DIR --own-data"),
        ("classic", "python -m train classic"),
    ):
        assert command_again(parse(words.split())) == command
    assert "teachers_ready" not in measured(RECIPES["nano"])["recipe"]
    assert measured(RECIPES["nano"], teachers_ready=True)["recipe"]["teachers_ready"]


@pytest.mark.parametrize("words", ["classic --teachers anew", "edge --quick --teachers anew"])
def test_teachers_are_not_for_those_who_have_none(words, capsys):
    with pytest.raises(SystemExit) as refused:
        parse(words.split())
    assert refused.value.code == 2
    assert "--teachers is for edge and nano" in capsys.readouterr().err


def test_a_model_of_lessons_without_squeezed_digits_is_not_promised_to_come_out_again(edge):
    edge["data"].pop("stretched", None)
    assert "The recipe has changed since" in said(edge)
    assert "gives the same weights again" not in said(edge)
    edge["data"]["stretched"] = [0.08, 0.03]
    assert "8 % are squeezed" in said(edge)
    assert "3 % widened" in said(edge)
    assert "gives the same weights again" in said(edge)


def test_how_many_crops_are_squeezed_stands_in_the_record():
    lessons = {"MNIST digits": 10, "textures": 1}
    assert measured(RECIPES["nano"], lessons=lessons)["data"]["stretched"] == [0.08, 0.03]
    assert "stretched" not in measured(RECIPES["classic"])["data"]


def test_lessons_that_teachers_are_asked_about_are_repeated(edge):
    assert "only 23 such epochs are made, and learnt again in new orders" in said(edge)
    assert "anew each time" not in said(edge)
    short = copy.deepcopy(edge)
    short["recipe"]["epochs"] = 8
    assert "learnt again" not in said(short), "each epoch has one of its own"
    alone = copy.deepcopy(edge)
    del alone["recipe"]["teachers"]
    assert "All but the last six kinds are varied anew each time" in said(alone)
    assert "learnt again" not in said(alone)


def test_a_last_layer_that_was_left_as_it_was_is_not_said_to_be_adjusted(edge):
    labels = (*"0123456789", "none")
    recipe = own_recipe(Path("mine.keras"), labels)
    assert "turned_away" not in measured(recipe, calibrated=False)["recipe"]
    assert measured(recipe, calibrated=True)["recipe"]["turned_away"] == recipe.turned_away
    assert "Two numbers, chosen on MNIST's validation pictures, are folded" in said(edge)
    del edge["recipe"]["turned_away"]
    assert "Two numbers" not in said(edge)
    assert "raised" not in said(edge)


def test_figures_of_pictures_that_evaluating_does_not_see_are_printed_by_the_training(own):
    row = next(line for line in card(own).splitlines() if "validation pictures" in line)
    assert "MNIST's and your own" in row
    assert own["command"] in row
    del own["data"]["own"], own["data"]["own_held_out"]
    assert f"its accuracy on the validation pictures | 99.14 % | `{own['check']}`" in said(own)


def test_a_network_of_ones_own_is_said_to_have_seen_its_pictures_varied(own):
    for pictures in (True, False):
        if not pictures:
            del own["data"]["own"], own["data"]["own_held_out"]
            own["recipe"] |= measured(own_recipe(Path("mine.keras"), tuple("0123456789")))["recipe"]
        assert "varied anew in each epoch" in said(own)
        assert "nothing altered" not in said(own)
        assert "only digits that are well centred" not in said(own)
    classic = said(read_record(MODELS / "classic"))
    assert "nothing altered" in classic
    assert "only digits that are well centred and of one size: moved by" in classic


def test_data_of_ones_own_is_not_called_mnist(own, edge):
    for facts in (own, edge):
        facts["data"]["name"] = "own data in MNIST's format"
        section = said(facts).split("## Data ")[1].split("## Recipe")[0]
        assert section.startswith("A user's own data in MNIST's format: ")
        assert section.count("MNIST") == 1, section
    assert "the data's and your own" in said(own)
    assert "chosen on that data's validation pictures" in said(edge)


def test_what_was_chosen_on_the_test_junk_is_owned_up_to(edge):
    assert "The test digits decide nothing" in said(edge)
    assert "was raised once what earlier networks took for digits had been seen on the test junk" in said(
        edge
    )


@pytest.mark.parametrize(("apart", "adjusted"), [(True, False), (False, True)])
def test_a_network_whose_softmax_is_a_layer_of_its_own_is_left_as_it_is(apart, adjusted):
    import keras

    from train.__main__ import _calibrate
    from train.course import Material

    layers = keras.layers
    last = [layers.Dense(11), layers.Softmax()] if apart else [layers.Dense(11, activation="softmax")]
    network = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *last])
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 255, (40, 28, 28), np.uint8), (np.arange(40) % 10).astype(np.uint8)
    split = Split(*shown, *shown)
    known = Material(Mnist(*shown, *shown, "m"), split, split, None, "tiny", "tiny")
    before = network.get_weights()
    done = _calibrate(network, own_recipe(Path("mine.keras"), (*"0123456789", "none")), known)
    assert done == adjusted
    after = network.get_weights()
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True)) != adjusted
