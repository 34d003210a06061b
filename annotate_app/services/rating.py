"""Show a rater the next item without its origin, and save what the rater gives."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from annotate_app.i18n.translator import Language
from db import judgements, studies
from db.engine import Store
from db.errors import NotAllowed
from db.judgements import NewJudgement
from db.tables import Assignment, Item, Judgement, Question, Response, Study

FLAGS = ("harmful", "overwhelming", "cannot_judge")
LONGEST_COMMENT = 5_000
LONGEST_TOKEN = 64


class StudyNotOpen(NotAllowed):
    code = "study_not_open"


class NotYours(NotAllowed):
    code = "not_yours"


class ScoresMissing(NotAllowed):
    """Some criteria have no score; `criteria` holds their ids, in the study's order."""

    code = "scores_missing"

    def __init__(self, criteria: list[str]) -> None:
        super().__init__(f"a score is missing for {', '.join(criteria)}; give it, then save")
        self.criteria = criteria


class ScoresAndCannotJudge(NotAllowed):
    code = "scores_and_cannot_judge"


class OffScale(NotAllowed):
    code = "off_scale"


class CommentTooLong(NotAllowed):
    code = "comment_too_long"


class NotUnderstood(NotAllowed):
    code = "not_understood"


@dataclass(frozen=True)
class Level:
    """One value of a scale, with what an answer of that value is like."""

    value: int
    label: str
    anchor: str
    example: str


@dataclass(frozen=True)
class Criterion:
    """One criterion in the rater's language."""

    id: str
    name: str
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Previous:
    """What the rater gave to this item before."""

    revision: int
    values: Mapping[str, int | None]
    comment: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class RaterItem:
    """All that a rater's browser may learn of an item: nothing here tells where it comes from."""

    code: str
    question: str
    description: str
    answer: str
    hard: bool
    position: int
    previous: Previous | None


@dataclass(frozen=True)
class Desk:
    """A rater's place in a study: `item` is None once every item is judged."""

    study: str
    answered: int
    total: int
    criteria: tuple[Criterion, ...]
    guidelines: str
    item: RaterItem | None


@dataclass(frozen=True)
class Saved:
    """A judgement that is committed; `known` if its token had been saved before."""

    revision: int
    at: datetime
    known: bool


def desk(
    store: Store, *, person_id: int, study: str, language: Language, position: int | None = None
) -> Desk:
    """Return the rater's next item, or the one at `position` in the rater's own order.

    Raises NotYours for a study in which the person has no items, StudyNotOpen for one that is
    not open.
    """
    with store.reading() as session:
        mine = {s.name: s for s in studies.of_rater(session, person_id=person_id)}.get(study)
        if mine is None:
            raise NotYours(f"you have no items in a study {study}")
        found = session.get_one(Study, mine.study_id)
        _check_open(found)
        keys = {"study_id": found.id, "person_id": person_id}
        if position is None:
            assignment = judgements.next_open(session, **keys)
        else:
            assignment = judgements.at_position(session, position=position, **keys)
        return Desk(
            study=found.name,
            answered=mine.answered,
            total=mine.assigned,
            criteria=tuple(_criterion(criterion, language) for criterion in found.criteria),
            guidelines=_in(language, found.guidelines),
            item=_item(session, assignment) if assignment else None,
        )


def save(store: Store, *, person_id: int, item_code: str, given: NewJudgement) -> Saved:
    """Append a judgement as the item's newest revision; the same token again changes nothing.

    Raises NotYours, StudyNotOpen, ScoresMissing, ScoresAndCannotJudge, OffScale, CommentTooLong
    or NotUnderstood; nothing is stored then.
    """
    tidy = _tidied(given)
    with store.writing() as session:
        assignment = judgements.lock_assignment(session, person_id=person_id, item_code=item_code)
        if assignment is None:
            raise NotYours("this item is not yours to rate")
        earlier = judgements.with_token(session, assignment_id=assignment.id, token=tidy.token)
        if earlier is not None:
            return _saved(earlier, known=True)
        # A shared lock: raters do not wait for each other, but closing waits for this commit.
        study = session.get_one(Study, assignment.study_id, with_for_update={"read": True})
        _check_open(study)
        _check_scores(study, tidy)
        added = judgements.add_judgement(session, assignment_id=assignment.id, new=tidy)
        return _saved(added, known=False)


