"""What a report calls a coefficient of agreement, and whose rows it rests on."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.cli.agreement.names import NAMES
from pipeline.report.context import Context
from pipeline.report.sources import Choice, Rows

LEAD = re.compile(r"^.*?\d% ")  # weights or metric, and the level
METRICS = {"masi": "MASI", "jaccard": "Jaccard"}
CHIEF = {("krippendorff_alpha", "ordinal"), ("krippendorff_alpha", "nominal")}
Criteria = dict[str, dict[str, Any]]


def name_of(name: str) -> str:
    """Return what a coefficient is called, as the head of a row."""
    shown = NAMES.get(name, name)
    return shown[:1].upper() + shown[1:]


def named(name: str, metric: str | None) -> str:
    """Return what a coefficient with its metric is called.

    >>> named("krippendorff_alpha", "masi")
    "Krippendorff's alpha, MASI"
    """
    return name_of(name) + (f", {METRICS.get(metric, metric)}" if metric else "")


def named_once(coefficients: Iterable[dict[str, Any]]) -> list[str]:
    """Return each coefficient once, with its metrics in brackets.

    >>> named_once([{"name": "krippendorff_alpha", "metric": m} for m in ("nominal", "ordinal")])
    ["Krippendorff's alpha (nominal, ordinal)"]
    """
    metrics: dict[str, list[str]] = {}
    for each in coefficients:
        of = metrics.setdefault(each["name"], [])
        if each["metric"] and each["metric"] not in of:
            of.append(each["metric"])
    return [
        NAMES.get(name, name) + (f" ({', '.join(of)})" if of else "")
        for name, of in metrics.items()
    ]


def interval_methods(methods: Iterable[str | None]) -> list[str]:
    """Return the methods of coefficients' intervals, without what is the coefficient's own.

    >>> interval_methods(["identity weights, 95% Wilson score", "95% Wilson score"])
    ['Wilson score']
    """
    return list(dict.fromkeys(LEAD.sub("", method) for method in methods if method))


def chief(coefficients: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the coefficient that stands for all: ordinal alpha, nominal where there is no order.

    >>> chief([{"name": "krippendorff_alpha", "metric": each} for each in ("nominal", "ordinal")])
    {'name': 'krippendorff_alpha', 'metric': 'ordinal'}
    """
    found = [each for each in coefficients if (each["name"], each["metric"]) in CHIEF]
    return max(found, key=lambda each: str(each["metric"]))


def ratings_of(context: Context, criterion: str, **chosen: Choice) -> Rows:
    """Return the rows of the ratings, or those of the labels, whose one criterion is presence."""
    if context.known.study.kind == "rating":
        return context.sources.rows(criterion=criterion, **chosen)
    return context.sources.rows(**chosen)
