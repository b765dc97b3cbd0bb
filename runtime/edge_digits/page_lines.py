"""The long straight lines of a page: its ruling, its squares, or the joints of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_BLOCK = 8
"""Pixels along a line that are taken together."""
_WINDOWS, _WINDOW = 4, 12
"""So many windows, of so many blocks each, tell whether there may be lines..."""
_CROSSED, _CROSSES = 2, 0.8
"""...if so many of them have as many as a page of lines has, each as long as this share of the window."""
_LEAST = 192
"""Pixels that a picture is wide and high at least."""
_FEWEST = 3
"""Lines that a page of lines has at least."""
_THIN = 7
"""Pixels across that a line is less than."""
_FAINT = 6
"""Contrast of a line at least, of 255."""
_STEP = np.ones((3, 1), np.uint8)
"""How far, in pixels up and down, a line may go from one block to the next: twice this less one."""
_STRONG, _COVERED = 0.2, 0.45
"""Share of the picture's side that one line covers without a gap, and in all, at least."""
_SHORTEST = 4
"""Blocks of a piece, at least."""
_STRAIGHT, _OFF = 0.7, 2.5
"""Share of a line's pieces that lie straight, give or take so many pixels..."""
_DRIFT = 0.03
"""...and so many more for each block that they are apart."""
_SLOPE = 0.25
"""Pixels a block by which the slopes of two pieces of a line differ at most."""
_BENT = 16
"""Blocks of a piece that may be bent as paper is, at least."""
_STIFF, _LITTLE = 1e6, 1e-6
_SPREAD = 1.5
"""Pixels by which places of a line stray, as the weights of a fit have it (Geman and McClure, 1987)."""
_TURNS = 3
"""How often a line is fitted anew, so as to leave out what is off it."""
_DOUBLE = 1.4
"""Places for each of its blocks that a piece has at most: more are a mesh."""
_GAP = 6
"""Blocks between the end of a line and the beginning of what is its next piece."""
_MOST = 80
"""Lines that are followed, the longest first."""
_SMOOTH = 5
"""Blocks over which a line's bends are smoothed."""


@dataclass(frozen=True)
class PageLine:
    """A line from one side towards the other."""

    first: int
    """Pixel along the side at which it begins."""
    across: NDArray[np.float32]
    """Shape (n,), from there on how far from the other side its middle is, in pixels."""


def page_lines(ink: NDArray[np.uint8], *, down: bool = False) -> list[PageLine]:
    """Finds the lines of ruled or squared paper, held askew or seen from aside as they may be.

    Means over short blocks leave thin lines and little of what is written; their ridges are linked to chains,
    and chains on one straight line are a line of the page, bent a little where the paper is (as staff lines
    are traced: Cardoso et al., "Staff detection with stable paths", 2009).

    Args:
        ink: Contrast against the ground, shape (h, w), uint8.
        down: Lines from top to bottom in place of those from left to right.

    Returns:
        The lines; none where there are too few for ruled paper.
    """
    if min(ink.shape) < _LEAST or not _may_have_lines(ink, down=down):
        return []
    thin = _thin(_blocks(ink, down=down))
    ridges = _ridges(thin)
    labels, facts = _chains(ridges)
    if np.count_nonzero(facts[1:, cv2.CC_STAT_WIDTH] >= _STRONG * thin.shape[1]) < _FEWEST:
        return []
    chains = _Chains(thin, ridges, labels, facts)
    return chains.traced(chains.lines(), ink.shape[0 if down else 1])


