"""Give a study's items to its raters, each in an order of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import events, items, people, studies
from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed
from db.items import StoredItem
from db.tables import Study
from pipeline.study import design
from pipeline.study.balance import Balance, measure
from pipeline.study.order import Slot, Spacing, draw


@dataclass(frozen=True)
class Assigned:
    """A study whose items were given out anew, or to further raters."""

    study: str
    added: list[str]
    balance: Balance


def run(
    store: Store,
    *,
    name: str,
    usernames: Sequence[str] | None = None,
    per_item: int | None = None,
    by: int | None = None,
) -> Assigned:
    """Draw a draft's assignments anew, or add late raters to an open study.

    Without usernames, for every rater who is not disabled. Raises NotAllowed where it is too late.
    """
    with store.writing(in_turn=True) as session:
        study = studies.get(session, name=name)
        raters = people.raters(session, usernames=usernames)
        if study.status == "draft":
            added, balance = _again(session, study, raters, per_item)
        else:
            added, balance = _late(session, study, raters, per_item)
        pseudonyms = [person.pseudonym for person in added]
        details = {"raters": pseudonyms}
        events.record(session, kind="assigned", person_id=by, study_id=study.id, details=details)
        return Assigned(name, pseudonyms, balance)


def _again(
    session: Session, study: Study, raters: Sequence[Person], per_item: int | None
) -> tuple[Sequence[Person], Balance]:
    items.unassign(session, study_id=study.id)
    balance = assign(session, study, raters=raters, per_item=per_item or study.design["per_item"])
    return raters, balance


def _late(
    session: Session, study: Study, raters: Sequence[Person], per_item: int | None
) -> tuple[Sequence[Person], Balance]:
    if study.status == "closed":
        raise NotAllowed(f"study {study.name} is closed; nobody can be added to it")
    if per_item is not None:
        raise NotAllowed(f"study {study.name} is open; raters a question are fixed at opening")
    stored = items.of_study(session, study_id=study.id)
    orders = items.orders(session, study_id=study.id)
    if any(len(order) < len(stored) for order in orders.values()):
        raise NotAllowed(
            f"study {study.name} is open and gives each question to some of its raters;"
            " only where every rater judges every item can one be added late"
        )
    late = [person for person in raters if person.id not in orders]
    if not late:
        raise NotAllowed(f"these raters have their items of study {study.name} already")
    slots = _slots(stored)
    drawn = {person.id: _order(study, slots, range(len(slots)), person) for person in late}
    _store(session, study, stored, drawn)
    return late, _measured(session, study, stored)


def assign(
    session: Session, study: Study, *, raters: Sequence[Person], per_item: int | None
) -> Balance:
    """Draw who judges what in which order, store it, and report on it in the study's design.

    Raters are taken in the order of their usernames, and systems in that of their codes, so the
    seed draws the same in every store, and who knows it still cannot tell which system is which.
    """
    raters = sorted(raters, key=lambda person: person.username or person.pseudonym)
    if per_item is not None and raters and per_item > len(raters):
        there = "there is 1" if len(raters) == 1 else f"there are {len(raters)}"
        raise NotAllowed(
            f"{per_item} raters for each question are wanted, but {there};"
            " ask for fewer with --per-item, or add raters with 'cbt people add'"
        )
    stored = items.of_study(session, study_id=study.id)
    slots = _slots(stored)
    questions = len({slot.question for slot in slots})
    dealt = design.judges(
        questions=questions,
        raters=len(raters),
        per_item=min(per_item or len(raters), len(raters)),
        seed=study.seed,
        repeats=[slot.question for slot in slots if slot.repeat_of is not None],
    )
    orders = {}
    for n, person in enumerate(raters):
        mine = [item for item, slot in enumerate(slots) if n in dealt[slot.question]]
        orders[person.id] = _order(study, slots, mine, person)
    _store(session, study, stored, orders)
    study.design = {**study.design, "per_item": per_item}
    return _measured(session, study, stored)


def _slots(stored: Sequence[StoredItem]) -> list[Slot]:
    keys = sorted({item.question for item in stored})
    codes = sorted({item.system or "" for item in stored})
    question = {key: n for n, key in enumerate(keys)}
    system = {code: n for n, code in enumerate(codes)}
    place = {item.id: n for n, item in enumerate(stored)}
    return [
        Slot(
            question[item.question],
            system[item.system or ""],
            None if item.repeat_of is None else place[item.repeat_of],
        )
        for item in stored
    ]


def _order(study: Study, slots: Sequence[Slot], mine: Sequence[int], person: Person) -> list[int]:
    wanted = Spacing(study.design["answer_gap"], study.design["repeat_distance"])
    rater = person.username or person.pseudonym
    return draw(slots, mine, wanted=wanted, seed=f"{study.seed} order {rater}")


def _store(
    session: Session, study: Study, stored: Sequence[StoredItem], drawn: dict[int, list[int]]
) -> None:
    orders = {person: [stored[n].id for n in order] for person, order in drawn.items()}
    items.assign(session, study_id=study.id, orders=orders)


def _measured(session: Session, study: Study, stored: Sequence[StoredItem]) -> Balance:
    """Measure what is stored now, so that the report tells of the study and not of the drawing."""
    place = {item.id: n for n, item in enumerate(stored)}
    orders = {
        person: [place[item] for item in order]
        for person, order in items.orders(session, study_id=study.id).items()
    }
    balance = measure(_slots(stored), orders)
    study.design = {**study.design, "balance": balance.as_json()}
    return balance
