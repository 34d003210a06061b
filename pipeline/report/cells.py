"""Show a report's figures as its tables and sentences do."""

from collections.abc import Callable

from pipeline.report.document.blocks import Cell, Number, Piece, Source

NONE = "–"
Show = Callable[[Number | None], str]


def places(value: Number | None, digits: int = 3) -> str:
    """Return a number with so many decimals, and a dash for none.

    >>> places(1.7324), places(-0.25), places(-0.0001), places(None)
    ('1.732', '−0.250', '0.000', '–')
    """
    return NONE if value is None else f"{value:z.{digits}f}".replace("-", "\N{MINUS SIGN}")


def two_places(value: Number | None) -> str:
    return places(value, 2)


def percent(value: Number | None) -> str:
    return NONE if value is None else f"{value:.1%}"


def p_text(value: float | None) -> str:
    """Return a p-value as papers print it in a table.

    >>> p_text(0.04567), p_text(0.00001), p_text(None)
    ('0.046', '<0.001', '–')
    """
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def p_said(value: float | None, name: str = "p") -> str:
    """Return a p-value as papers print it in a sentence.

    >>> p_said(0.04567), p_said(0.00001), p_said(None)
    ('p = 0.046', 'p < 0.001', 'no p')
    """
    if value is None:
        return f"no {name}"
    return f"{name} < 0.001" if value < 0.001 else f"{name} = {value:.3f}"


def with_interval(
    value: Number | None, low: float | None, high: float | None, show: Show = places
) -> str:
    """Return a figure with its interval in brackets, if it has one.

    >>> with_interval(0.25, -0.125, 0.5, two_places), with_interval(0.25, None, None, two_places)
    ('0.25 (−0.12 to 0.50)', '0.25')
    """
    if low is None or high is None:
        return show(value)
    return f"{show(value)} ({show(low)} to {show(high)})"


def value_cell(source: Source, shown: str) -> Cell:
    return Cell(shown, (source.value,), source.id)


def interval_cell(source: Source, show: Show = places) -> Cell:
    """Return a figure and its interval in one cell, of three values in a file of data."""
    values = (source.value, source.low, source.high)
    return Cell(interval_text(source, show), values, source.id)


def interval_text(source: Source, show: Show = places) -> str:
    return with_interval(source.value, source.low, source.high, show)


def said(source: Source, show: Show = places) -> Piece:
    """Return a figure with its interval as a piece of running text."""
    return Piece(interval_text(source, show), id=source.id)
