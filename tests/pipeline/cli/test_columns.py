"""Columns stand under each other also with Chinese names."""

import doctest

from pipeline.cli import columns
from pipeline.cli.columns import aligned, width


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(columns).failed == 0


def test_every_line_of_a_column_ends_at_the_same_place() -> None:
    lines = aligned([["系统", "均值"], ["a", "1.5"], ["百川（7B）", "1.4"]])
    assert len({width(line) for line in lines}) == 1


def test_an_accent_takes_no_place_of_its_own() -> None:
    assert width("e\u0301") == 1
