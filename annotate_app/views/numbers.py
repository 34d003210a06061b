"""Show figures on a page: rounded, with their interval, and a dash for what cannot be told."""

from collections.abc import Mapping
from typing import Any

NOTHING = "–"


def value(figure: Mapping[str, Any], digits: int = 3) -> str:
    """Return a figure as it is shown; one that cannot be told is a dash."""
    return rounded(figure.get("value"), digits)


def with_interval(figure: Mapping[str, Any], digits: int = 3) -> str:
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None:
        return value(figure, digits)
    return f"{value(figure, digits)} [{rounded(low, digits)}, {rounded(high, digits)}]"


def rounded(number: float | None, digits: int = 3) -> str:
    """Return a number with a minus that is told from a dash.

    >>> rounded(-0.12345), rounded(None)
    ('−0.123', '–')
    """
    return NOTHING if number is None else f"{number:z.{digits}f}".replace("-", "−")


def percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.1%}"


def p_value(p: float | None) -> str:
    """Return a p value as it is printed; none is shown as 0.

    >>> p_value(0.04321), p_value(0.00001)
    ('0.0432', '< 0.0001')
    """
    if p is None:
        return NOTHING
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def p_said(p: float) -> str:
    """Return a p value as a sentence says it.

    >>> p_said(0.04321), p_said(0.00001)
    ('p = 0.0432', 'p < 0.0001')
    """
    told = p_value(p)
    return f"p {told}" if told.startswith("<") else f"p = {told}"


def reasons(found: Any) -> dict[str, str]:
    """Return why figures, or their intervals, cannot be told: each code with its sentence."""
    told: dict[str, str] = {}
    _collect(found, told)
    return told


def _collect(found: Any, told: dict[str, str]) -> None:
    if isinstance(found, Mapping):
        if isinstance(found.get("reason"), str):
            told.setdefault(found["code"], found["reason"])
        for each in found.values():
            _collect(each, told)
    elif isinstance(found, list):
        for each in found:
            _collect(each, told)
