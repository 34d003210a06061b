"""Say how the raters of a study score as JSON."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cli.estimates import as_object as figure
from pipeline.cli.model_texts import model_object
from pipeline.raters import CriterionRaters, RaterInAll, RaterOn, RatersFound
from pipeline.stats.habits.dawid_skene import Consensus
from pipeline.stats.habits.halo import Halo
from pipeline.stats.habits.pace import Pace
from pipeline.stats.habits.rater_habits import Drift
from pipeline.stats.model.ordinal import OrdinalFit
from pipeline.stats.resampling.intervals import Undefined

UNKNOWN_PACE = {
    "value": None,
    "code": "no_seconds",
    "reason": "how long answers took is not known; an imported file says it by 'seconds'",
}


def as_object(found: RatersFound, *, consensus: bool = False) -> dict[str, Any]:
    """Return the contract's object; `consensus` adds the class of each item."""
    return {
        "study": found.study,
        "group": found.group,
        "status": found.status,
        "unblinded": found.unblinded,
        "left_out": {"repeats": found.repeats, "calibration": found.calibration},
        "analysis": {**vars(found.plan), "resampled": found.resampled},
        "raters": [_rater(each, found.asked) for each in found.raters],
        "criteria": {
            name: _criterion(each, found, consensus=consensus)
            for name, each in found.criteria.items()
        },
    }


def _rater(each: RaterInAll, criteria: tuple[str, ...]) -> dict[str, Any]:
    return {
        "rater": each.rater,
        "group": each.group,
        "judgements": each.judgements,
        "seconds": _pace(each.pace),
        "halo": _halo(each.halo, criteria),
        "notes": [vars(note) for note in each.notes],
    }


def _pace(took: Pace) -> dict[str, Any]:
    fast = {"faster_than_reading": {"n": took.timed, "answers": took.fast}}
    return pace_object(took) | (fast if took.n else {})


def pace_object(took: Pace) -> dict[str, Any]:
    """Return the quartiles of the seconds that answers took."""
    if not took.n:
        return UNKNOWN_PACE
    return {"n": took.n, "lower": took.lower, "median": took.median, "upper": took.upper}


def _halo(found: Halo, criteria: tuple[str, ...]) -> dict[str, Any]:
    return {
        "own": figure(found.own),
        "others": figure(found.others),
        "difference": figure(found.difference),
        "pairs": [
            {
                "a": criteria[pair.a],
                "b": criteria[pair.b],
                "n": pair.n,
                "correlation": pair.correlation,
            }
            for pair in found.pairs
        ],
    }


def _criterion(each: CriterionRaters, found: RatersFound, *, consensus: bool) -> dict[str, Any]:
    of: dict[str, Any] = {
        "levels": list(each.levels),
        "raters": [_on(rater, each) for rater in each.raters],
        "trend_of_all": {
            "per_100_positions": figure(each.by_position),
            "per_day": figure(each.by_time),
        },
        "consensus": _consensus(each, found, items=consensus),
    }
    if each.model is not None:
        of["model"] = model_object(each.model, systems=found.systems, raters=found.names)
    if isinstance(each.model, OrdinalFit):
        of["model"] |= {
            "unused_levels": [each.levels[place] for place in each.model.unused],
            "quadrature_off": each.model.quadrature_off,
            "evaluations": each.model.evaluations,
        }
    return of


def _on(each: RaterOn, of: CriterionRaters) -> dict[str, Any]:
    spread, habit = each.spread, each.habit
    shares = [count / spread.n if spread.n else None for count in spread.counts]
    most = None if spread.most is None else of.levels[spread.most]
    position, time = habit.drifts
    return {
        "rater": each.rater,
        "n": spread.n,
        "missing": each.missing,
        "mean": spread.mean,
        "share": {str(level): share for level, share in zip(of.levels, shares, strict=True)},
        "deviation": spread.deviation,
        "others_deviation": spread.others_deviation,
        "most_used": {"value": most, "share": spread.share, "others_share": spread.others_share},
        "against_others": figure(habit.difference)
        | {"n": habit.n, "mean": habit.own, "others_mean": habit.others},
        "drift": {
            "position": _drift(position, "trend_per_100_positions"),
            "time": _drift(time, "trend_per_day"),
        },
        "with_others": {
            "items": each.with_others.items,
            "percent_agreement": figure(each.with_others.percent_agreement),
            "kappa": figure(each.with_others.kappa),
            "kappa_quadratic": figure(each.with_others.weighted),
        },
        "with_themselves": {
            "n": each.with_themselves.n,
            "items": each.with_themselves.items,
            "percent_agreement": figure(each.with_themselves.percent_agreement),
            "krippendorff_alpha": figure(each.with_themselves.alpha) | {"metric": "ordinal"},
        },
    }


def _drift(drift: Drift, trend: str) -> dict[str, Any]:
    thirds = dict(zip(("first", "middle", "last"), drift.thirds, strict=True))
    return {
        "n": drift.n,
        "thirds": thirds,
        "change": figure(drift.change),
        trend: figure(drift.trend),
    }


def _consensus(each: CriterionRaters, found: RatersFound, *, items: bool) -> dict[str, Any]:
    model = each.consensus
    if isinstance(model, Undefined):
        return {"value": None, "code": model.code, "reason": model.reason}
    of = {
        "method": "Dawid and Skene 1979, expectation maximisation from shares of answers",
        "steps": model.steps,
        "converged": model.converged,
        "log_likelihood": model.log_likelihood,
        "shares": dict(zip(map(str, each.levels), model.shares.tolist(), strict=True)),
        "raters": [
            {"rater": name, "confusion": [_row(row) for row in model.confusion[place]]}
            for place, name in enumerate(found.names)
        ],
    }
    return of | ({"items": _items(each, model, found)} if items else {})


def _row(row: NDArray[np.float64]) -> list[float] | None:
    return None if np.isnan(row).any() else row.tolist()


def _items(each: CriterionRaters, model: Consensus, found: RatersFound) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "system": system,
            "value": each.levels[label],
            "chance": float(model.chances[place, label]),
        }
        for place, ((item, system), label) in enumerate(
            zip(found.units, model.labels.tolist(), strict=True)
        )
        if label >= 0
    ]
