"""Say how many more items a running study needs."""

import math

from pipeline.cli.estimates import places
from pipeline.stats.planning.more_items import MoreItems
from pipeline.stats.resampling.intervals import Estimate


def sentence(
    name: str,
    estimate: Estimate,
    found: MoreItems,
    *,
    each: float,
    of_question: float | None = None,
) -> str:
    """Return the figure, and how many more items with `each` ratings narrow its interval.

    Where questions are counted in place of items, each has so many items `of_question`.

    >>> from pipeline.stats.planning.more_items import more_items
    >>> alpha = Estimate(0.61, 0.52, 0.69, 0.95, "bootstrap")
    >>> sentence("alpha", alpha, more_items(alpha, 40), each=2)
    'alpha 0.61 [0.52, 0.69]; about 40 more doubly rated items bring it to ± 0.06'
    """
    what = "items" if of_question is None else "questions"
    more = _rated(each) if of_question is None else f"{what} with {_items(of_question, each)}"
    return f"{_figure(name, estimate)}; {_plan(found, what, more)}{_to_come(found, what)}"


def _figure(name: str, estimate: Estimate) -> str:
    value = places(estimate.value, 2)
    if estimate.low is None or estimate.high is None:
        return f"{name} {value}"
    return f"{name} {value} [{places(estimate.low, 2)}, {places(estimate.high, 2)}]"


def _plan(found: MoreItems, what: str, more: str) -> str:
    if found.more is None or found.wished is None:
        return f"how many more {what} it needs cannot be told: {found.reason}"
    if not found.more:
        return f"it is within ± {found.wished:g} already"
    return f"about {about(found.more):,} more {more} bring it to ± {found.wished:g}"


def _rated(each: float) -> str:
    if each == 2:
        return "doubly rated items"
    return f"items with {each:.3g} ratings each"


def _items(of_question: float, each: float) -> str:
    if of_question == 1:
        return "a doubly rated item" if each == 2 else f"an item of {each:.3g} ratings"
    rated = "doubly rated items" if each == 2 else f"items of {each:.3g} ratings"
    return f"{of_question:.3g} {rated} each"


def _to_come(found: MoreItems, what: str) -> str:
    if found.remaining is None or found.enough_to_come is not False:
        return ""
    if not found.remaining:
        return f"; the study has no more {what} to come"
    came = f"; the study has only {found.remaining:,} to come"
    return f"{came}, with which it comes to about ± {places(found.at_end, 2)}"


def about(n: int) -> int:
    """Return a number rounded as far as an approximation deserves.

    >>> about(7), about(41), about(137), about(23511)
    (7, 40, 140, 24000)
    """
    if n < 20:
        return n
    step = 5 if n < 100 else 10 ** (int(math.log10(n)) - 1)
    return round(n / step) * step
