"""What a network with "none" learns from: digits as written, as drawn, as cut from pages, and junk.

Everything follows from the seed. What is slow to make (pages, drawn signs) is made once and kept in
the user's cache; what is quick (variations, pieces, pairs, textures) is made anew for each epoch.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_digits.files import written_whole
from train import junk
from train.augment import augment
from train.cache import kept_arrays
from train.drawn import draw_digits
from train.files import CACHE, writing
from train.mnist import Mnist, Split, cache_dir
from train.omniglot import load_omniglot
from train.pages import NONE, Crops, cut_pages
from train.stretch import stretch
from train.typeset import typeset, typeset_digits

_VERSION: Final = 10
"""Raised when what the cache holds would come out differently."""
_PAGES: Final = 2400
_DRAWN: Final = 10
"""Digits drawn for one page."""
_HELD_PAGES: Final = 240
_FADE: Final = 0.8
_FADED: Final = 0.1
_SHARES: Final = {"pages": 0.3, "drawn": 0.16, "page junk": 0.22, "signs": 0.12, "letters": 0.1}
"""How many crops of each kind an epoch takes, for one MNIST picture."""
_FRESH: Final = {
    "pairs": 0.09,
    "pieces": 0.05,
    "turned": 0.03,
    "scratches": 0.04,
    "glyphs": 0.03,
    "textures": 0.04,
}
"""The same for what is made anew each time."""
_OWN: Final = 0.1
"""Most of a user's own pictures in an epoch, for one MNIST picture."""
_REPEATED: Final = 20
"""How often each of them is seen in an epoch, each time varied anew, where there are few."""
_NAMES: Final = (
    "MNIST digits",
    "digits cut from rendered pages",
    "digits drawn with strokes or printed",
    "cut-outs of such pages that are no digit",
    "letters, operators and doodles by hand and in print",
    "characters of Omniglot",
    "pairs of digits",
    "ends of digits",
    "digits on their side or in a mirror",
    "stray strokes",
    "signs of no alphabet",
    "textures",
)


@dataclass(frozen=True)
class Stock:
    """What is made once; images are uint8 (n, 28, 28), white on black."""

    mnist: Crops
    """MNIST's digits."""
    pages: Crops
    """Digits cut from rendered pages."""
    drawn: Crops
    """Digits drawn with strokes of our own (`train.drawn`), and some in print (`train.typeset`)."""
    page_junk: NDArray[np.uint8]
    """What else segmentation finds on those pages."""
    signs: NDArray[np.uint8]
    """Letters, operators, doodles, by hand and in print."""
    letters: NDArray[np.uint8]
    """Omniglot's characters; may be empty."""
    own: Crops | None = None
    """A user's own pictures."""

    def digest(self) -> str:
        """Return a SHA-256 that names exactly this material."""
        parts = (self.mnist, self.pages, self.drawn)
        arrays = [a for part in parts for a in (part.images, part.labels)]
        digest = hashlib.sha256()
        own = () if self.own is None else (self.own.images, self.own.labels)
        for array in (*arrays, self.page_junk, self.signs, self.letters, *own):
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()


