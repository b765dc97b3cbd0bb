"""The data: what is read, what is refused, what is fetched and what stays in the cache."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from edge_digits.errors import OutputError
from train.mnist import DataError, Mnist, cache_dir, load_mnist, split_validation

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
FIRST_HELD = [17, 28, 50, 66]
HELD_DIGEST = "3be9260cec567ec47124fc8604463e3191d946661f9daed62b81d557d377fce1"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return cache_dir()


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_pictures_and_labels_come_back_as_written(data, files, digests):
    mnist = load_mnist(data, digests=digests)
    assert mnist.train_images.shape == (240, 28, 28)
    assert mnist.test_images.shape == (60, 28, 28)
    assert mnist.train_images.dtype == mnist.train_labels.dtype == np.uint8
    assert mnist.train_images.tobytes() == files[IMAGES][16:]
    assert mnist.train_labels.tolist() == [i % 10 for i in range(240)]


def test_unzipped_files_are_as_good(data, files, digests):
    for name, contents in files.items():
        (data / f"{name}.gz").unlink()
        (data / name).write_bytes(contents)
    assert load_mnist(data, digests=digests).digest == load_mnist(data, digests=None).digest


def test_the_digest_names_the_data(data, files, digests):
    before = load_mnist(data, digests=None).digest
    (data / f"{LABELS}.gz").write_bytes(gzip.compress(files[LABELS][:-1] + b"\x05"))
    assert load_mnist(data, digests=None).digest != before


def test_a_missing_file_is_named_with_the_remedy(data, digests):
    (data / f"{LABELS}.gz").unlink()
    with pytest.raises(DataError, match=rf"{LABELS}.gz is missing\n.*--data wants"):
        load_mnist(data, digests=digests)


def test_a_missing_folder_is_told_from_a_missing_file(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        load_mnist(tmp_path / "nowhere")


def test_other_contents_than_published_are_refused_by_name(data):
    with pytest.raises(DataError, match=rf"{IMAGES}.gz is not the published MNIST file.*\n.*--own-data"):
        load_mnist(data)


def test_a_file_cut_short_is_refused_by_name(data, digests):
    path = data / f"{IMAGES}.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=rf"{IMAGES}.gz is damaged"):
        load_mnist(data, digests=digests)


@pytest.mark.parametrize(
    ("name", "change", "complaint"),
    [
        (IMAGES, lambda raw: raw[:-1], "truncated or overlong"),
        (IMAGES, lambda raw: raw + b"\0", "truncated or overlong"),
        (IMAGES, lambda raw: raw[:3], "does not hold 28x28 pictures"),
        (IMAGES, lambda raw: raw[:3] + b"\x01" + raw[4:], "does not hold 28x28 pictures"),
        (IMAGES, lambda raw: raw[:15] + b"\x1b" + raw[16:], "does not hold 28x28 pictures"),
        (IMAGES, lambda raw: raw[:4] + bytes(4) + raw[8:16], "is empty"),
        (LABELS, lambda raw: b"", "does not hold labels"),
        (LABELS, lambda raw: raw[:7] + bytes([raw[7] - 1]) + raw[8:-1], "239 labels for 240 pictures"),
        (LABELS, lambda raw: raw[:-1] + b"\x0a", "the label 10"),
    ],
)
def test_malformed_own_data_is_refused_by_name(data, files, name, change, complaint):
    (data / f"{name}.gz").write_bytes(gzip.compress(change(files[name])))
    with pytest.raises(DataError, match=complaint) as caught:
        load_mnist(data, digests=None)
    assert name in caught.value.problem
    assert caught.value.remedy


def test_a_download_is_kept_and_not_asked_for_again(mirror, cache, digests):
    first = load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    assert len(mirror.asked) == 4
    assert sorted(leftovers(cache)) == sorted(f"{name}.gz" for name in digests)
    second = load_mnist(mirrors=[], digests=digests, progress=False)
    assert first.digest == second.digest
    assert len(mirror.asked) == 4


def test_the_second_mirror_is_asked_when_the_first_fails(mirror, cache, digests):
    nobody = mirror.url.replace("/mnist/", "/nothing-here/")
    mnist = load_mnist(mirrors=[nobody, mirror.url], digests=digests, progress=False)
    assert len(mnist.train_images) == 240
    assert len(mirror.asked) == 8


def test_a_download_that_breaks_off_leaves_nothing(mirror, cache, digests):
    mirror.announce_more = 50
    with pytest.raises(DataError, match="broke off after"):
        load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    assert leftovers(cache) == []


def test_a_mirror_with_a_file_cut_short_is_refused(mirror, cache, digests):
    mirror.pages = {path: body[: len(body) // 2] for path, body in mirror.pages.items()}
    with pytest.raises(DataError, match="is damaged"):
        load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    assert leftovers(cache) == []


def test_a_mirror_with_other_contents_is_refused(mirror, cache, digests):
    mirror.pages[f"/mnist/{IMAGES}.gz"] = gzip.compress(b"something else")
    with pytest.raises(DataError, match="wrong SHA-256"):
        load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    assert leftovers(cache) == []


def test_when_no_mirror_answers_each_is_named_with_the_way_out(cache, digests, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    dead = ["http://127.0.0.1:9/one/", "http://127.0.0.1:9/two/"]
    with pytest.raises(DataError, match=r"/one/(.|\n)*/two/(.|\n)*--data DIR"):
        load_mnist(mirrors=dead, digests=digests, progress=False)


def test_a_damaged_file_in_the_cache_is_fetched_again(mirror, cache, digests):
    load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    (cache / f"{IMAGES}.gz").write_bytes(b"\x1f\x8bgarbage")
    load_mnist(mirrors=[mirror.url], digests=digests, progress=False)
    assert len(mirror.asked) == 5
    assert (
        hashlib.sha256(gzip.decompress((cache / f"{IMAGES}.gz").read_bytes())).hexdigest() == digests[IMAGES]
    )


def test_a_cache_that_cannot_be_made_is_an_output_error(tmp_path, monkeypatch, digests):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="XDG_CACHE_HOME"):
        load_mnist(mirrors=[], digests=digests)


def test_downloads_cannot_go_unverified():
    with pytest.raises(ValueError, match="needs a folder"):
        load_mnist(digests=None)


def numbered(count: int) -> Mnist:
    """A data set whose pictures are their own numbers."""
    numbers = np.arange(count, dtype=np.uint32).reshape(-1, 1, 1)
    return Mnist(numbers, np.arange(count) % 10, numbers[:0], np.arange(0), "")


def test_no_validation_picture_is_learnt_from():
    split = split_validation(numbered(60_000))
    fit, held = set(split.fit_images.flat), set(split.validation_images.flat)
    assert (len(fit), len(held)) == (55_000, 5_000)
    assert not fit & held
    np.testing.assert_array_equal(split.validation_labels, split.validation_images.ravel() % 10)


def test_the_validation_pictures_are_the_same_everywhere():
    held = split_validation(numbered(60_000)).validation_images.astype("<u4")
    assert held.ravel()[:4].tolist() == FIRST_HELD
    assert hashlib.sha256(held.tobytes()).hexdigest() == HELD_DIGEST


def test_another_seed_holds_out_others():
    one, other = (split_validation(numbered(600), seed=seed).validation_images for seed in (0, 1))
    assert one.shape == other.shape
    assert not np.array_equal(one, other)


def test_the_published_files_are_accepted(mnist_dir):
    mnist = load_mnist(mnist_dir)
    assert mnist.train_images.shape == (60_000, 28, 28)
    assert np.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
