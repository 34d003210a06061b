"""Tell a model's stored scores as its card shows them: each with n, interval and signature."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from db import frames, study_facts
from db.errors import NotKnown
from db.study_facts import MetricValue
from models.records import asked_hash
from pipeline.metrics import whole
from pipeline.metrics.known import KNOWN
from pipeline.passages import passage
from pipeline.stats.resampling.drawn import of_enough
from pipeline.stats.resampling.intervals import (
    QUESTIONS,
    Estimate,
    Resampling,
    estimates,
    wilson,
)
from pipeline.stats.resampling.sums import OfSums

PLAN = Resampling(level=0.95, resamples=1_000, seed=0)


@dataclass(frozen=True)
class Score:
    """One metric of all kept answers that have a score, against the answers of `reference`."""

    title: str
    reference: str | None
    signature: str
    n: int
    estimate: Estimate


@dataclass(frozen=True)
class Told:
    """The scores of a system, without those of `learned` answers to what the model learned from."""

    scores: tuple[Score, ...] = ()
    learned: int = 0


def scores(session: Session, *, system: str, trained_on: Collection[str]) -> Told:
    """Return the scores of a system, in the order of the metrics.

    `trained_on` has the hashes of the passages that it was trained on: how well it answers these
    says nothing of new ones. Raises NotKnown for a system that is not there, or without scores.
    """
    (found,) = frames.systems(session, names=[system])
    values = [
        each for each in study_facts.system_metric_values(session, found) if each.metric in KNOWN
    ]
    if not values:
        raise NotKnown(f"{system} has no scores; run 'cbt score --system {system}' first")
    learned = _learned(session, {each.unit for each in values}, trained_on)
    of: dict[tuple[str, str, str | None], dict[int, MetricValue]] = defaultdict(dict)
    for value in values:
        if value.unit not in learned:
            way = value.metric, value.signature, value.reference
            of[way].setdefault(value.question_id, value)
    order = list(KNOWN)
    ways = sorted(of, key=lambda way: (order.index(way[0]), way[1], way[2] or ""))
    return Told(tuple(_score(*way, list(of[way].values())) for way in ways), len(learned))


def _learned(session: Session, units: set[int], trained_on: Collection[str]) -> set[int]:
    known = frozenset(trained_on)
    return {
        each.unit
        for each in study_facts.answer_texts(session, units=sorted(units))
        if known and asked_hash(passage(each.question, each.description)) in known
    }


def _score(
    metric: str, signature: str, reference: str | None, values: Sequence[MetricValue]
) -> Score:
    adds = whole.adds(metric, [each.value for each in values], [each.statistics for each in values])
    estimate = _estimate(metric, adds)
    return Score(KNOWN[metric].title, reference, signature, len(values), estimate)


def _estimate(metric: str, adds: whole.Floats) -> Estimate:
    """Return the figure that `cbt score` tells of these answers, with an interval of its kind."""
    n = adds.shape[1]
    if KNOWN[metric].whole == "share":
        return wilson(int(adds[0].sum()), n, level=PLAN.level)
    figure = whole.figure(metric)
    samples = OfSums(adds, lambda sums: figure(sums)[None]).sampled(
        np.ones(n, dtype=np.int64), PLAN
    )
    (estimate,) = estimates(samples, plan=PLAN, undefined=[whole.NO_SCORES], of=QUESTIONS)
    return of_enough(estimate, n, PLAN.level)
