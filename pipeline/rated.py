"""A rating study's newest scores as arrays: what every statistic of ratings starts from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from db import ratings
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.ratings import Answer, RatedItem, Rater, ShownSystem
from db.tables import Study
from pipeline import analysis
from pipeline.stats.agreement.clusters import several
from pipeline.stats.ratings import MISSING, Codes, Ratings
from pipeline.stats.resampling.intervals import Resampling

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Criterion:
    """What is scored; `levels` are the scale's values, `name` and `question` as in the study."""

    id: str
    levels: tuple[int, ...]
    texts: dict[str, Any]


@dataclass(frozen=True)
class RatedStudy:
    """The answers to a study's assignments, one row a rater and one column a unit.

    A unit is one response, that is one system's answer to one question: `unit_question` and
    `unit_system`, shape (units,), are its places in `questions` and `systems`, `items` its name.
    All that a rater gave has shape (raters, units): `codes` of each criterion, the place of the
    score in its `levels`, -1 where there is none; `repeat_codes` those that the same rater gave
    to the hidden repeat of the unit; `assigned` whether the unit was to be scored at all, which
    tells a gap of the design from a missing score; `positions` the place in the rater's order
    (from 1), `seconds`, and `times` (Unix seconds), NaN where not known. Calibration items
    are left out: `calibration` counts their judgements, `repeats` those of repeats;
    `calibration_scores` and `repeat_scores` count the scores in them on each criterion, shape
    (systems,).
    """

    name: str
    group: str | None
    status: str
    unblinded: bool
    imported: bool
    plan: Resampling
    analysis: dict[str, Any]
    criteria: tuple[Criterion, ...]
    systems: tuple[ShownSystem, ...]
    questions: tuple[str, ...]
    raters: tuple[Rater, ...]
    items: tuple[str, ...]
    unit_question: NDArray[np.int64]
    unit_system: NDArray[np.int64]
    codes: dict[str, Codes]
    repeat_codes: dict[str, Codes]
    assigned: NDArray[np.bool_]
    positions: Floats
    seconds: Floats
    times: Floats
    repeats: int
    calibration: int
    repeat_scores: dict[str, NDArray[np.int64]]
    calibration_scores: dict[str, NDArray[np.int64]]

    def ratings(self, criterion: Criterion) -> Ratings:
        """Return the scores on a criterion, repeats left out."""
        return self._of(self.codes, criterion)

    def repeat_ratings(self, criterion: Criterion) -> Ratings:
        """Return the scores on a criterion that were given to the repeats of the units."""
        return self._of(self.repeat_codes, criterion)

    def _of(self, codes: dict[str, Codes], criterion: Criterion) -> Ratings:
        levels = np.array(criterion.levels, dtype=np.float64)
        return Ratings(codes[criterion.id], levels, several(self.unit_question))

    def asked(self, criterion: Criterion) -> NDArray[np.bool_]:
        """Return which assigned units the criterion is asked of, shape (raters, units)."""
        asked = np.array([criterion.id not in system.not_asked for system in self.systems])
        found: NDArray[np.bool_] = self.assigned & asked[self.unit_system]
        return found

    def missing(self, criterion: Criterion) -> NDArray[np.bool_]:
        """Return which scores were to be given and are not, shape (raters, units)."""
        found: NDArray[np.bool_] = self.asked(criterion) & (self.codes[criterion.id] == MISSING)
        return found


def read(store: Store, *, study: str, group: str | None = None) -> RatedStudy:
    """Return the newest scores of all raters of a study, or of one group.

    Raises NotKnown for a study or group that there is not, NotAllowed for a study of another
    kind, or one without judgements.
    """
    with store.reading() as session:
        found = ratings.rating_study(session, name=study)
        answers = list(ratings.answers(session, study=found))
        _check(found, answers)
        return _study(session, found, _of_group(answers, study=study, group=group), group)


