"""The results of `cbt score` as the JSON contract has them."""

from typing import Any

from pipeline.cli.estimates import as_object
from pipeline.metrics import jury
from pipeline.metrics.known import KNOWN
from pipeline.scoring.found import Difference, Found, MetricFound, OfJury, SystemValue


def found_object(found: Found) -> dict[str, Any]:
    """Return the one object; where one system is scored, a metric is that system's interval too."""
    of: dict[str, Any] = {
        "n": found.n,
        "reference": found.reference,
        "language": found.language,
        "other_language": found.other_language,
        "systems": [
            {
                "system": each.system,
                "answers": each.answers,
                "n": each.n,
                "left_out": vars(each.left_out),
                "in_train": each.trained_on,
            }
            for each in found.systems
        ],
        "metrics": {each.name: _metric(each) for each in found.metrics},
        "analysis": vars(found.plan),
        "family": {"tests": found.tests, "method": "Holm"},
    }
    if found.jury:
        of["jury"] = {
            "version": jury.VERSION,
            "stored": False,
            "systems": [_jury(each) for each in found.jury],
        }
    return of


def _metric(each: MetricFound) -> dict[str, Any]:
    known = KNOWN[each.name]
    about = {"signature": each.signature, "top": known.top, "title": known.title}
    if each.why:
        return {"value": None, "code": each.why.code, "reason": each.why.reason, **about}
    alone = _value(each.values[0]) if len(each.values) == 1 else {}
    alone.pop("system", None)
    return {
        **alone,
        **about,
        "added": each.added,
        "known": each.known,
        **({"windowed": each.windowed} if known.family == "encoder" else {}),
        "systems": [_value(value) for value in each.values],
        "differences": [_difference(difference) for difference in each.differences],
    }


def _value(each: SystemValue) -> dict[str, Any]:
    found = {"system": each.system, "n": each.n, **as_object(each.estimate)}
    return found | ({"unscored": dict(each.unscored)} if each.unscored else {})


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "a": each.a,
        "b": each.b,
        **as_object(each.estimate),
        "p": each.p,
        "p_holm": each.p_holm,
        "test": each.test,
        "n_pairs": each.n_pairs,
    }


def _jury(each: OfJury) -> dict[str, Any]:
    return {
        "system": each.system,
        "n": each.n,
        "bleu": each.bleu,
        "meteor": each.meteor,
        "chrf": each.chrf,
        "chrf_of_question": each.first,
    }
