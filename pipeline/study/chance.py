"""Seeded chance: whatever a study draws at random begins here, and can be replayed."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def dice(seed: int | str) -> random.Random:
    """Return the generator of a seed; a study's seed with a purpose gives each draw its own.

    >>> dice("7 order li").random() == dice("7 order li").random()
    True
    """
    return random.Random(seed)  # noqa: S311  drawn to be replayed, not to be secret


def shuffled(things: Sequence[T], *, seed: int | str) -> list[T]:
    """Return the things in a random order."""
    return dice(seed).sample(things, k=len(things))
