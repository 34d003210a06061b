"""The stored scores of a study's systems by automatic metrics, and people's scores beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from db import ratings, study_facts
from db.engine import Store
from db.errors import NotAllowed
from db.ratings import Answer
from db.study_facts import MetricValue, MetricValues
from pipeline import analysis
from pipeline.metrics.known import KNOWN
from pipeline.stats.correlation.with_people import Answers, Correlation, correlations
from pipeline.stats.resampling.intervals import Resampling


class Way(NamedTuple):
    """One way to score: a metric by its full signature, against the answers of one system."""

    metric: str
    signature: str
    reference: str | None


@dataclass(frozen=True)
class Scores:
    """What one way to score says of each system's answers: {code: {question: value}}.

    `id` is the metric's name, with a number where there are several ways of it; `title` is what
    tables call it.
    """

    way: Way
    id: str
    title: str
    of: Mapping[str, Mapping[int, MetricValue]] = field(default_factory=dict)

    @property
    def values(self) -> Iterator[MetricValue]:
        for each in self.of.values():
            yield from each.values()


def scores(stored: Mapping[str, MetricValues]) -> list[Scores]:
    """Return the stored scores by the ways to score, in the order of the metrics.

    Of several answers to one question the first that has a score counts, and of several scores of
    it the one against the reference's first answer: they come in this order. Metrics that this
    version does not know are left out.
    """
    found: dict[Way, dict[str, dict[int, MetricValue]]] = defaultdict(lambda: defaultdict(dict))
    for code, of_system in stored.items():
        for each in of_system.values:
            way = Way(each.metric, each.signature, each.reference)
            found[way][code].setdefault(each.question_id, each)
    return [_named(way, found) for metric in KNOWN for way in _ways(metric, found)]


def _ways(metric: str, found: Iterable[Way]) -> list[Way]:
    ways = [way for way in found if way.metric == metric]
    return sorted(ways, key=lambda way: (way.signature, way.reference or ""))


def _named(way: Way, found: Mapping[Way, Mapping[str, Mapping[int, MetricValue]]]) -> Scores:
    alike = _ways(way.metric, found)
    title, place = KNOWN[way.metric].title, alike.index(way) + 1
    if len(alike) == 1:
        return Scores(way, way.metric, title, found[way])
    return Scores(way, f"{way.metric}.{place}", f"{title} ({place})", found[way])


def read(store: Store, *, study: str, group: str | None = None) -> list["WithPeople"]:
    """Return how automatic metrics go with the scores by a rating study's raters, or by a group's.

    Raises NotKnown and NotAllowed as `rated.read` does, and NotAllowed for a study that is not
    unblinded, or whose systems have no automatic scores.
    """
    with store.reading() as session:
        found = ratings.rating_study(session, name=study)
        if found.unblinded_at is None:
            raise NotAllowed(
                "what automatic metrics say would tell which code is which system; run"
                f" 'cbt study unblind' first, when {study} is closed"
            )
        stored = scores(study_facts.metric_values(session, found))
        if not stored:
            raise NotAllowed(
                f"the systems of {study} have no automatic scores;"
                " run 'cbt score --system NAME --reference NAME' first"
            )
        answers = list(ratings.answers(session, study=found))
        criteria = [criterion["id"] for criterion in found.criteria]
        plan = analysis.resampling(found)
    chosen = [each for each in answers if group is None or each.rater.group == group]
    return with_people(stored, chosen, criteria, plan)


@dataclass(frozen=True)
class WithPeople:
    """How one way to score goes with people's scores on one criterion.

    `without` are answers that people scored and the metric did not.
    """

    scores: Scores
    criterion: str
    correlation: Correlation
    without: int


def with_people(
    found: Sequence[Scores], answers: Iterable[Answer], criteria: Sequence[str], plan: Resampling
) -> list[WithPeople]:
    """Return how each way to score goes with people's mean scores on each criterion.

    Repeats and calibration items are left out, as are scores that were not given. All come from
    the same resamples of the study's questions.
    """
    given = _given(answers, criteria)
    asked = {unit.question for units in given.values() for unit in units}
    place = {question: at for at, question in enumerate(sorted(asked))}
    pairs = [(each, criterion) for criterion in criteria for each in found]
    parts = [_answers(each, given[criterion], place) for each, criterion in pairs]
    told = correlations(parts, questions=len(place), plan=plan)
    return [
        WithPeople(each, criterion, correlation, len(given[criterion]) - correlation.n)
        for (each, criterion), correlation in zip(pairs, told, strict=True)
    ]


class _Unit(NamedTuple):
    """A response that people scored."""

    id: int
    question: int
    system: int


def _given(answers: Iterable[Answer], criteria: Sequence[str]) -> dict[str, dict[_Unit, float]]:
    """Return people's mean score of each response on each criterion."""
    each: dict[str, dict[_Unit, list[int]]] = {name: defaultdict(list) for name in criteria}
    for answer in answers:
        item = answer.item
        if item.is_repeat or item.is_calibration:
            continue
        unit = _Unit(item.unit, item.about, item.system.id)
        for criterion, value in answer.values.items():
            if value is not None and criterion in each:
                each[criterion][unit].append(value)
    return {
        criterion: {unit: sum(values) / len(values) for unit, values in sorted(of.items())}
        for criterion, of in each.items()
    }


def _answers(found: Scores, given: Mapping[_Unit, float], place: Mapping[int, int]) -> Answers:
    value = {each.unit: each.value for each in found.values}
    both = [unit for unit in given if unit.id in value]
    return Answers(
        people=np.array([given[unit] for unit in both], dtype=np.float64),
        metric=np.array([value[unit.id] for unit in both], dtype=np.float64),
        question=np.array([place[unit.question] for unit in both], dtype=np.int64),
        system=np.array([unit.system for unit in both], dtype=np.int64),
    )