def _check(study: Study, answers: list[Answer]) -> None:
    if not answers:
        raise NotAllowed(f"the study {study.name} has no assignments yet; open it first")
    if all(answer.revision is None for answer in answers):
        draft = "; it is a draft, so open it first" if study.status == "draft" else ""
        raise NotAllowed(
            f"the study {study.name} has no judgements yet:"
            f" 0 of {len(answers):,} assignments are answered{draft}"
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


def _study(session: Session, study: Study, answers: list[Answer], group: str | None) -> RatedStudy:
    systems = ratings.systems(session, study=study)
    criteria = tuple(
        Criterion(each["id"], tuple(level["value"] for level in each["levels"]), each)
        for each in study.criteria
    )
    grid = _Grid(answers, criteria)
    place_of = {system.id: place for place, system in enumerate(systems)}
    units = list(grid.units.values())
    questions = {unit.about: unit.question for unit in units}
    question_at = {about: place for place, about in enumerate(questions)}
    return RatedStudy(
        name=study.name,
        group=group,
        status=study.status,
        unblinded=study.unblinded_at is not None,
        imported=study.origin == "imported",
        plan=analysis.resampling(study),
        analysis=dict(study.analysis),
        criteria=criteria,
        systems=tuple(systems),
        questions=tuple(questions.values()),
        raters=tuple(grid.raters),
        items=tuple(unit.item for unit in units),
        unit_question=np.array([question_at[u.about] for u in units], dtype=np.int64),
        unit_system=np.array([place_of[u.system.id] for u in units], dtype=np.int64),
        codes=grid.codes,
        repeat_codes=grid.repeat_codes,
        assigned=grid.assigned,
        positions=grid.positions,
        seconds=grid.seconds,
        times=grid.times,
        repeats=grid.repeats,
        calibration=grid.calibration,
        repeat_scores=_scores_given(
            (a for a in answers if a.item.is_repeat and not a.item.is_calibration),
            criteria,
            place_of,
        ),
        calibration_scores=_scores_given(
            (a for a in answers if a.item.is_calibration), criteria, place_of
        ),
    )


def _scores_given(
    answers: Iterable[Answer], criteria: tuple[Criterion, ...], place_of: dict[int, int]
) -> dict[str, NDArray[np.int64]]:
    """Count the scores of each system on each criterion."""
    found = {each.id: np.zeros(len(place_of), dtype=np.int64) for each in criteria}
    for answer in answers:
        for criterion, counts in found.items():
            counts[place_of[answer.item.system.id]] += answer.values.get(criterion) is not None
    return found


class _Grid:
    """Places for what the raters gave, one row a rater and one column a unit."""

    def __init__(self, answers: list[Answer], criteria: tuple[Criterion, ...]) -> None:
        kept = [answer for answer in answers if not answer.item.is_calibration]
        self.raters = sorted({a.rater for a in kept}, key=lambda rater: rater.pseudonym)
        self.units = _units(answer.item for answer in kept)
        shape = (len(self.raters), len(self.units))
        self.codes = {each.id: np.full(shape, MISSING, dtype=np.int64) for each in criteria}
        self.repeat_codes = {each.id: np.full(shape, MISSING, dtype=np.int64) for each in criteria}
        self.assigned = np.zeros(shape, dtype=np.bool_)
        self.positions, self.seconds, self.times = (np.full(shape, np.nan) for _ in range(3))
        self.repeats = sum(a.item.is_repeat and a.revision is not None for a in kept)
        self.calibration = sum(a.revision is not None for a in answers if a.item.is_calibration)
        self._fill(kept, criteria)

    def _fill(self, answers: list[Answer], criteria: tuple[Criterion, ...]) -> None:
        row_of = {rater: row for row, rater in enumerate(self.raters)}
        column_of = {unit: column for column, unit in enumerate(self.units)}
        code_of = {
            each.id: {value: code for code, value in enumerate(each.levels)} for each in criteria
        }
        for answer in answers:
            place = row_of[answer.rater], column_of[answer.item.unit]
            codes = self.repeat_codes if answer.item.is_repeat else self.codes
            for criterion, known in code_of.items():
                value = answer.values.get(criterion)
                if value is not None:
                    codes[criterion][place] = known[value]
            if answer.item.is_repeat:
                continue
            self.assigned[place] = True
            if answer.position is not None:
                self.positions[place] = answer.position
            if answer.seconds is not None:
                self.seconds[place] = answer.seconds
            if answer.submitted_at is not None:
                self.times[place] = answer.submitted_at.timestamp()


def _units(items: Iterable[RatedItem]) -> dict[int, RatedItem]:
    """Return each unit under its own item; a repeat stands in only where that is not there."""
    found: dict[int, RatedItem] = {}
    for item in items:
        if item.unit not in found or (found[item.unit].is_repeat and not item.is_repeat):
            found[item.unit] = item
    return found
