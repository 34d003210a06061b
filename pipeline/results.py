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
from pipeline.stats.means import Mean, mean_of_items

LEVEL = 0.95


@dataclass(frozen=True)
class ResultsOf:
    """Whose results to work out: a study's, of all its raters or of one group."""

    study: str
    group: str | None = None


@dataclass(frozen=True)
class SystemMean:
    """A system's mean; what does not count for it: missing, repeats and calibration items.

    `missing` are assigned scores that nobody gave. `repeats` and `calibration` are scores given.
    """

    system: str
    mean: Mean
    missing: int
    repeats: int
    calibration: int


@dataclass(frozen=True)
class Results:
    """A study's results; `repeats` and `calibration` are the judgements that were left out."""

    study: str
    group: str | None
    unblinded: bool
    raters: int
    questions: int
    repeats: int
    calibration: int
    criteria: dict[str, list[SystemMean]]


@dataclass
class Scores:
    """The scores of one system on one criterion, as they are read."""

    values: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
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
    level = study.analysis.get("level", LEVEL)
    left_out = Counter(_left_out(answer) for answer in answers if answer.revision is not None)
    systems = ratings.systems(session, study=study)
    return Results(
        study=study.name,
        group=group,
        unblinded=study.unblinded_at is not None,
        raters=len({answer.rater.pseudonym for answer in answers}),
        questions=len({answer.item.question for answer in answers}),
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
        for criterion in criteria:
            scores[criterion, answer.item.system.id].add(answer.values.get(criterion), answer)
    return scores


def _left_out(answer: Answer) -> str | None:
    if answer.item.is_calibration:
        return "calibration"
    return "repeats" if answer.item.is_repeat else None


def _system_mean(system: str, scores: Scores, *, levels: list[int], level: float) -> SystemMean:
    mean = mean_of_items(
        np.array(scores.values, dtype=np.int64),
        np.array(scores.units, dtype=np.int64),
        levels=levels,
        level=level,
    )
    left = scores.left
    return SystemMean(system, mean, left["missing"], left["repeats"], left["calibration"])