def _blocks(ink: NDArray[np.uint8], *, down: bool) -> NDArray[np.uint8]:
    """Means over blocks along each row, or each column where lines go down: shape (across, blocks)."""
    height, width = ink.shape
    if down:
        whole = ink[: height // _BLOCK * _BLOCK].reshape(-1, _BLOCK, width)
        return np.ascontiguousarray((whole.sum(axis=1, dtype=np.uint16) // _BLOCK).astype(np.uint8).T)
    size = (width // _BLOCK, height)
    return np.asarray(cv2.resize(ink[:, : size[0] * _BLOCK], size, interpolation=cv2.INTER_AREA), np.uint8)


def _may_have_lines(ink: NDArray[np.uint8], *, down: bool) -> bool:
    """Whether as many chains as a page of lines has go all across some windows of the picture."""
    long = _WINDOW * _BLOCK
    starts = np.linspace(0, ink.shape[0 if down else 1] - long, _WINDOWS).astype(int).tolist()
    windows = [ink[at : at + long] if down else ink[:, at : at + long] for at in starts]
    ridges = _ridges(_thin(_blocks(np.concatenate(windows, axis=0 if down else 1), down=down)))
    # A bare block keeps the windows apart.
    apart = np.pad(ridges.reshape(len(ridges), _WINDOWS, _WINDOW), ((0, 0), (0, 0), (0, 1)))
    facts = _chains(apart.reshape(len(ridges), -1))[1][1:]
    across = facts[facts[:, cv2.CC_STAT_WIDTH] >= _CROSSES * _WINDOW, cv2.CC_STAT_LEFT] // (_WINDOW + 1)
    return bool((np.bincount(across, minlength=_WINDOWS) >= _FEWEST).sum() >= _CROSSED)


def _chains(ridges: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of each place its chain, 0 for none, shape (across, blocks), and OpenCV's facts of each chain."""
    joined = cv2.dilate(ridges.astype(np.uint8), _STEP)
    _, labels, facts, _ = cv2.connectedComponentsWithStats(joined)
    return np.asarray(labels, np.int32), np.asarray(facts, np.int32)


def _thin(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is no thicker than a line across, shape (across, blocks), uint8."""
    kernel = np.ones((_THIN, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(blocks, cv2.MORPH_TOPHAT, kernel), np.uint8)


def _ridges(thin: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where it is boldest, shape (across, blocks)."""
    padded = cv2.copyMakeBorder(thin, 2, 2, 0, 0, cv2.BORDER_CONSTANT, value=0)
    before = np.maximum(padded[:-4], padded[1:-3])
    after = np.maximum(padded[3:-1], padded[4:])
    return (thin >= _FAINT) & (thin > before) & (thin >= after)


class _Bow(NamedTuple):
    """Parabolas, one for each of n chains."""

    middle: NDArray[np.float64]
    """Shape (n,), block in the middle of each chain."""
    width: NDArray[Any]
    """Shape (n,), in blocks."""
    bow: NDArray[np.float64]
    """Shape (n, 3): row there, and how it changes with the chain's widths from there, and their square."""

    def at(
        self, block: NDArray[Any], chains: NDArray[np.int64] | slice = slice(None)
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Row and slope, pixels and pixels a block, of each chain at a block."""
        along = (block - self.middle[chains]) / self.width[chains]
        row, rise, bend = self.bow[chains].T
        return row + along * (rise + along * bend), (rise + 2 * along * bend) / self.width[chains]


class _Chains:
    """Ridges next to each other, and which of these chains are pieces of lines.

    Args:
        thin: Contrast of what is thin, shape (across, blocks), uint8.
        ridges: Where it is boldest, of the same shape.
        labels: The chain of each place, of the same shape, 0 for none.
        facts: Of each chain, as OpenCV tells them.
    """

    def __init__(
        self,
        thin: NDArray[np.uint8],
        ridges: NDArray[np.bool_],
        labels: NDArray[np.int32],
        facts: NDArray[np.int32],
    ) -> None:
        self._thin = thin
        long = facts[:, cv2.CC_STAT_WIDTH] >= _SHORTEST
        long[0] = False
        self._left, self._width = facts[long, cv2.CC_STAT_LEFT], facts[long, cv2.CC_STAT_WIDTH]
        self._row, self._block = np.nonzero(ridges)
        of = labels[self._row, self._block]
        kept = long[of]
        self._row, self._block, self._of = self._row[kept], self._block[kept], (np.cumsum(long) - 1)[of[kept]]
        count = len(self._left)

        def total(values: NDArray[Any]) -> NDArray[np.float64]:
            return np.asarray(np.bincount(self._of, values, count), np.float64)

        places = total(np.ones(len(self._of)))
        middle = self._left + (self._width - 1) / 2
        along = (self._block - middle[self._of]) / self._width[self._of]
        powers = np.cumprod([np.ones_like(along), *[along] * 4], axis=0)
        # A short piece has no bend that could be told from the pixels' steps.
        stiff = (
            np.eye(3) * np.where(self._width < _BENT, [[_LITTLE], [_LITTLE], [_STIFF]], _LITTLE).T[:, None]
        )
        weight = np.ones(len(self._of))
        for _ in range(_TURNS):
            # What joins a line where it ends, such as a plank of the desk, is not to turn it.
            moments = np.stack([total(weight * power) for power in powers], axis=1)
            sides = np.stack([total(weight * self._row * power) for power in powers[:3]], axis=1)
            squares = moments[:, np.arange(3)[:, None] + np.arange(3)]
            bow = np.linalg.solve(squares + stiff, sides[..., None])[..., 0]
            off = np.abs(np.einsum("ik,ki->i", bow[self._of], powers[:3]) - self._row)
            weight = 1 / np.square(1 + np.square(off / _SPREAD))
        self._bow = _Bow(middle, self._width, np.asarray(bow, np.float64))
        self._straight = off <= _OFF
        on_it = total(self._straight) >= _STRAIGHT * places
        self._fine = on_it & (places <= _DOUBLE * self._width)

    def lines(self) -> list[NDArray[np.int64]]:
        """The chains that each line is made of; none where there are too few lines."""
        blocks = self._thin.shape[1]
        left = np.flatnonzero(self._fine)
        left = left[np.argsort(-self._width[left], kind="stable")]
        found = []
        for _ in range(_MOST):
            if not len(left) or self._width[left[0]] < _STRONG * blocks:
                break
            mine = self._on_line_with_first(left)
            if self._width[left[mine]].sum() >= _COVERED * blocks:
                found.append(left[mine])
            left = left[~mine]
        if len(found) < _FEWEST:
            return []
        free = self._fine.copy()
        free[np.concatenate(found)] = False
        return [self._continued(line, np.flatnonzero(free)) for line in found]

    def _continued(self, line: NDArray[np.int64], free: NDArray[np.int64]) -> NDArray[np.int64]:
        """The chains of a line with those among others that go on where it ends, where paper is bent."""
        begins, ends = self._left, self._left + self._width
        begin, end = self._bow.at(begins)[0], self._bow.at(ends)[0]
        while len(free):
            first, last = line[begins[line].argmin()], line[ends[line].argmax()]
            after = (begins[free] >= ends[last]) & (begins[free] < ends[last] + _GAP)
            before = (ends[free] <= begins[first]) & (ends[free] > begins[first] - _GAP)
            after &= np.abs(begin[free] - end[last]) < _OFF
            before &= np.abs(end[free] - begin[first]) < _OFF
            if not (after | before).any():
                break
            line, free = np.append(line, free[after | before]), free[~(after | before)]
        return line

    def _on_line_with_first(self, chains: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some chains lie on one line with the first of them."""
        first = chains[:1]
        begin, end = self._left[first], self._left[first] + self._width[first]
        gap = np.maximum(self._left[chains] - end, begin - self._left[chains] - self._width[chains])
        middle = self._bow.middle[chains]
        nearest = np.clip(middle, begin, end)
        row, slope = self._bow.at(nearest, first)
        own_row, own_slope = self._bow.at(middle, chains)
        off = np.abs(row + slope * (middle - nearest) - own_row)
        mine = off < _OFF + _DRIFT * (np.maximum(gap, 0) + self._width[chains])
        mine &= np.abs(own_slope - slope) < _SLOPE
        mine[0] = True
        return np.asarray(mine, np.bool_)

    def traced(self, lines: list[NDArray[np.int64]], length: int) -> list[PageLine]:
        """Where lines, told by their chains, run in a picture of so many pixels along them."""
        line_of = np.full(len(self._fine), -1)
        for k, chains in enumerate(lines):
            line_of[chains] = k
        kept = (line_of[self._of] >= 0) & self._straight
        row, block, line = self._row[kept], self._block[kept], line_of[self._of[kept]]
        # A line's middle lies between pixels.
        weight, moment = np.zeros(len(row)), np.zeros(len(row))
        for off in range(-(_THIN // 2), _THIN // 2 + 1):
            bold = self._thin[np.clip(row + off, 0, len(self._thin) - 1), block]
            weight += bold
            moment += bold * (row + off)
        shape = (len(lines), self._thin.shape[1])
        place = line * shape[1] + block
        weights, moments = (
            np.asarray(np.bincount(place, each, shape[0] * shape[1]), np.float64).reshape(shape)
            for each in (weight, moment)
        )
        return [_smooth(weights[k], moments[k], length) for k in range(len(lines))]


def _smooth(weight: NDArray[np.float64], moment: NDArray[np.float64], length: int) -> PageLine:
    """A line from the ridges in each block, shape (n,): their contrast, and that times their row.

    At most so many pixels long.
    """
    seen = np.flatnonzero(weight)
    row = moment[seen] / weight[seen]
    slope = (row[-1] - row[0]) / max(1, seen[-1] - seen[0])
    bends = np.pad(row - slope * seen, _SMOOTH // 2, mode="edge")
    bends = np.convolve(bends, np.full(_SMOOTH, 1 / _SMOOTH), "valid")
    # Of the block where a line ends it covers a part.
    first, last = _BLOCK * max(0, int(seen[0]) - 1), min(length, _BLOCK * (int(seen[-1]) + 2))
    along = (np.arange(first, last) - (_BLOCK - 1) / 2) / _BLOCK
    return PageLine(first, np.asarray(slope * along + np.interp(along, seen, bends), np.float32))
