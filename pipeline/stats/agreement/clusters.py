"""Clusters of items that are drawn whole, such as the answers to one question."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 2**22  # numbers held at once

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """How many clusters there are of each of m kinds: of one kind are those with the same items.

    `kinds` has the kind of each item, one of `size`, of one cluster of each kind after the other;
    `starts`, shape (m,), says where each begins, `counts`, shape (m,), how many there are of it.
    """

    kinds: Places
    starts: Places
    counts: Places
    size: int

    def sums(self, adds: Floats) -> Floats:
        """Return what a cluster of each kind adds, (c, m), from what an item does, (c, size)."""
        parts = np.array_split(adds, 1 + len(adds) * self.kinds.size // AT_ONCE)
        return np.vstack(
            [np.add.reduceat(part[:, self.kinds], self.starts, axis=1) for part in parts]
        )

    def items(self, weights: Floats) -> Floats:
        """Return how many items of each kind samples have, (b, size), from clusters, (b, m)."""
        members = np.zeros((self.starts.size, self.size))
        lengths = np.diff(self.starts, append=self.kinds.size)
        np.add.at(members, (np.repeat(np.arange(self.starts.size), lengths), self.kinds), 1)
        return weights @ members


def clusters_of(kinds: Places, clusters: Places) -> Clusters | None:
    """Return the clusters of items, None where each is one of its own.

    `kinds` and `clusters` have shape (items,): the kind and the cluster of each, as places from 0.

    Two clusters have an item of the first kind and one of the second, one has the second alone:

    >>> found = clusters_of(np.array([0, 1, 1, 0, 1]), np.array([5, 5, 2, 3, 3]))
    >>> found.kinds.tolist(), found.starts.tolist(), found.counts.tolist()
    ([0, 1, 1], [0, 2], [2, 1])
    >>> found.sums(np.array([[1.0, 10.0]])).tolist(), found.items(np.array([[2.0, 1.0]])).tolist()
    ([[11.0, 10.0]], [[2.0, 3.0]])
    """
    if apart(clusters):
        return None
    order = np.lexsort((kinds, clusters))
    ends = np.flatnonzero(np.diff(clusters[order])) + 1
    found = Counter(tuple(own.tolist()) for own in np.split(kinds[order], ends))
    each = sorted(found)  # so that no order of items changes what is drawn
    lengths = np.array([len(own) for own in each], dtype=np.int64)
    return Clusters(
        kinds=np.concatenate([np.array(own, dtype=np.int64) for own in each]),
        starts=np.cumsum(lengths) - lengths,
        counts=np.array([found[own] for own in each], dtype=np.int64),
        size=int(kinds.max()) + 1,
    )


def apart(clusters: Places | None) -> bool:
    """Say whether each item is a cluster of its own, as it is without any.

    >>> apart(np.array([4, 2, 3])), apart(np.array([4, 2, 4])), apart(None)
    (True, False, True)
    """
    return clusters is None or np.unique(clusters).size == clusters.size


def several(clusters: Places) -> Places | None:
    """Return the clusters, None where none has several items, so that items are what is drawn."""
    return None if apart(clusters) else clusters
