"""What a rater's desk asks to be kept, and what the store holds of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from annotate_app.services import judging, sign_in
from annotate_app.services.judging import Asked, Saved
from db import people
from db.account_tables import SignIn
from db.engine import Store
from db.judgements import NewJudgement
from db.studies import get as study_named
from db.tables import Judgement

FULL = {"relevance": 2, "structure": 1, "helpfulness": 0}
NONE = dict.fromkeys(FULL)


def owner(made: Any, who: str = "lin") -> str:
    """Return the name under which this rater's browsers keep things."""
    with made.store.writing() as session:
        return people.owner(people.browser_key(session, person_id=made.people[who]))


def asked(made: Any, who: str = "lin", **changes: Any) -> Asked:
    """Return a judgement of full scores, of the rater's first item, changed where a test wants."""
    given: dict[str, Any] = {
        "sign_in": sign_in.begin(made.store, person_id=made.people[who]),
        "item": made.codes.get(who, made.codes["lin"])[0],
        "base": 0,
        **changes,
    }
    of_asked = {name: given.pop(name) for name in ("sign_in", "item", "base")}
    theirs = given.pop("owner", None) or owner(made, who)
    return Asked(
        owner=theirs, new=NewJudgement(**{"values": FULL, "token": "t1", **given}), **of_asked
    )


def keep(made: Any, given: Asked) -> Saved:
    with made.store.writing() as session:
        return judging.keep(session, given)


def stored(store: Store) -> list[Judgement]:
    """Return every judgement, in the order in which they came."""
    with store.reading() as session:
        return list(session.scalars(select(Judgement).order_by(Judgement.id)))


def set_status(store: Store, status: Any, *, name: str = "pilot") -> None:
    with store.writing() as session:
        study_named(session, name=name).status = status


def leave_unused(store: Store, *, hours: float) -> None:
    """Bring every sign-in's end nearer, as if it had not been used for so long."""
    with store.writing() as session:
        for row in session.scalars(select(SignIn)):
            row.expires_at -= timedelta(hours=hours)
