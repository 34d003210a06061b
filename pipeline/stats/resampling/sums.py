"""Figures that depend on sums over items only, so that many samples cost one matrix product."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.clusters import Clusters
from pipeline.stats.resampling.intervals import Resampling, Samples, Weights, resampled

AT_ONCE = 2**20  # numbers held at once

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class OfSums:
    """Figures of samples of items, by `figures` from sums over their items.

    `adds` has shape (c, k): what one item of each of k kinds adds to each of c sums. `figures`
    takes shape (c, b), the sums of b samples, and returns (f, b). Sums may be off by rounding, but
    for those of whole numbers.
    """

    adds: Floats
    figures: Callable[[Floats], Floats]

    def __call__(self, weights: Weights) -> Floats:
        """Return the figures of samples, (b, f), from how many items of each kind they have."""
        size = max(1, AT_ONCE // max(1, len(self.adds)))
        return self._of_blocks(weights[at : at + size] for at in range(0, len(weights), size))

    def of_all(self, kinds: NDArray[np.int64]) -> Floats:
        """Return the figures of the items themselves, (f,), of which there are `kinds`, (k,)."""
        return self._of_sums((self.adds @ kinds)[:, None])[:, 0]

    def _of_blocks(self, blocks: Iterable[Weights]) -> Floats:
        rows, places = _distinct(self.adds)
        return np.hstack([self._of_sums((rows @ block.T)[places]) for block in blocks]).T

    def _of_sums(self, sums: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):  # figures say where they are undefined
            return self.figures(sums)

    def sampled(
        self, kinds: NDArray[np.int64], plan: Resampling, clusters: Clusters | None = None
    ) -> Samples:
        """Return what `intervals.sampled` does; sums without an item need no further product.

        `kinds` has shape (k,), how many items there are of each kind; `clusters` of them are drawn
        whole.
        """
        whole = (self.adds @ kinds)[:, None]
        values = self._of_sums(whole).T
        of, counts = self, kinds
        if clusters is not None:
            of, counts = OfSums(clusters.sums(self.adds), self.figures), clusters.counts
        held = counts > 0
        drawn = of._of_blocks(of._gathered(resampled(counts, plan))) if held.any() else values
        parts = np.array_split(of.adds[:, held], 1 + of.adds.size // AT_ONCE, axis=1)
        without = np.hstack([self._of_sums(whole - part) for part in parts]).T
        return Samples(values[0], drawn, without, counts[held])

    def _gathered(self, blocks: Iterable[Weights]) -> Iterator[Weights]:
        """Yield blocks one below the other, as one product of many is faster than many of few."""
        enough = AT_ONCE // max(1, *self.adds.shape)
        held: list[Weights] = []
        for block in blocks:
            held.append(block)
            if sum(map(len, held)) >= enough:
                yield np.concatenate(held)
                held = []
        if held:
            yield np.concatenate(held)


def _distinct(adds: Floats) -> tuple[Floats, Places]:
    """Return the rows that differ, and which of them each row is.

    Many do not differ: where all items have all ratings, what a rater gave is the same beside each
    other rater.
    """
    place_of: dict[bytes, int] = {}
    places = np.array([place_of.setdefault(row.tobytes(), len(place_of)) for row in adds], np.int64)
    _, first = np.unique(places, return_index=True)
    return adds[first], places


def together(parts: Sequence[OfSums]) -> OfSums:
    """Return the figures of all parts, one after the other, from one matrix product.

    >>> mean = OfSums(np.array([[2.0, 4.0], [1.0, 1.0]]), lambda sums: sums[:1] / sums[1:])
    >>> count = OfSums(np.ones((1, 2)), lambda sums: sums)
    >>> together([mean, count])(np.array([[1.0, 1.0], [3.0, 1.0]])).tolist()
    [[3.0, 2.0], [2.5, 4.0]]
    """
    ends = np.cumsum([len(part.adds) for part in parts])[:-1]

    def figures(sums: Floats) -> Floats:
        each = np.split(sums, ends)
        return np.vstack([part.figures(own) for part, own in zip(parts, each, strict=True)])

    return OfSums(np.vstack([part.adds for part in parts]), figures)


def sampled_together(
    parts: Sequence[OfSums],
    kinds: NDArray[np.int64],
    plan: Resampling,
    clusters: Clusters | None = None,
) -> list[Samples]:
    """Return what `OfSums.sampled` does of each part, at the cost of drawing once."""
    samples = together(parts).sampled(kinds, plan, clusters)
    whole = kinds[None].astype(np.float64)
    sizes = [part(whole).shape[1] for part in parts]
    starts = np.cumsum([0, *sizes]).tolist()
    return [
        replace(
            samples,
            values=samples.values[start : start + size],
            drawn=samples.drawn[:, start : start + size],
            without=samples.without[:, start : start + size],
        )
        for start, size in zip(starts, sizes, strict=False)
    ]
