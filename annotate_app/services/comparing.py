"""Show a researcher a question with several answers beside each other."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from annotate_app.services import criterion_names, rights
from annotate_app.services.criterion_names import CriterionNames
from annotate_app.services.sign_in import SignedIn
from db import ratings, shown_questions, studies
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.shown_questions import Among
from db.tables import Question, Study
from pipeline.showing import show
from pipeline.showing.shown import Shown
from pipeline.showing.wanted import Wanted

MOST = 4  # answers beside each other that one can still read
SEEDS = 2**31


@dataclass(frozen=True)
class Key:
    """What a question is called, in an address too."""

    source: str
    question: str


@dataclass(frozen=True)
class Asked:
    """What a page is asked to show; without a question the first of those that match."""

    key: Key | None = None
    search: str = ""
    study: str | None = None
    systems: Sequence[str] = ()
    set_aside: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Compared:
    """A question with its answers, its place among those that match, and those beside it.

    `systems` are all that can be chosen; `names` are those of the study's criteria.
    """

    shown: Shown
    key: Key
    place: int
    of: int
    previous: Key | None
    next: Key | None
    systems: Sequence[str]
    names: CriterionNames


def study_names(store: Store, *, by: SignedIn) -> list[str]:
    """Return the studies whose ratings the person may see, newest first.

    Raises NotForYou for who is no researcher, StillJudges for who judges blindly somewhere.
    """
    with _reading(store, by) as session:
        rating = (each for each in studies.all_studies(session) if each.kind == "rating")
        return [each.name for each in rating if _is_open_to(session, by, each)][::-1]


def look(store: Store, *, by: SignedIn, asked: Asked) -> Compared | None:
    """Return what is to be shown, None where no question matches.

    Raises as `study_names` does; OwnStudy or CasesWaiting for whom the study's results are closed;
    NotKnown for a question or a study that there is not.
    """
    with _reading(store, by) as session:
        study = _study(session, by, asked.study)
        among = _among(asked, study)
        key = asked.key or _first(session, among)
        if key is None:
            return None
        systems = _systems(session, study)
        wanted = Wanted(
            question=key.question,
            source=key.source,
            systems=tuple(each for each in asked.systems if each in systems),
            study=asked.study,
            set_aside=asked.set_aside,
            danger=asked.danger,
        )
        shown = _few(show.show(session, wanted))
        place = shown_questions.place(session, among, question_id=shown.question.id)
        return Compared(
            shown=shown,
            key=key,
            place=place.place,
            of=place.of,
            previous=_key(session, place.previous),
            next=_key(session, place.next),
            systems=systems,
            names=criterion_names.of_study(study) if study else CriterionNames({}),
        )


def draw(store: Store, *, by: SignedIn, asked: Asked) -> Key | None:
    """Return a question by lot; none of somebody who may be in danger. Raises as `look` does."""
    with _reading(store, by) as session:
        _study(session, by, asked.study)
        wanted = Wanted(
            search=asked.search or None, study=asked.study, seed=secrets.randbelow(SEEDS)
        )
        try:
            found = show.show(session, wanted).question
        except NotKnown:
            return None
        return Key(found.source, found.external_id)


@contextmanager
def _reading(store: Store, by: SignedIn) -> Iterator[Session]:
    with rights.reading(store, by) as session:
        rights.check_judges_nothing(session, by)
        yield session


def _is_open_to(session: Session, by: SignedIn, study: Study) -> bool:
    try:
        rights.check_outside(session, by, study)
    except NotAllowed:
        return False
    return True


def _study(session: Session, by: SignedIn, name: str | None) -> Study | None:
    if name is None:
        return None
    study = ratings.rating_study(session, name=name)
    rights.check_outside(session, by, study)
    return study


def _among(asked: Asked, study: Study | None) -> Among:
    return Among(study_id=study.id if study else None, search=asked.search or None)


def _first(session: Session, among: Among) -> Key | None:
    found = shown_questions.matching(session, among, limit=1)
    return Key(found[0].source, found[0].external_id) if found else None


def _key(session: Session, question_id: int | None) -> Key | None:
    if question_id is None:
        return None
    found = session.get_one(Question, question_id)
    return Key(found.source, found.external_id)


def _systems(session: Session, study: Study | None) -> Sequence[str]:
    if study is None:
        return shown_questions.answering_systems(session)
    return [each.shown for each in ratings.systems(session, study=study)]


def _few(shown: Shown) -> Shown:
    more = tuple(each.system for each in shown.answers[MOST:])
    return replace(shown, answers=shown.answers[:MOST], others=(*shown.others, *more))
