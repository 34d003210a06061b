"""List the studies of a rater, and the progress of all studies for who runs them."""

from dataclasses import dataclass
from datetime import datetime

from annotate_app.services.sign_in import SignedIn
from db import studies
from db.columns import StudyStatus
from db.engine import Store
from db.errors import NotAllowed


@dataclass(frozen=True)
class OpenStudy:
    """A study that a rater can work on."""

    name: str
    answered: int
    assigned: int


@dataclass(frozen=True)
class RaterProgress:
    """How far one rater is, under the rater's pseudonym."""

    pseudonym: str
    group: str | None
    answered: int
    assigned: int
    last_at: datetime | None


@dataclass(frozen=True)
class StudyProgress:
    """How far a study is; `own` marks one in which the reader rates, whose results stay closed."""

    name: str
    status: StudyStatus
    items: int
    repeats: int
    answered: int
    assigned: int
    raters: tuple[RaterProgress, ...]
    own: bool


def open_studies(store: Store, *, person_id: int) -> list[OpenStudy]:
    """Return the open rating studies in which this person has items."""
    with store.reading() as session:
        return [
            OpenStudy(name=mine.name, answered=mine.answered, assigned=mine.assigned)
            for mine in studies.of_rater(session, person_id=person_id)
            if mine.status == "open" and mine.kind == "rating"
        ]


def progress(store: Store, *, reader: SignedIn) -> list[StudyProgress]:
    """Return how far every study is, newest first. Raises NotAllowed for someone who only rates."""
    if not reader.watches:
        raise NotAllowed("the studies page is for researchers and leads")
    found = []
    with store.reading() as session:
        for study in reversed(studies.all_studies(session)):
            counts = studies.counts(session, study_id=study.id)
            raters = studies.progress(session, study_id=study.id)
            found.append(
                StudyProgress(
                    name=study.name,
                    status=study.status,
                    items=counts.items,
                    repeats=counts.repeats,
                    answered=counts.answered,
                    assigned=counts.assigned,
                    raters=tuple(_rater(rater) for rater in raters),
                    own=any(rater.person_id == reader.person_id for rater in raters),
                )
            )
    return found


def _rater(rater: studies.RaterProgress) -> RaterProgress:
    return RaterProgress(
        pseudonym=rater.pseudonym,
        group=rater.group,
        answered=rater.answered,
        assigned=rater.assigned,
        last_at=rater.last_at,
    )
