"""Show a lead the cases, and keep the own answer first, then the decision."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from annotate_app.i18n.translator import Language
from annotate_app.services import answers, label_check, labelling, study_texts
from annotate_app.services.answers import ReasonTooLong
from annotate_app.services.rating import NotYours, SignInEnded, browser_key, check_owner
from annotate_app.services.study_texts import Label
from db import adjudication_desk, adjudications, label_sets, labels, people
from db.account_tables import Person
from db.adjudication_desk import NewStep, Place, ShownVote, Step, StudyOfCases
from db.adjudications import LeadStudy
from db.engine import Store
from db.errors import NotAllowed
from db.labels import Labelling

FIRST = 2  # cases that come with a study's beginning; the desk fetches the others in time
AT_ONCE = 10
LONGEST_REASON = 2_000
UNSEEN = ("Cf", "Cc", "Zs")  # what says nothing: marks without a shape, controls, spaces


class LabelledByYou(NotAllowed):
    code = "labelled_by_you"


class OwnAnswerFirst(NotAllowed):
    code = "own_answer_first"


class ReasonMissing(NotAllowed):
    code = "reason_missing"


class ChangedElsewhere(NotAllowed):
    """Another step than the one this was based on is the newest: `newest` tells how far it is."""

    code = "changed_elsewhere"

    def __init__(self, newest: "Progress") -> None:
        super().__init__("this case was changed in another window since; look at it, then decide")
        self.newest = newest


@dataclass(frozen=True)
class Answer:
    """What someone said of an item, as `db.labels` writes it."""

    values: Mapping[str, Any]
    labels: Sequence[Any]


@dataclass(frozen=True)
class Vote(Answer):
    """One vote, in its place among A, B, …: not whose it is."""

    comment: str


@dataclass(frozen=True)
class Decision(Answer):
    reason: str


@dataclass(frozen=True)
class Progress:
    """How far a lead is with a case. Without the own answer there are no votes, and none is sent.

    `revision` is the lead's own newest step, 0 before there is one.
    """

    revision: int = 0
    own: Answer | None = None
    votes: Sequence[Vote] = ()
    decision: Decision | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """One case as its lead may see it now."""

    code: str
    position: int
    question: str
    description: str
    answer: str
    hard: bool
    progress: Progress


@dataclass(frozen=True)
class Package:
    """All that a lead's desk begins with; `target` is whose text was labelled.

    `done` are the positions that are decided, `cases` the first open ones. `owner` and `key` are
    as in the rating desk's package.
    """

    study: str
    target: str
    total: int
    done: Sequence[int]
    owner: str
    key: str
    labels: Mapping[Language, Sequence[Label]]
    guidelines: Mapping[Language, str]
    cases: Sequence[Case]


@dataclass(frozen=True)
class Asked:
    """A step to be kept: from whose desk, on which case, made on which revision of it.

    Without a `reason` it is the lead's own answer, with one the decision.
    """

    owner: str
    item: str
    base: int
    token: str
    values: Mapping[str, Any]
    labels: Sequence[Any]
    reason: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Kept:
    """A step that is kept, and the case after it; `known` if its token had been saved before."""

    known: bool
    progress: Progress


def of_lead(store: Store, *, person_id: int) -> Sequence[LeadStudy]:
    """Return the studies in which a person has cases to decide, or has decided some.

    There are none for who is no longer a lead.
    """
    with store.reading() as session:
        person = session.get(Person, person_id)
        if person is None or "lead" not in person.roles:
            return ()
        return adjudications.of_lead(session, person_id=person_id)


def package(store: Store, *, person_id: int, study: str) -> Package:
    """Return the beginning of a lead's cases in a study. Raises NotYours without any."""
    key = browser_key(store, person_id)
    with store.reading() as session:
        mine = _study(session, person_id, study)
        own = {"study_id": mine.id, "person_id": person_id}
        order = adjudication_desk.order(session, **own)
        first = [position for position, decided in order if not decided][:FIRST]
        return Package(
            study=mine.name,
            target="answer" if mine.on_answers else "question",
            total=len(order),
            done=[position for position, decided in order if decided],
            owner=people.owner(key),
            key=key,
            labels=study_texts.labels(session, mine.label_set_id),
            guidelines=study_texts.guidelines(mine.guidelines),
            cases=_cases(session, mine, person_id, first),
        )


