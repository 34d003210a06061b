"""Tell a model's stored scores as its card shows them: each with n, interval and signature."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from db import frames, study_facts
from db.errors import NotKnown
from db.study_facts import MetricValue
from pipeline.metrics import whole
from pipeline.metrics.known import KNOWN
from pipeline.stats.resampling.intervals import (
    QUESTIONS,
    Estimate,
    Resampling,
    Undefined,
    estimates,
)
from pipeline.stats.resampling.sums import OfSums

PLAN = Resampling(level=0.95, resamples=1_000, seed=0)
NO_SCORES = Undefined("no_scores", "no answer has a score")


@dataclass(frozen=True)
class Score:
    """One metric of all kept answers that have a score, against the answers of `reference`."""

    title: str
    reference: str | None
    signature: str
    n: int
    estimate: Estimate


def scores(session: Session, *, system: str) -> list[Score]:
    """Return the scores of a system, in the order of the metrics.

    Raises NotKnown for a system that is not there, and for one without scores.
    """
    (found,) = frames.systems(session, names=[system])
    of: dict[tuple[str, str, str | None], dict[int, MetricValue]] = defaultdict(dict)
    for value in study_facts.system_metric_values(session, found):
        if value.metric in KNOWN:
            way = value.metric, value.signature, value.reference
            of[way].setdefault(value.question_id, value)
    if not of:
        raise NotKnown(f"{system} has no scores; run 'cbt score --system {system}' first")
    order = list(KNOWN)
    ways = sorted(of, key=lambda way: (order.index(way[0]), way[1], way[2] or ""))
    return [_score(*way, list(of[way].values())) for way in ways]


def _score(
    metric: str, signature: str, reference: str | None, values: Sequence[MetricValue]
) -> Score:
    adds = whole.adds(metric, [each.value for each in values], [each.statistics for each in values])
    figure = whole.figure(metric)
    samples = OfSums(adds, lambda sums: figure(sums)[None]).sampled(
        np.ones(len(values), dtype=np.int64), PLAN
    )
    (estimate,) = estimates(samples, plan=PLAN, undefined=[NO_SCORES], of=QUESTIONS)
    return Score(KNOWN[metric].title, reference, signature, len(values), estimate)
