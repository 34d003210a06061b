"""Show a rater the items of a study without their origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from annotate_app.i18n.translator import Language
from annotate_app.services import study_texts
from annotate_app.services.study_texts import Criterion, Label
from db import desk, people
from db.columns import StudyKind, StudyStatus
from db.desk import OwnItem, OwnStudy
from db.engine import Store
from db.errors import NotAllowed

FIRST = 5  # items that come with a study's beginning; the desk fetches the others ahead of time
AT_ONCE = 10  # items in one later request


class StudyNotOpen(NotAllowed):
    code = "study_not_open"


class SignInEnded(NotAllowed):
    code = "not_signed_in"


class NotYours(NotAllowed):
    code = "not_yours"


@dataclass(frozen=True)
class Package:
    """All that a desk begins a study with.

    `kind` says whether it asks for scores or for labels, `target` whether these are of the
    "answer" or of the "question". `done` are the positions that are judged, `items` the first open
    ones. `key` (32 bytes in base64) encrypts what the browser keeps, under the name `owner`, which
    tells nothing.
    """

    study: str
    kind: StudyKind
    target: str
    total: int
    done: Sequence[int]
    owner: str
    key: str
    criteria: Mapping[Language, tuple[Criterion, ...]]
    labels: Mapping[Language, tuple[Label, ...]]
    guidelines: Mapping[Language, str]
    items: Sequence[OwnItem]


def package(store: Store, *, person_id: int, study: str) -> Package:
    """Return the beginning of a study for one of its raters.

    Raises NotYours for a study in which the person has no items, StudyNotOpen for one that is
    not open.
    """
    key = browser_key(store, person_id)
    with store.reading() as session:
        mine = _open_study(session, person_id, study)
        own = {"study_id": mine.id, "person_id": person_id}
        order = desk.order(session, **own)
        first = [position for position, judged in order if not judged][:FIRST]
        return Package(
            study=mine.name,
            kind=mine.kind,
            target="answer" if mine.on_answers else "question",
            total=len(order),
            done=[position for position, judged in order if judged],
            owner=people.owner(key),
            key=key,
            criteria=study_texts.criteria(mine.criteria),
            labels=study_texts.labels(session, mine.label_set_id),
            guidelines=study_texts.guidelines(mine.guidelines),
            items=desk.items(session, positions=first, **own),
        )


def items(
    store: Store, *, person_id: int, study: str, owner: str, positions: Sequence[int]
) -> list[OwnItem]:
    """Return a rater's own items at up to AT_ONCE positions. Raises as `package` does.

    Raises SignInEnded where the desk that asks belongs to another `owner`: someone else has signed
    in to this browser since.
    """
    with store.reading() as session:
        key = people.made_browser_key(session, person_id=person_id)
        check_owner(key, owner)
        mine = _open_study(session, person_id, study)
        wanted = positions[:AT_ONCE]
        return desk.items(session, study_id=mine.id, person_id=person_id, positions=wanted)


def check_owner(browser_key: str | None, owner: str) -> None:
    """Raise SignInEnded unless this is the key of the person whose desk it is."""
    if browser_key is None or people.owner(browser_key) != owner:
        raise SignInEnded("someone else has signed in to this browser since; sign in again")


def check_open(name: str, status: StudyStatus) -> None:
    """Raise StudyNotOpen unless judgements can be given now."""
    if status == "draft":
        raise StudyNotOpen(f"the study {name} has not been opened yet")
    if status == "closed":
        raise StudyNotOpen(f"the study {name} is closed; what you saved before is kept")


def _open_study(session: Session, person_id: int, name: str) -> OwnStudy:
    mine = desk.own_study(session, person_id=person_id, name=name)
    if mine is None:
        raise NotYours("you have no items in a study of this name")
    check_open(mine.name, mine.status)
    return mine


def browser_key(store: Store, person_id: int) -> str:
    """Return the person's key; only its making waits until the store can be written to."""
    with store.reading() as session:
        made = people.made_browser_key(session, person_id=person_id)
    if made:
        return made
    with store.writing() as session:
        return people.browser_key(session, person_id=person_id)
