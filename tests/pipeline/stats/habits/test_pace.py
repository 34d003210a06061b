"""Seconds an item, and how many were too few to read it."""

import numpy as np

from pipeline.stats.habits.pace import Pace, pace

NONE = np.nan


def test_only_items_whose_seconds_and_text_are_known_can_be_fast() -> None:
    found = pace(np.array([3.0, 30, NONE, 4]), np.array([10.0, 10, 10, NONE]))
    assert (found.n, found.median, found.timed, found.fast) == (3, 4.0, 2, 1)


def test_no_seconds_give_no_figure() -> None:
    assert pace(np.full(3, NONE), np.ones(3)) == Pace(0, None, None, None, 0, 0)
