"""What a distortion study may not hold, found by `cbt db verify`."""

from typing import Any

import pytest
from sqlalchemy import select, update

from db import labels, studies, verify
from db.account_tables import Person
from db.engine import Store
from db.labels import GivenLabel, Labelling, Span
from db.problems import Problem
from db.tables import Adjudication, AdjudicationCase, Assignment, Item, Judgement, Study
from tests.pipeline.labels import close, give, make_label_study

GIVEN = Labelling("yes", (GivenLabel("labeling", primary=True),))


@pytest.fixture
def labelled(store: Store) -> Store:
    """The study "labels", of which the first item has two votes and the lead's decision."""
    make_label_study(store, questions=["“总是”😔 这样", "问题2"], repeats=0.5)
    give(store, "labels", "li", 1, "yes", ["labeling"], spans=[("labeling", "question", 0, 5)])
    give(store, "labels", "wang", 1, "cannot_tell")
    close(store)
    with store.writing() as session:
        session.add(Person(pseudonym="P-LEAD", username="zhao", roles=["lead"]))
        session.flush()
        add_case(session, votes=[{"judgement": 2}, {"judgement": 1}])
        step(session, revision=1, before=GIVEN)
        step(session, revision=2, before=GIVEN, decision=GIVEN)
    return store


def lead(session: Any) -> int:
    found: int = session.scalars(select(Person.id).where(Person.username == "zhao")).one()
    return found


def add_case(session: Any, **given: Any) -> None:
    first = session.scalars(select(Item).order_by(Item.id)).first()
    about = {"study_id": first.study_id, "item_id": first.id, "person_id": lead(session)}
    session.add(AdjudicationCase(**{**about, "position": 1, "agreed": False, **given}))


def step(session: Any, *, revision: int, before: Labelling, **given: Any) -> None:
    decision = given.pop("decision", None)
    row = {
        "item_id": session.scalars(select(Item.id).order_by(Item.id)).first(),
        "person_id": lead(session),
        "revision": revision,
        "before": labels.to_json(before),
        "decision": labels.to_json(decision) if decision else {},
        "reason": "因为",
        **given,
    }
    session.add(Adjudication(**row))


def problems(store: Store) -> list[str]:
    return [problem.what for problem in verify.run(store).problems]


def test_a_study_that_was_labelled_and_adjudicated_has_no_problems(labelled: Store) -> None:
    assert problems(labelled) == []


@pytest.mark.parametrize(
    ("values", "given", "what"),
    [
        ({"presence": "maybe"}, [], ["presence = maybe is no answer"]),
        ({"presence": "no", "confidence": 4}, [], ["confidence = 4 is not on the scale"]),
        (
            {"presence": "no"},
            [("labeling", True, [])],
            ["has labels, though its presence is no"],
        ),
        (
            {"presence": "yes"},
            [("labeling", False, []), ("mind_reading", False, [])],
            ["has 0 primary labels, not 1"],
        ),
        (
            {"presence": "yes"},
            [("labeling", True, []), ("labeling", False, [])],
            ["has a label twice"],
        ),
        (
            {"presence": "yes"},
            [("rumination", True, [])],
            ["the label rumination is not in the label set of its study"],
        ),
        ({"presence": "yes"}, [("labeling", True, [("question", 0, 8)])], []),
        (
            {"presence": "yes"},
            [("labeling", True, [("question", 0, 9), ("answer", 0, 1), ("question", 2, 2)])],
            [
                "the span 0 to 9 of labeling leaves the text of the question",
                "the span 0 to 1 of labeling leaves the text of the answer",
                "the span 2 to 2 of labeling leaves the text of the question",
            ],
        ),
    ],
)
def test_an_answer_that_cannot_be_is_found(
    store: Store, values: dict[str, Any], given: list[Any], what: list[str]
) -> None:
    make_label_study(store, questions=["“总是”😔 这样"])
    kept = [
        {
            "label": label,
            "primary": primary,
            "spans": [Span(*span)._asdict() for span in spans],
        }
        for label, primary, spans in given
    ]
    with store.writing() as session:
        assignment = session.scalars(select(Assignment.id)).first()
        session.add(
            Judgement(assignment_id=assignment, revision=1, token="t", values=values, labels=kept)
        )
    assert [problem.what for problem in verify.run(store).problems] == what


def test_an_answer_without_presence_is_found(store: Store) -> None:
    make_label_study(store)
    with store.writing() as session:
        assignment = session.scalars(select(Assignment.id)).first()
        session.add(Judgement(assignment_id=assignment, revision=1, token="t", values={}))
    (problem,) = verify.run(store).problems
    assert problem == Problem("labels", "hold something that is not theirs (KeyError: 'presence')")


def test_a_distortion_study_without_its_label_set_is_found(labelled: Store) -> None:
    with labelled.writing() as session:
        session.execute(update(Study).values(label_set_id=None))
    assert problems(labelled) == ["is about distortions, but has no label set"]


def test_a_decision_before_the_leads_own_answer_is_found(labelled: Store) -> None:
    with labelled.writing() as session:
        session.add(Person(pseudonym="P-MORE", username="qian", roles=["lead"]))
        session.flush()
        more = session.scalars(select(Person.id).where(Person.username == "qian")).one()
        step(session, revision=3, before=GIVEN, decision=GIVEN, person_id=more)
        step(session, revision=4, before=GIVEN)
        step(session, revision=6, before=GIVEN, decision=GIVEN)
    assert problems(labelled) == [
        "has 5 revisions, but the newest is revision 6",
        "revision 3 decides before there is an answer without the votes",
        "revision 4 has no decision",
    ]


def test_another_lead_begins_with_an_own_answer_too(labelled: Store) -> None:
    with labelled.writing() as session:
        session.add(Person(pseudonym="P-MORE", username="qian", roles=["lead"]))
        session.flush()
        more = session.scalars(select(Person.id).where(Person.username == "qian")).one()
        step(session, revision=3, before=GIVEN, person_id=more)
        step(session, revision=4, before=GIVEN, decision=GIVEN, person_id=more)
    assert problems(labelled) == []


def test_a_decision_by_a_labeller_or_of_an_unknown_label_is_found(labelled: Store) -> None:
    other = Labelling("yes", (GivenLabel("rumination", primary=True),))
    with labelled.writing() as session:
        li = session.scalars(select(Person.id).where(Person.username == "li")).one()
        step(session, revision=3, before=GIVEN, person_id=li)
        step(session, revision=4, before=GIVEN, decision=other, person_id=li)
    assert problems(labelled) == [
        "revision 3 is by someone who labelled the item",
        "revision 4 is by someone who labelled the item",
        "the label rumination is not in the label set of its study",
    ]


def test_a_case_that_shows_what_is_not_about_its_item_is_found(labelled: Store) -> None:
    with labelled.writing() as session:
        case = session.scalars(select(AdjudicationCase)).one()
        other = session.scalars(select(Item.id).order_by(Item.id.desc())).first()
        case.item_id, case.votes = other, [{"judgement": 1}, {"judgement": 99}, {"gold": 5}]
    assert problems(labelled) == [
        "shows judgement 1, which is not about this item",
        "shows judgement 99, which is not about this item",
        "shows gold 5, which is not about this item",
    ]


def test_a_case_of_another_study_than_its_item_is_found(labelled: Store) -> None:
    make_label_study(labelled, name="other")
    with labelled.writing() as session:
        case = session.scalars(select(AdjudicationCase)).one()
        case.study_id = studies.get(session, name="other").id
    assert problems(labelled) == ["is of another study than its item"]
