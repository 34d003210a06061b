"""Compute the scores that are missing, and store them as they come."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from db import metric_scores, runs
from db.engine import Store
from db.metric_scores import StoredScore
from db.tables import Run
from models.errors import ModelError
from pipeline.metrics.form import OF_PARTS
from pipeline.metrics.known import KNOWN
from pipeline.metrics.metric import Metric, Scored, Unscored
from pipeline.scoring.answers import Answer, Chosen
from pipeline.scoring.wanted import STAGE, Progress, Scoring
from pipeline.stats.resampling.intervals import Undefined

Tell = Callable[[Progress], None]
NO_REFERENCE = Undefined("no_reference", "it needs a reference; name one by --reference")
NOT_A_NUMBER = Unscored("not_a_number", "the metric gave no number")
NO_TEXT = Unscored("no_text", "only blanks")


@dataclass
class Computed:
    """One metric's scores by answer; `unscored` says which answers have none, and why."""

    name: str
    signature: str | None = None
    why: Undefined | None = None
    scores: dict[int, StoredScore] = field(default_factory=dict)
    unscored: dict[int, Unscored] = field(default_factory=dict)
    added: int = 0

    def windowed(self) -> int:
        """Return how many answers an encoder read in several windows, as they were too long."""
        if KNOWN[self.name].family != "encoder":
            return 0
        return sum((each.statistics or [1])[0] > 1 for each in self.scores.values())

    def reasons(self, answers: Sequence[Answer]) -> dict[str, int]:
        """Return how many of these answers have no score, by the reason."""
        there = (self.unscored[each.id].reason for each in answers if each.id in self.unscored)
        return dict(Counter(there))


class Computing:
    """Computes metric by metric; all that one run stores goes by that run."""

    def __init__(self, store: Store, config: Scoring, chosen: Chosen, tell: Tell) -> None:
        self._store, self._config, self._tell = store, config, tell
        self._answers = [one for each in chosen.answers.values() for one in each]
        self._run_id: int | None = None
        self._added: Counter[str] = Counter()
        self._done = self._of = 0

    def all(self, metrics: Mapping[str, Metric | Undefined]) -> list[Computed]:
        """Return what becomes of each metric; one that cannot run says why, and the others go on.

        What is computed is stored at once, so an interrupted run goes on where it was.
        """
        found = [self._known(name, each) for name, each in metrics.items()]
        todo = {each.name: self._missing(each, metrics[each.name]) for each in found}
        self._of = sum(map(len, todo.values()))
        for each in found:
            metric = metrics[each.name]
            if isinstance(metric, Undefined):
                continue
            try:
                self._compute(each, metric, todo[each.name])
            except ModelError as error:
                each.why = Undefined("not_available", error.message)
        return found

    def _known(self, name: str, metric: Metric | Undefined) -> Computed:
        if isinstance(metric, Undefined):
            return Computed(name, why=metric)
        if metric.needs_reference and self._config.reference is None:
            return Computed(name, metric.signature, NO_REFERENCE)
        of = {each.id: _reference(metric, each) for each in self._answers}
        with self._store.reading() as session:
            scores = metric_scores.known(session, signature=metric.signature, of=of)
        return Computed(name, metric.signature, scores=scores)

    def _missing(self, computed: Computed, metric: Metric | Undefined) -> list[Answer]:
        if computed.why or isinstance(metric, Undefined):
            return []
        return [
            each
            for each in self._answers
            if each.id not in computed.scores
            and (each.reference_id is not None or not metric.needs_reference)
        ]

    def _compute(self, computed: Computed, metric: Metric, missing: Sequence[Answer]) -> None:
        for start in range(0, len(missing), metric.batch):
            some = missing[start : start + metric.batch]
            self._tell(Progress(computed.name, self._done, self._of))
            for each, score in zip(some, _scores(metric, some), strict=True):
                if isinstance(score, Unscored):
                    computed.unscored[each.id] = score
                else:
                    counts = None if score.statistics is None else list(score.statistics)
                    computed.scores[each.id] = StoredScore(score.value, counts)
            computed.added += self._store_new(computed, metric, some)
            self._done += len(some)
            self._tell(Progress(computed.name, self._done, self._of))

    def _store_new(self, computed: Computed, metric: Metric, some: Sequence[Answer]) -> int:
        of = {one.id: _reference(metric, one) for one in some if one.id in computed.scores}
        with self._store.writing(in_turn=True) as session:
            known = metric_scores.known(session, signature=metric.signature, of=of)
            new = [id_ for id_ in of if id_ not in known]  # of another command, meanwhile
            if not new:
                return 0
            if self._run_id is None:
                self._run_id = runs.start(
                    session, stage=STAGE, configuration=_configuration(self._config)
                ).id
            rows = [
                {
                    "response_id": id_,
                    "reference_id": of[id_],
                    "metric": metric.name,
                    "signature": metric.signature,
                    "value": computed.scores[id_].value,
                    "statistics": computed.scores[id_].statistics,
                    "run_id": self._run_id,
                }
                for id_ in new
            ]
            metric_scores.add(session, rows)
            self._added[metric.name] += len(rows)
            runs.end(session.get_one(Run, self._run_id), counts={"added": dict(self._added)})
        return len(new)


def _reference(metric: Metric, answer: Answer) -> int | None:
    return answer.reference_id if metric.needs_reference else None


def _scores(metric: Metric, answers: Sequence[Answer]) -> list[Scored | Unscored]:
    """Return what becomes of each answer; where a text is only blanks, no metric is asked."""
    pairs = [each.pair(with_parts=metric.name in OF_PARTS) for each in answers]
    empty = [
        not pair.answer.strip() or (metric.needs_reference and not pair.reference.strip())
        for pair in pairs
    ]
    given = iter(metric.score([pair for pair, none in zip(pairs, empty, strict=True) if not none]))
    return [NO_TEXT if none else _finite(next(given)) for none in empty]


def _finite(score: Scored | Unscored) -> Scored | Unscored:
    if isinstance(score, Scored) and not math.isfinite(score.value):
        return NOT_A_NUMBER
    return score


def _configuration(config: Scoring) -> dict[str, object]:
    return {
        "systems": list(config.systems),
        "reference": config.reference,
        "metrics": list(config.metrics),
        **vars(config.selection),
    }
