"""What lies in the user's cache: taken if it is whole, made anew if not, and told if it cannot be written."""

from __future__ import annotations

import numpy as np
import pytest

from edge_digits.errors import OutputError
from tests.train.conftest import draw
from train import lessons, omniglot
from train.cache import kept_arrays
from train.lessons import Stock, _made
from train.pages import Crops
from train.teach import Taught


@pytest.fixture
def kept(tmp_path):
    """Drawn digits as the caches keep them: compressed."""
    rng = np.random.default_rng(3)
    np.savez_compressed(tmp_path / "kept.npz", images=np.stack([draw(i % 10, rng) for i in range(20)]))
    return tmp_path / "kept.npz"


def flipped(contents: bytes, place: int) -> bytes:
    return contents[:place] + bytes([contents[place] ^ 0xFF]) + contents[place + 1 :]


def test_what_is_whole_is_taken_and_what_is_missing_is_not_complained_about(kept, caplog):
    assert kept_arrays(kept, "images")["images"].shape == (20, 28, 28)
    assert kept_arrays(kept.with_name("other.npz"), "images") is None
    assert caplog.text == ""


def test_whichever_byte_is_damaged_nothing_is_raised_and_it_is_logged(kept, caplog):
    contents = kept.read_bytes()
    for place in range(0, len(contents), 7):
        kept.write_bytes(flipped(contents, place))
        caplog.clear()
        assert kept_arrays(kept, "images") is None or caplog.text == ""
    assert kept_arrays(kept, "labels") is None
    assert "it is made anew" in caplog.text


def test_crops_with_a_damaged_byte_are_cut_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rng = np.random.default_rng(4)
    labels = (np.arange(20) % 10).astype(np.uint8)
    digits = Crops(np.stack([draw(int(label), rng) for label in labels]), labels)
    first = _made("a" * 12, digits, 0, 1, False)
    (place,) = tmp_path.rglob("crops/*.npz")
    contents = place.read_bytes()
    place.write_bytes(flipped(contents, len(contents) // 2))
    again = _made("a" * 12, digits, 0, 1, False)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert place.read_bytes() == contents


def test_a_cache_that_cannot_be_written_is_told_with_what_moves_it(tmp_path, monkeypatch):
    """--out does not move it."""
    (tmp_path / "edge-digits").write_bytes(b"a file, no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(lessons, "cut_pages", lambda *_, **__: few)
    monkeypatch.setattr(omniglot, "DIGEST", omniglot.hashlib.sha256(b"letters").hexdigest())
    archive = tmp_path / "letters.zip"
    archive.write_bytes(b"letters")
    monkeypatch.setattr(omniglot, "URL", archive.as_uri())
    few = Crops(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8))
    stock = Stock(few, few, few, few.images, few.images, few.images)
    taught = Taught(
        lessons.Lessons(stock, seed=0, epochs=1), [], few, name="a" * 64, seed=0, epochs=1, softness=1
    )
    for write in (
        lambda: _made("a" * 12, few, 0, 1, False),
        lambda: taught.keep(0, few),
        lambda: omniglot.load_omniglot(None),
    ):
        with pytest.raises(OutputError, match="cannot be written") as refused:
            write()
        assert "XDG_CACHE_HOME" in refused.value.remedy
        assert "--out" not in refused.value.remedy
