"""Keep what a rater gives to an item as its newest revision, once it has been checked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from annotate_app.services import answers, labelling, scoring
from annotate_app.services.answers import NotUnderstood
from annotate_app.services.rating import NotYours, SignInEnded, check_open, check_owner
from db import desk, judgements, sign_ins
from db.desk import Given
from db.errors import NotAllowed
from db.judgements import NewJudgement, Place


class ChangedElsewhere(NotAllowed):
    """Another revision than the one this was based on is the newest: `newest` holds it."""

    code = "changed_elsewhere"

    def __init__(self, newest: Given | None) -> None:
        super().__init__("this item was judged in another window since; look at it, then decide")
        self.newest = newest


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
    transaction that keeps it. Raises SignInEnded, NotYours, StudyNotOpen, ChangedElsewhere, or what
    `answers`, and `scoring` or `labelling`, raise: then nothing is stored.
    """
    new = answers.tidied(asked.new)
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
    new = _checked(session, place, new)
    return Saved(place.revision + 1, judgements.append(session, place=place, new=new), known=False)


def _check_base(session: Session, place: Place, base: int) -> None:
    if base == place.revision:
        return
    found = {"assignment_id": place.assignment_id, "revision": place.revision}
    raise ChangedElsewhere(desk.given(session, **found) if place.revision else None)


def _checked(session: Session, place: Place, new: NewJudgement) -> NewJudgement:
    """Return what is stored of an answer of the study's kind."""
    if place.kind == "distortion":
        return labelling.checked(session, place, new)
    scoring.check(place.criteria, new)
    return new