def gather(
    mnist: Mnist,
    split: Split,
    *,
    omniglot: Path | None = None,
    own: Crops | None = None,
    share: float = 1.0,
    progress_bar: bool = False,
) -> tuple[Stock, Split]:
    """Make or find everything to learn from, and add junk and cut-out digits to the validation set.

    Args:
        mnist: The data; its digest names the cached files.
        split: How MNIST's training pictures are divided: neither part sees the other's digits.
        omniglot: Omniglot's archive; None means the cache or a download.
        own: A user's own pictures, to be learnt from as well.
        share: Less than 1 for a quick run with fewer pages.
        progress_bar: Show a bar on stderr.

    Returns:
        The stock, and the split with a larger validation set in which "none" occurs.

    Raises:
        DataError: Omniglot is missing or another archive.
        OutputError: The cache cannot be written.
    """
    letters = load_omniglot(omniglot)
    fitted = Crops(split.fit_images, split.fit_labels)
    held = Crops(split.validation_images, split.validation_labels)
    stock, checked = (
        _stock(source, made, letters)
        for seed, (source, pages) in enumerate(((fitted, _PAGES), (held, _HELD_PAGES)))
        for made in [_made(mnist.digest, source, seed, max(8, round(pages * share)), progress_bar)]
    )
    rng = np.random.Generator(np.random.PCG64(1))
    extra = [
        Crops(pictures, np.full(len(pictures), NONE, np.uint8))
        for pictures in (
            checked.page_junk,
            checked.signs,
            *_fresh(held, len(held.images), rng),
        )
    ]
    validation = Crops.joined([held, checked.pages, *extra])
    stock = replace(stock, own=own)
    return stock, Split(split.fit_images, split.fit_labels, validation.images, validation.labels)


class Lessons:
    """The crops of each epoch: `lessons(epoch)` is the same whenever it is asked for."""

    def __init__(self, stock: Stock, *, seed: int, epochs: int) -> None:
        """Prepare the lessons of one run.

        Args:
            stock: What there is to learn from.
            seed: Of the run.
            epochs: How many there will be; the variation fades over the last fifth.
        """
        self._stock, self._seed, self._epochs = stock, seed, epochs

    def __len__(self) -> int:
        """Return how many crops an epoch has."""
        return sum(self.counts().values())

    @property
    def own(self) -> bool:
        """Whether a user's own pictures are among them."""
        return self._stock.own is not None

    def counts(self) -> dict[str, int]:
        """Return how many crops of each kind an epoch has, the last six being made anew each time."""
        count = len(self._stock.mnist.images)
        taken = [wanted for wanted, *_ in self._kinds()]
        fresh = [round(share * count) for share in _FRESH.values()]
        names = _NAMES if self._stock.own is None else (*_NAMES[:6], "pictures of your own", *_NAMES[6:])
        return dict(zip(names, (count, *taken, *fresh), strict=True))

    def __call__(self, epoch: int) -> Crops:
        """Make the crops of an epoch, counted from 0, in the order in which they are to be learnt."""
        return self.make(epoch, strength(epoch, self._epochs))

    def make(self, number: int, strength: float) -> Crops:
        """Make a lesson.

        Args:
            number: Which one; the same number and strength give the same lesson.
            strength: How much the crops are varied, 0 to 1.

        Returns:
            Its crops, in the order in which they are to be learnt.
        """
        rng = np.random.Generator(np.random.PCG64([self._seed, number]))
        stock, count = self._stock, len(self._stock.mnist.images)
        parts = [stock.mnist]
        for wanted, images, labels in self._kinds():
            chosen = _draw(rng, len(images), wanted)
            parts.append(Crops(images[chosen], labels[chosen]))
        varied = Crops.joined(parts)
        others = sum(len(part.images) for part in parts[1 : -1 if self.own else None])
        written = np.ones(len(varied.images), bool)
        written[count : count + others] = False
        shaped = stretch(varied.images, varied.labels, rng, strength=strength)
        varied = Crops(augment(shaped, rng, strength=strength), varied.labels)
        fresh = [Crops(made, np.full(len(made), NONE, np.uint8)) for made in _fresh(stock.mnist, count, rng)]
        whole = Crops.joined([varied, *fresh])
        written = np.concatenate([written, np.zeros(len(whole.images) - len(written), bool)])
        # A bare bar is a 1, whatever it was before it was bent.
        doubtful = (whole.labels == NONE) & junk.is_bar(whole.images)
        order = rng.permutation(np.flatnonzero(~doubtful))
        # Every epoch has the same number of steps, so that the learning rate's course is known beforehand.
        order = np.concatenate([order, order[: len(self) - len(order)]])
        return replace(whole, written=written).taken(order)

    def _kinds(self) -> list[tuple[int, NDArray[np.uint8], NDArray[np.uint8]]]:
        """List how many of which crops an epoch takes, besides MNIST's."""
        stock, count = self._stock, len(self._stock.mnist.images)
        kinds = {"pages": stock.pages, "drawn": stock.drawn}
        for kind, images in (
            ("page junk", stock.page_junk),
            ("signs", stock.signs),
            ("letters", stock.letters),
        ):
            kinds[kind] = Crops(images, np.full(len(images), NONE, np.uint8))
        taken = [
            (min(round(_SHARES[kind] * count), 3 * len(crops.images)), crops.images, crops.labels)
            for kind, crops in kinds.items()
        ]
        if stock.own is not None:
            own = stock.own
            taken.append((min(round(_OWN * count), _REPEATED * len(own.images)), own.images, own.labels))
        return taken


