"""Kinds of items: those that no figure tells apart are counted, not looked at again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.clusters import Clusters, clusters_of
from pipeline.stats.ratings import Codes, Ratings

Floats = NDArray[np.float64]

LARGEST = 2**62


@dataclass(frozen=True)
class Kinds:
    """One item of each of k kinds, as ratings of k columns, and how many `items` there are of each.

    Items are of one kind if each rater gave them the same. Those that nobody rated are left out.
    `clusters` are those that are drawn whole, None where each item is drawn by itself.
    """

    ratings: Ratings
    items: NDArray[np.int64]
    clusters: Clusters | None = None


def kinds_of(ratings: Ratings) -> Kinds:
    """Return the kinds of items.

    >>> scale = np.array([0.0, 1.0])
    >>> found = kinds_of(Ratings(np.array([[0, 1, 0, -1], [1, 0, 1, -1]]), scale))
    >>> found.ratings.codes.tolist(), found.items.tolist()
    ([[1, 0], [0, 1]], [1, 2])
    """
    there = np.flatnonzero(ratings.given.any(axis=0))
    rated, clusters = ratings.codes[:, there], ratings.clusters_at(there)
    if not rated.size:
        return Kinds(Ratings(rated[:, :0], ratings.levels), np.empty(0, dtype=np.int64))
    columns, items = _different(rated, ratings.q + 1)
    kinds = Ratings(columns, ratings.levels)
    if clusters is None:
        return Kinds(kinds, items)
    return Kinds(kinds, items, clusters_of(_places(rated, columns), clusters))


def _different(codes: Codes, base: int) -> tuple[Codes, NDArray[np.int64]]:
    """Return the different columns and how many there are of each; codes are -1 to base - 2."""
    if base ** len(codes) > LARGEST:
        return np.unique(codes, axis=1, return_counts=True)
    numbers = base ** np.arange(len(codes)) @ (codes + 1)  # sorted far faster than columns
    _, first, items = np.unique(numbers, return_index=True, return_counts=True)
    return codes[:, first], items


def _places(codes: Codes, columns: Codes) -> NDArray[np.int64]:
    """Return which of the different columns each one is."""
    place_of = {column.tobytes(): place for place, column in enumerate(columns.T)}
    return np.array([place_of[column.tobytes()] for column in codes.T], dtype=np.int64)


def of_those_who_rated(ratings: Ratings) -> Ratings:
    """Return the ratings without raters who gave none."""
    return ratings.of_raters(np.flatnonzero(ratings.given.any(axis=1)))


def value_counts(ratings: Ratings) -> Floats:
    """Return how often each value was given to each item, shape (items, q)."""
    found: Floats = one_hot(ratings).sum(axis=0)
    return found


def one_hot(ratings: Ratings) -> Floats:
    """Return whether a rater gave an item a value, as 0 or 1, shape (raters, items, q)."""
    given: NDArray[np.bool_] = ratings.codes[:, :, None] == np.arange(ratings.q)
    return given.astype(np.float64)
