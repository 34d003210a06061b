"""Check what a rater gives to an item, and keep it as the newest revision."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from annotate_app.services.rating import NotYours, SignInEnded, check_open, check_owner
from db import desk, judgements, sign_ins
from db.desk import Given
from db.errors import NotAllowed
from db.judgements import NewJudgement, Place

FLAGS = ("harmful", "overwhelming", "cannot_judge")
LONGEST_COMMENT = 5_000
LONGEST_REASON = 500
LONGEST_TOKEN = 64
LONGEST_LOOK_SECONDS = 86_400


class ChangedElsewhere(NotAllowed):
    """Another revision than the one this was based on is the newest: `newest` holds it."""

    code = "changed_elsewhere"

    def __init__(self, newest: Given | None) -> None:
        super().__init__("this item was judged in another window since; look at it, then decide")
        self.newest = newest


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


class ReasonTooLong(NotAllowed):
    code = "reason_too_long"


class NotUnderstood(NotAllowed):
    code = "not_understood"


@dataclass(frozen=True)
class Asked:
    """A judgement to be kept: by whose sign-in, of which item, made on which revision of it.

    `owner` is the person whose desk it comes from, as `people.owner` names them: items are shared,
    and who has signed in to that browser since must not get another's judgement.
    """

    sign_in: str
    owner: str
    item: str
    base: int
    new: NewJudgement


@dataclass(frozen=True)
class Saved:
    """A judgement that is kept; `known` if its token had been saved before."""

    revision: int
    at: datetime
    known: bool


def keep(session: Session, asked: Asked) -> Saved:
    """Append a judgement as the item's newest revision; the same token again changes nothing.

    Who asks, whether the item is theirs and whether the study is open are looked at in the
    transaction that keeps it. Raises SignInEnded, NotYours, StudyNotOpen, ChangedElsewhere,
    ScoresMissing, ScoresAndCannotJudge, OffScale, CommentTooLong, ReasonTooLong or NotUnderstood:
    then nothing is stored.
    """
    new = _tidied(asked.new)
    place = judgements.place(session, sign_in=asked.sign_in, item=asked.item, token=asked.new.token)
    if place is None:
        person = sign_ins.person(session, token=asked.sign_in)
        if person is None:
            raise SignInEnded("your sign-in has ended; sign in again")
        check_owner(person.browser_key, asked.owner)
        raise NotYours("this item is not yours to rate")
    check_owner(place.browser_key, asked.owner)
    if place.known is not None:
        known = desk.given(session, assignment_id=place.assignment_id, revision=place.known)
        if known.at is None:  # only outside ratings have no time
            raise NotUnderstood("this token belongs to an imported rating")
        return Saved(place.known, known.at, known=True)
    check_open(place.study, place.status)
    _check_base(session, place, asked.base)
    _check_scores(place.criteria, new)
    return Saved(place.revision + 1, judgements.append(session, place=place, new=new), known=False)


def _check_base(session: Session, place: Place, base: int) -> None:
    if base == place.revision:
        return
    found = {"assignment_id": place.assignment_id, "revision": place.revision}
    raise ChangedElsewhere(desk.given(session, **found) if place.revision else None)


def _check_scores(criteria: Sequence[Any], given: NewJudgement) -> None:
    scales = {c["id"]: {level["value"] for level in c["levels"]} for c in criteria}
    if not given.values.keys() <= scales.keys():
        raise OffScale("there is a score for a criterion that this study does not have")
    scored = {name: value for name, value in given.values.items() if value is not None}
    for name, value in scored.items():
        if type(value) is not int or value not in scales[name]:
            raise OffScale(f"the score of {name} is not on its scale")
    if "cannot_judge" in given.flags:
        if scored:
            raise ScoresAndCannotJudge("give scores, or say that you cannot judge, not both")
        if given.values.keys() != scales.keys():
            raise NotUnderstood("an item that cannot be judged has no value for every criterion")
        return
    missing = [name for name in scales if name not in scored]
    if missing:
        raise ScoresMissing(missing)


def _tidied(given: NewJudgement) -> NewJudgement:
    """Return what is stored of a judgement, whatever its study."""
    comment = _plain(given.comment)
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(f"a comment has at most {LONGEST_COMMENT} characters; shorten it")
    if not 0 < len(given.token) <= LONGEST_TOKEN:
        raise NotUnderstood(f"a token has 1 to {LONGEST_TOKEN} characters")
    unknown = [flag for flag in given.flags if flag not in FLAGS]
    if unknown:
        raise NotUnderstood(f"there is no such flag; the flags: {', '.join(FLAGS)}")
    flags = {flag: _plain(given.flags[flag]) or None for flag in FLAGS if flag in given.flags}
    if any(len(reason or "") > LONGEST_REASON for reason in flags.values()):
        raise ReasonTooLong(f"a reason has at most {LONGEST_REASON} characters; shorten it")
    seconds = given.seconds
    if seconds is not None and not (
        math.isfinite(seconds) and 0 <= seconds <= LONGEST_LOOK_SECONDS
    ):
        seconds = None
    return replace(given, comment=comment or None, flags=flags, seconds=seconds)


def _plain(text: str | None) -> str:
    return (text or "").replace("\x00", "").strip()
