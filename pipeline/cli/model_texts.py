"""Say what the mixed model of a criterion found: as JSON, and as rows of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.cli.estimates import as_object, interval, places, probability
from pipeline.stats.resampling.intervals import Undefined

if TYPE_CHECKING:
    from pipeline.stats.model.ordinal import Component, Effect, OrdinalFit, RatioTest


def model_object(
    found: "OrdinalFit | Undefined", *, systems: Sequence[str], raters: Sequence[str]
) -> dict[str, Any]:
    """Return the model's effects in log odds, under the names of `systems` and `raters`."""
    if isinstance(found, Undefined):
        return {"value": None, "code": found.code, "reason": found.reason}
    return {
        "n": found.n,
        "questions": found.questions,
        "method": found.method,
        "systems": [_effect("system", systems, each) for each in found.systems],
        "raters": [_effect("rater", raters, each) for each in found.raters],
        "differences": [
            {"a": systems[each.a], "b": systems[each.b]}
            | as_object(each.estimate)
            | {"standard_error": each.standard_error}
            for each in found.differences
        ],
        "system_test": _test(found.system_test),
        "rater_test": _test(found.rater_test),
        "question": _component(found.question),
        "question_by_system": _component(found.question_by_system),
        "thresholds": list(found.thresholds),
        "log_likelihood": found.log_likelihood,
    }


def _effect(of: str, names: Sequence[str], each: "Effect") -> dict[str, Any]:
    figure = as_object(each.estimate) | {"standard_error": each.standard_error}
    return {of: names[each.place]} | figure


def _component(each: "Component") -> dict[str, Any]:
    figure = as_object(each.deviation) | {"standard_error": each.standard_error}
    return figure | {"test": _test(each.test)}


def _test(found: "RatioTest | None") -> dict[str, Any] | None:
    return None if found is None else vars(found) | {"test": "likelihood ratio"}


def model_rows(
    found: "OrdinalFit | Undefined", *, systems: Sequence[str], raters: Sequence[str]
) -> list[list[str]]:
    """Return a row for each effect: of whom, the effect, its interval, p."""
    if isinstance(found, Undefined):
        return [["no model", found.reason, "", ""]]
    rows = [
        ["all systems alike", "", "", _p(found.system_test)],
        *([f"system {systems[e.place]}", *_effect_cells(e), ""] for e in found.systems),
        ["all raters alike", "", "", _p(found.rater_test)],
        *([f"rater {raters[e.place]}", *_effect_cells(e), ""] for e in found.raters),
    ]
    for name, each in (
        ("questions' deviation", found.question),
        ("answers' deviation", found.question_by_system),
    ):
        rows.append([name, places(each.deviation.value), interval(each.deviation), _p(each.test)])
    return rows


def _effect_cells(each: "Effect") -> list[str]:
    return [places(each.estimate.value), interval(each.estimate)]


def _p(test: "RatioTest | None") -> str:
    return probability(None if test is None else test.p)
