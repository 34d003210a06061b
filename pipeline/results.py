"""Each system's mean and shares on each criterion of a study, as the paper's Table 5 has them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

from db import ratings
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.ratings import Answer
from db.tables import Study
from pipeline import analysis
from pipeline.stats.means import Mean, mean_over_questions


@dataclass(frozen=True)
class ResultsOf:
    """Whose results to work out: a study's, of all its raters or of one group."""

    study: str
    group: str | None = None


@dataclass(frozen=True)
class SystemMean:
    """A system's mean; what does not count for it: missing, repeats and calibration items.

    `items` are those with a score, and `mean.questions` what they are about. `missing` are
    assigned scores that nobody gave. `repeats` and `calibration` are scores given.
    """

    system: str
    mean: Mean
    items: int
    missing: int
    repeats: int
    calibration: int


@dataclass(frozen=True)
class Extent:
    """How many raters, questions and items there are; a repeat is no item of its own."""

    raters: int
    questions: int
    items: int


@dataclass(frozen=True)
class Results:
    """A study's results; `repeats` and `calibration` are the judgements that were left out.

    `scored` is what has a score that counts, `assigned` what was to have one.
    """

    study: str
    group: str | None
    status: str
    unblinded: bool
    scored: Extent
    assigned: Extent
    repeats: int
    calibration: int
    criteria: dict[str, list[SystemMean]]


@dataclass
class Scores:
    """The scores of one system on one criterion, as they are read."""

    values: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    def add(self, value: int | None, answer: Answer) -> None:
        kind = _left_out(answer)
        if kind:
            self.left[kind] += value is not None
        elif value is None:
            self.left["missing"] += 1
        else:
            self.values.append(value)
            self.units.append(answer.item.unit)
            self.questions.append(answer.item.about)


def run(store: Store, config: ResultsOf) -> Results:
    """Return the results of the newest judgements. Raises NotKnown or NotAllowed."""
    with store.reading() as session:
        study = ratings.rating_study(session, name=config.study)
        answers = list(ratings.answers(session, study=study))
        _check(study.name, answers)
        answers = _of_group(answers, study=study.name, group=config.group)
        return _results(session, study, answers, group=config.group)


def _check(study: str, answers: list[Answer]) -> None:
    if not answers:
        raise NotAllowed(f"the study {study} has no assignments yet; open it first")
    if all(answer.revision is None for answer in answers):
        raise NotAllowed(
            f"the study {study} has no judgements yet:"
            f" 0 of {len(answers):,} assignments are answered"
        )


def _of_group(answers: list[Answer], *, study: str, group: str | None) -> list[Answer]:
    if group is None:
        return answers
    chosen = [answer for answer in answers if answer.rater.group == group]
    if not chosen:
        groups = sorted({answer.rater.group for answer in answers if answer.rater.group})
        known = ", ".join(groups) or "none"
        raise NotKnown(f"no rater of the study {study} is in the group {group}; groups: {known}")
    return chosen


def _results(
    session: Session, study: Study, answers: list[Answer], *, group: str | None
) -> Results:
    scores = _scores([criterion["id"] for criterion in study.criteria], answers)
    level = analysis.level(study)
    left_out = Counter(_left_out(answer) for answer in answers if answer.revision is not None)
    counted = [answer for answer in answers if not _left_out(answer)]
    systems = ratings.systems(session, study=study)
    return Results(
        study=study.name,
        group=group,
        status=study.status,
        unblinded=study.unblinded_at is not None,
        scored=_extent(answer for answer in counted if _has_score(answer)),
        assigned=_extent(counted),
        repeats=left_out["repeats"],
        calibration=left_out["calibration"],
        criteria={
            criterion["id"]: [
                _system_mean(
                    system.shown,
                    scores[criterion["id"], system.id],
                    levels=[step["value"] for step in criterion["levels"]],
                    level=level,
                )
                for system in systems
            ]
            for criterion in study.criteria
        },
    )


def _scores(criteria: list[str], answers: Iterable[Answer]) -> dict[tuple[str, int], Scores]:
    scores: dict[tuple[str, int], Scores] = defaultdict(Scores)
    for answer in answers:
        system = answer.item.system
        for criterion in criteria:
            if criterion not in system.not_asked:
                scores[criterion, system.id].add(answer.values.get(criterion), answer)
    return scores


def _extent(answers: Iterable[Answer]) -> Extent:
    found = list(answers)
    return Extent(
        raters=len({answer.rater.pseudonym for answer in found}),
        questions=len({answer.item.about for answer in found}),
        items=len({answer.item.unit for answer in found}),
    )


def _has_score(answer: Answer) -> bool:
    return any(value is not None for value in answer.values.values())


def _left_out(answer: Answer) -> str | None:
    if answer.item.is_calibration:
        return "calibration"
    return "repeats" if answer.item.is_repeat else None


def _system_mean(system: str, scores: Scores, *, levels: list[int], level: float) -> SystemMean:
    mean = mean_over_questions(
        np.array(scores.values, dtype=np.int64),
        np.array(scores.questions, dtype=np.int64),
        levels=levels,
        level=level,
    )
    left = scores.left
    items = len(set(scores.units))
    return SystemMean(system, mean, items, left["missing"], left["repeats"], left["calibration"])