def strength(epoch: int, epochs: int) -> float:
    """Say how much the crops of an epoch, counted from 0, are varied: 1 first, less over the last fifth."""
    done = epoch / max(epochs - 1, 1)
    return 1 - (1 - _FADED) * max(0.0, (done - _FADE) / (1 - _FADE))


def _draw(rng: np.random.Generator, size: int, count: int) -> NDArray[np.int64]:
    """Draw so many of `size`, each as often as any other, give or take one."""
    if not size:
        return np.zeros(0, np.int64)
    rounds = -(-count // size)
    return np.concatenate([rng.permutation(size) for _ in range(rounds)] or [np.zeros(0, np.int64)])[:count]


def _fresh(digits: Crops, count: int, rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """Make what is quick to make, in proportion to `count` digits."""
    wanted = {kind: round(share * count) for kind, share in _FRESH.items()}
    return [
        junk.pairs(digits.images, wanted["pairs"], rng),
        junk.pieces(digits.images, digits.labels, wanted["pieces"], rng),
        junk.turned(digits.images, digits.labels, wanted["turned"], rng),
        junk.scratches(wanted["scratches"], rng),
        junk.glyphs(wanted["glyphs"], rng),
        junk.textures(wanted["textures"], rng),
    ]


def _stock(source: Crops, made: dict[str, NDArray[np.uint8]], letters: NDArray[np.uint8]) -> Stock:
    digit = made["page_labels"] != NONE
    return Stock(
        source,
        Crops(made["page_images"][digit], made["page_labels"][digit]),
        Crops(made["drawn_images"], made["drawn_labels"]),
        made["page_images"][~digit],
        made["signs"],
        letters,
    )


def _made(
    digest: str, source: Crops, seed: int, pages: int, progress_bar: bool
) -> dict[str, NDArray[np.uint8]]:
    """Return what is slow to make, from the cache if it is there."""
    place = cache_dir().parent / "crops" / f"v{_VERSION}-{digest[:12]}-{seed}-{pages}.npz"
    found = kept_arrays(place, "page_images", "page_labels", "signs", "drawn_images", "drawn_labels")
    if found is not None:
        return found
    cut = cut_pages(source.images, source.labels, pages=pages, seed=seed, progress_bar=progress_bar)
    rng = np.random.Generator(np.random.PCG64([seed, 1 << 20]))
    signs = np.concatenate(
        [junk.marks(2 * pages, rng), junk.printed(2 * pages, rng), typeset(3 * pages, rng)]
    )
    drawn = Crops.joined([draw_digits(_DRAWN * pages, rng), typeset_digits(pages, rng)])
    made = {
        "page_images": cut.images,
        "page_labels": cut.labels,
        "signs": signs[~junk.is_bar(signs)],
        "drawn_images": drawn.images,
        "drawn_labels": drawn.labels,
    }
    with writing(place.parent, CACHE):
        place.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(place) as file:
            np.savez_compressed(file, **made)
    return made