def _saved(judgement: Judgement, *, known: bool) -> Saved:
    at = judgement.submitted_at
    if at is None:  # only outside ratings have no time, and a token never leads to one
        raise NotUnderstood("this token belongs to an imported rating")
    return Saved(revision=judgement.revision, at=at, known=known)


def _check_open(study: Study) -> None:
    if study.status == "draft":
        raise StudyNotOpen(f"the study {study.name} has not been opened yet")
    if study.status == "closed":
        raise StudyNotOpen(f"the study {study.name} is closed; what you saved before is kept")


def _tidied(given: NewJudgement) -> NewJudgement:
    comment = (given.comment or "").replace("\x00", "").strip()
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(f"a comment has at most {LONGEST_COMMENT} characters; shorten it")
    if not 0 < len(given.token) <= LONGEST_TOKEN:
        raise NotUnderstood(f"a token has 1 to {LONGEST_TOKEN} characters")
    unknown = [flag for flag in given.flags if flag not in FLAGS]
    if unknown:
        raise NotUnderstood(f"there is no flag {', '.join(unknown)}; the flags: {', '.join(FLAGS)}")
    seconds = given.seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        seconds = None
    return NewJudgement(
        values=given.values,
        token=given.token,
        comment=comment or None,
        flags=given.flags,
        seconds=seconds,
    )


def _check_scores(study: Study, given: NewJudgement) -> None:
    scales = {c["id"]: {level["value"] for level in c["levels"]} for c in study.criteria}
    unknown = given.values.keys() - scales.keys()
    if unknown:
        raise OffScale(f"the study {study.name} has no criterion {', '.join(sorted(unknown))}")
    scored = {name: value for name, value in given.values.items() if value is not None}
    if "cannot_judge" in given.flags:
        if scored:
            raise ScoresAndCannotJudge("give scores, or say that you cannot judge, not both")
        if given.values.keys() != scales.keys():
            raise NotUnderstood("an item that cannot be judged has no value for every criterion")
        return
    missing = [name for name in scales if name not in scored]
    if missing:
        raise ScoresMissing(missing)
    for name, value in scored.items():
        if type(value) is not int or value not in scales[name]:
            raise OffScale(f"{value!r} is not on the scale of {name}")


def _item(session: Session, assignment: Assignment) -> RaterItem:
    item = session.get_one(Item, assignment.item_id)
    question = session.get_one(Question, item.question_id)
    response = session.get(Response, item.response_id) if item.response_id else None
    newest = judgements.newest(session, assignment_id=assignment.id)
    return RaterItem(
        code=item.code,
        question=question.text or "",
        description=question.description or "",
        answer=(response.text if response else None) or "",
        hard="danger" in question.tags,
        position=assignment.position or 0,
        previous=_previous(newest) if newest else None,
    )


def _previous(judgement: Judgement) -> Previous:
    return Previous(
        revision=judgement.revision,
        values=dict(judgement.values),
        comment=judgement.comment or "",
        flags=tuple(flag["flag"] for flag in judgement.flags),
    )


def _criterion(criterion: dict[str, Any], language: Language) -> Criterion:
    levels = tuple(
        Level(
            value=level["value"],
            label=_in(language, level.get("label")),
            anchor=_in(language, level.get("anchor")),
            example=_in(language, level.get("example")),
        )
        for level in criterion["levels"]
    )
    return Criterion(
        id=criterion["id"],
        name=_in(language, criterion.get("name")) or criterion["id"],
        question=_in(language, criterion.get("question")),
        levels=levels,
    )


def _in(language: Language, texts: Any) -> str:
    """Return a study's text in a language, else in the other one."""
    if not isinstance(texts, dict):
        return texts or ""
    return str(texts.get(language) or next(iter(texts.values()), ""))
