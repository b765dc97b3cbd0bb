"""Cards that are held up before a webcam, and the command that writes them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from train.scenes.__main__ import main
from train.scenes.cards import KINDS, SIZE, card_at_rest, cards


def test_every_kind_comes_as_often_and_holds_what_it_is_named_for() -> None:
    shown = list(cards(2, seed=3))
    assert [card.kind for card in shown] == [kind for kind in KINDS for _ in range(2)]
    for card in shown:
        assert card.image.shape == (SIZE[1], SIZE[0], 3)
        assert card.image.dtype == np.uint8
        lines = card.text.split("\n")
        fits = {"lines": len(lines) <= 4, "number": len(card.text) in (1, 2), "blank": card.text == ""}
        assert fits[card.kind], card.text
        assert card.kind == "blank" or all(line.isdigit() and len(line) <= 6 for line in lines)


def test_a_seed_gives_the_same_cards_and_another_seed_others() -> None:
    once, again, other = (card_at_rest("number", seed, 1) for seed in (5, 5, 6))
    assert np.array_equal(once.image, again.image)
    assert once.text == again.text
    assert not np.array_equal(once.image, other.image)


def test_the_command_writes_pictures_and_their_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", "--each", "1", "--seed", "7", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'labels.csv'}: 3 pictures\n"
    with (tmp_path / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["category"] for row in rows] == [f"card: {kind}" for kind in KINDS]
    assert [row["kind"] for row in rows][-1] == "none"
    assert rows[0]["reading_order_text"] == card_at_rest("lines", 7).text.replace("\n", "/")
    assert all((tmp_path / row["file"]).is_file() for row in rows)


def test_a_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", "--each", "1", "--out", str(tmp_path / "missing")]) == 1
    assert "There is no folder" in capsys.readouterr().err
