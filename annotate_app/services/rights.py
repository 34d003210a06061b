"""Who may do what on the researchers' pages, by the roles that the store has now."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from annotate_app.services.sign_in import SignedIn
from db import adjudications, studies
from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed
from db.tables import Study


class NotForYou(NotAllowed):
    code = "not_for_you"


class OwnStudy(NotAllowed):
    code = "own_study"


class CasesWaiting(NotAllowed):
    code = "cases_waiting"


class StillJudges(NotAllowed):
    code = "still_judges"


@contextmanager
def reading(store: Store, person: SignedIn) -> Iterator[Session]:
    """Yield a session for a researcher to read in. Raises NotForYou for anyone else."""
    with store.reading() as session:
        check_researches(session, person)
        yield session


def check(store: Store, person: SignedIn) -> None:
    """Raise NotForYou for someone who is no researcher, before a stage of the pipeline runs."""
    with reading(store, person):
        return


@contextmanager
def writing(store: Store, person: SignedIn) -> Iterator[Session]:
    """Yield a session for a researcher to write in, one after the other. Raises NotForYou."""
    with store.writing(in_turn=True) as session:
        check_researches(session, person)
        yield session


def check_researches(session: Session, person: SignedIn) -> None:
    """Raise NotForYou for someone who is no researcher, or no longer."""
    if "researcher" not in _roles(session, person):
        raise NotForYou("this is for researchers")


def check_watches(session: Session, person: SignedIn) -> None:
    """Raise NotForYou for someone who only rates."""
    if not {"researcher", "lead"} & _roles(session, person):
        raise NotForYou("this is for researchers and leads")


def check_outside(session: Session, person: SignedIn, study: Study) -> None:
    """Raise OwnStudy or CasesWaiting for someone who may not know the study's results, or not yet.

    They would colour what a rater or labeller still gives, and what a lead still decides.
    """
    if studies.rates_in(session, study_id=study.id, person_id=person.person_id):
        raise OwnStudy(f"you rate in the study {study.name}, so its results stay closed to you")
    waiting = adjudications.waiting(session, study_id=study.id, person_id=person.person_id)
    if waiting:
        raise CasesWaiting(
            f"decide your {waiting:,} waiting case{'s' if waiting > 1 else ''} of the study"
            f" {study.name} first; until then its results stay closed to you"
        )


def check_judges_nothing(session: Session, person: SignedIn) -> None:
    """Raise StillJudges for someone who is to judge blindly in any study that has not ended.

    Whoever knows how a system writes also knows its answers in that study.
    """
    of = {"person_id": person.person_id}
    rates = [each.name for each in studies.of_rater(session, **of) if each.status != "closed"]
    decides = [
        each.name for each in adjudications.of_lead(session, **of) if each.decided < each.cases
    ]
    for study in (*rates, *decides):
        raise StillJudges(f"you judge in the study {study}; until you have, systems stay unnamed")


def _roles(session: Session, person: SignedIn) -> set[str]:
    # A page may have been open for hours, so what it knows of the person does not count.
    found = session.get(Person, person.person_id)
    return set() if found is None or found.disabled_at else set(found.roles)