def cases(
    store: Store, *, person_id: int, study: str, owner: str, positions: Sequence[int]
) -> dict[str, Sequence[Case]]:
    """Return a lead's own cases at up to AT_ONCE positions. Raises as `package`, or SignInEnded."""
    with store.reading() as session:
        check_owner(people.made_browser_key(session, person_id=person_id), owner)
        mine = _study(session, person_id, study)
        return {"cases": _cases(session, mine, person_id, positions[:AT_ONCE])}


def keep(store: Store, *, person_id: int, asked: Asked) -> Kept:
    """Append a lead's own answer, or the decision; the same token again changes nothing.

    Whether the case is still theirs is looked at in the transaction that keeps it. Raises
    SignInEnded, NotYours, LabelledByYou, ChangedElsewhere, OwnAnswerFirst, ReasonMissing,
    ReasonTooLong, or what `label_check` raises: then nothing is stored.
    """
    with store.writing() as session:
        place = _place(session, person_id, asked)
        if place.known:
            return Kept(known=True, progress=_progress(place.known, place.votes))
        _check_base(place, asked)
        new = NewStep(
            own=place.step.own if place.step else _checked(session, place, asked),
            decision=_checked(session, place, asked) if place.step else None,
            reason=_reason(asked.reason),
            token=asked.token,
            seconds=answers.likely_seconds(asked.seconds),
        )
        step = adjudication_desk.append(session, place=place, new=new)
        return Kept(known=False, progress=_progress(step, place.votes))


def _study(session: Session, person_id: int, name: str) -> StudyOfCases:
    mine = adjudication_desk.study_of_lead(session, person_id=person_id, name=name)
    if mine is None:
        raise NotYours("you have no cases to decide in a study of this name")
    return mine


def _place(session: Session, person_id: int, asked: Asked) -> Place:
    answers.check_token(asked.token)
    person = session.get_one(Person, person_id)
    if person.disabled_at:
        raise SignInEnded("your sign-in has ended; sign in again")
    check_owner(person.browser_key, asked.owner)
    case = {"item": asked.item, "token": asked.token}
    place = adjudication_desk.place(session, person_id=person_id, **case)
    if place is None or "lead" not in person.roles:
        raise NotYours("this case is not yours to decide")
    if place.labelled:
        raise LabelledByYou("you labelled this item, so somebody else has to decide it")
    return place


def _check_base(place: Place, asked: Asked) -> None:
    """Own answer first, decision afterwards, and both on what the lead has seen."""
    if asked.reason is not None and place.step is None:
        raise OwnAnswerFirst("give your own answer first; then come the votes, and the decision")
    newest = place.step.revision if place.step else 0
    if asked.base != newest or (asked.reason is None and place.step):
        raise ChangedElsewhere(_progress(place.step, place.votes))


def _checked(session: Session, place: Place, asked: Asked) -> Labelling:
    given = label_check.read(asked.values, asked.labels)
    known = label_sets.known(session, label_set_id=place.label_set_id)
    label_check.check(given, known=known, texts=place.texts)
    return labelling.in_order(given, known)


def _reason(reason: str | None) -> str:
    if reason is None:
        return ""
    text = answers.plain(reason)
    if all(unicodedata.category(letter) in UNSEEN for letter in text):
        raise ReasonMissing("say in a few words why you decide so")
    if len(text) > LONGEST_REASON:
        raise ReasonTooLong(f"a reason has at most {LONGEST_REASON} characters; shorten it")
    return text


def _cases(
    session: Session, mine: StudyOfCases, person_id: int, positions: Sequence[int]
) -> list[Case]:
    found = adjudication_desk.cases(
        session, study_id=mine.id, person_id=person_id, positions=positions
    )
    return [
        Case(
            code=case.code,
            position=case.position,
            question=case.question,
            description=case.description,
            answer=case.answer,
            hard=case.hard,
            progress=_progress(case.step, case.votes),
        )
        for case in found
    ]


def _progress(step: Step | None, votes: Sequence[ShownVote]) -> Progress:
    """Return what the lead may know: without a step of the lead's own, nothing."""
    if step is None:
        return Progress()
    return Progress(
        revision=step.revision,
        own=Answer(**_written(step.own)),
        votes=[Vote(**_written(vote.given), comment=vote.comment) for vote in votes],
        decision=Decision(**_written(step.decided), reason=step.reason) if step.decided else None,
        at=step.at,
    )


def _written(given: Labelling) -> dict[str, Any]:
    return {"values": labels.to_values(given), "labels": labels.to_labels(given)}
