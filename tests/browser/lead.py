"""A lead at the adjudication desk, as the tests move one, and a store with cases to decide."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, expect
from sqlalchemy import select

from db import labels as labelled
from db import studies
from db.account_tables import Person
from db.engine import Store
from db.labels import GivenLabel, Labelling, Span
from db.tables import Adjudication, AdjudicationCase, Assignment, Item, Judgement
from pipeline.study import adjudicating, lifecycle
from pipeline.study.adjudicating import Wanted
from tests.browser import stores
from tests.browser.labeller import Labeller
from tests.browser.planting import word

LABELLERS = ("li", "wang")


@dataclass
class Cases:
    """A store with a closed study of zhao's cases; `remarks` are the votes' comments by item."""

    store: Store
    name: str = "labels"
    remarks: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> list[str]:
        """The codes of the cases, in the lead's order."""
        query = select(Item.code).join(AdjudicationCase, AdjudicationCase.item_id == Item.id)
        with self.store.reading() as session:
            return list(session.scalars(query.order_by(AdjudicationCase.position)))

    def drawn(self, code: str) -> list[str]:
        """The comments of a case's votes, in the order that was drawn."""
        query = select(AdjudicationCase).join(Item, Item.id == AdjudicationCase.item_id)
        with self.store.reading() as session:
            case = session.scalars(query.where(Item.code == code)).one()
            found = [session.get_one(Judgement, vote["judgement"]) for vote in case.votes]
            return [judgement.comment or "" for judgement in found]

    @property
    def steps(self) -> list[Adjudication]:
        with self.store.reading() as session:
            return list(session.scalars(select(Adjudication).order_by(Adjudication.id)))


def plant(path: Path, *, questions: int = 3) -> Cases:
    """Make cases of which the first item is agreed on, with comments that are fresh words."""
    cases = Cases(stores.make(path))
    cases.names = {who: f"{who}{word()}" for who in LABELLERS}
    stores.add_people(cases.store, zhao="lead", **dict.fromkeys(cases.names.values(), "rater"))
    stores.add_answers(
        cases.store, questions, (), question=lambda n: stores.a_question(n, hard=n == 2)
    )
    stores.open_labelling(cases.store, cases.name, list(cases.names.values()))
    with cases.store.writing() as session:
        study = studies.get(session, name=cases.name)
        query = (
            select(Assignment.id, Item.code, Person.username)
            .join(Item, Item.id == Assignment.item_id)
            .join(Person, Person.id == Assignment.person_id)
            .where(Assignment.study_id == study.id)
            .order_by(Item.id)
        )
        rows = session.execute(query).all()
        agreed = rows[0].code
        for assignment, code, username in rows:
            first = username == cases.names["li"] or code == agreed
            given = Labelling(
                "yes",
                (
                    GivenLabel("catastrophizing", primary=True, spans=(Span("question", 0, 4),)),
                    *(() if first else (GivenLabel("mind_reading"),)),
                ),
                2,
            )
            remark = cases.remarks.setdefault(code, {}).setdefault(username, word())
            session.add(
                Judgement(
                    assignment_id=assignment,
                    revision=1,
                    values=labelled.to_values(given),
                    labels=labelled.to_labels(given),
                    comment=remark,
                    token="t",
                )
            )
    lifecycle.close_study(cases.store, name=cases.name)
    adjudicating.run(cases.store, Wanted(cases.name, agreed=1))
    return cases


class Lead(Labeller):
    """Someone with the adjudication desk open in a page."""

    @property
    def votes(self) -> Locator:
        return self.desk.locator(".vote")

    @property
    def reason(self) -> Locator:
        return self.desk.locator(".why textarea")

    @property
    def problem(self) -> Locator:
        return self.desk.locator(".problem").last

    def arrive(self) -> str:
        """Wait for a case, looking at it where it is announced first; return its code."""
        if self.settled() == "announce":
            self.page.keyboard.press("Enter")
        self.page.locator('[data-desk]:is([data-state="own"], [data-state="deciding"])').wait_for()
        return self.item

    def answer(self, *keys: str) -> str:
        """Give an own answer by these keys, and wait for the votes; return the case's code."""
        code = self.arrive()
        self.press(*keys, "Enter")
        expect(self.desk).to_have_attribute("data-state", "deciding")
        return code

    def decide(self, key: str, reason: str) -> None:
        """Take over a vote by its key, say why, and save."""
        code = self.item
        self.press(key)
        expect(self.reason).to_be_focused()
        self.page.keyboard.insert_text(reason)
        self.press("Control+Enter")
        self.settled(after=code)
