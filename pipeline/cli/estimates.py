"""Print figures with their intervals: for the JSON contract, and for a person."""

from typing import Any

from pipeline.stats.resampling.intervals import Estimate

NONE = "-"


def as_object(estimate: Estimate) -> dict[str, Any]:
    """Return the contract's interval; what cannot be told says why."""
    if estimate.value is None:
        return {"value": None, "code": estimate.code, "reason": estimate.reason}
    found: dict[str, Any] = {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "level": estimate.level,
        "method": estimate.method,
    }
    if estimate.code:  # the figure can be told, its interval cannot
        found |= {"code": estimate.code, "reason": estimate.reason}
    return found


def places(value: float | None, digits: int = 3) -> str:
    return NONE if value is None else f"{value:z.{digits}f}"


def interval(estimate: Estimate, digits: int = 3) -> str:
    if estimate.low is None or estimate.high is None:
        return NONE
    return f"{places(estimate.low, digits)} to {places(estimate.high, digits)}"


def interval_heading(level: float) -> str:
    """Return what stands over a column of intervals.

    >>> interval_heading(0.95)
    '95% interval'
    """
    return f"{100 * level:g}% interval"


def percents(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return NONE
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def percent(value: float | None) -> str:
    return NONE if value is None else f"{value:.1%}"


def probability(p: float | None) -> str:
    """Return a p-value with four places, or below which it lies.

    >>> probability(0.05267), probability(3e-9)
    ('0.0527', '<0.0001')
    """
    return "<0.0001" if p is not None and p < 0.0001 else places(p, 4)
