from typing import Any

import pytest
from sqlalchemy import select

from db import adjudications, labels, people, studies
from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.labels import Labelling
from db.tables import Adjudication, AdjudicationCase, Event, Gold, Item, Question, Run, Study
from pipeline.study.adjudicating import Drawn, HandedOver, Wanted, run
from tests.pipeline.labels import close, codes, give, make_label_study

AGREE = (("yes", ["labeling"]), ("yes", ["labeling"]))
OTHER_LABELS = (("yes", ["labeling"]), ("yes", ["labeling", "mind_reading"]))
OTHER_PRIMARY = (("yes", ["labeling", "mind_reading"]), ("yes", ["mind_reading", "labeling"]))
OTHER_PRESENCE = (("yes", []), ("no", []))
UNSURE = (("cannot_tell", []), ("cannot_tell", []))


def labelled(store: Store, votes: Any, *, leads: Any = ("zhao",), end: bool = True) -> None:
    """A study whose items have these votes, by li and wang, and people who lead."""
    make_label_study(store, questions=len(votes))
    for place, pair in enumerate(votes, start=1):
        for who, vote in zip(("li", "wang"), pair, strict=False):
            give(store, "labels", who, place, *vote)
    with store.writing() as session:
        for lead in leads:
            people.add(session, username=lead, roles=["lead"], group=None, password_hash=None)
    if end:
        close(store)


def cases(store: Store) -> list[AdjudicationCase]:
    with store.reading() as session:
        return list(session.scalars(select(AdjudicationCase).order_by(AdjudicationCase.id)))


def items_of(store: Store) -> list[int]:
    """The places in the study of the items that are cases."""
    with store.reading() as session:
        ids = list(session.scalars(select(Item.id).order_by(Item.id)))
    return sorted(ids.index(case.item_id) + 1 for case in cases(store))


def person(store: Store, username: str) -> int:
    with store.reading() as session:
        return people.get(session, username=username).id


def decide(store: Store, case: AdjudicationCase) -> None:
    with store.writing() as session:
        answer = labels.to_json(Labelling("no"))
        about = {"item_id": case.item_id, "person_id": case.person_id, "before": answer}
        session.add(Adjudication(revision=1, decision={}, reason="", token="a", **about))
        session.add(Adjudication(revision=2, decision=answer, reason="因为", token="b", **about))


def test_all_items_in_disagreement_and_a_share_of_the_others_become_cases(store: Store) -> None:
    labelled(store, [AGREE] * 14 + [OTHER_LABELS, OTHER_PRESENCE, UNSURE, OTHER_PRIMARY])
    done = run(store, Wanted("labels"))
    assert isinstance(done, Drawn)
    assert (done.cases, done.agreed, done.of_agreed) == (5, 2, 15)  # 1.5 is rounded up
    assert done.kinds == {
        "presence": 1,
        "labels": 1,
        "primary": 0,
        "cannot_tell": 1,
        "conflicting": 0,
    }
    found = cases(store)
    assert {15, 16, 17} <= set(items_of(store))
    assert sum(case.agreed for case in found) == 2
    assert sorted(case.position for case in found) == [1, 2, 3, 4, 5]
    assert all(len(case.votes) == 2 for case in found)
    with store.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.kind == "adjudication_drawn"))
        (stage,) = session.scalars(select(Run).where(Run.stage == "study adjudicate"))
    (lead,) = done.leads
    assert event.details == {"cases": 5, "leads": {lead: 5}}
    assert stage.counts == event.details
    assert stage.configuration["study"] == "labels"


def test_agreed_items_are_mixed_in_and_votes_are_shuffled_item_by_item(store: Store) -> None:
    labelled(store, [AGREE] * 20 + [OTHER_LABELS] * 20)
    run(store, Wanted("labels", agreed=1))
    found = cases(store)
    in_order = [case.agreed for case in sorted(found, key=lambda case: case.position)]
    assert len(found) == 40
    assert in_order not in (sorted(in_order), sorted(in_order, reverse=True))
    first = [case.votes[0]["judgement"] < case.votes[1]["judgement"] for case in found]
    assert 8 < sum(first) < 32
    assert {case.position for case in found} == set(range(1, 41))


def test_the_same_seed_draws_the_same_cases(store: Store) -> None:
    labelled(store, [AGREE] * 9 + [OTHER_LABELS] * 3)
    seen = []
    for _ in range(2):
        run(store, Wanted("labels", agreed=0.5))
        seen.append([(c.item_id, c.position, c.agreed, c.votes) for c in cases(store)])
        with store.writing() as session:
            for case in session.scalars(select(AdjudicationCase)):
                session.delete(case)
    assert seen[0] == seen[1]


def test_the_kinds_say_which_disagreements_count(store: Store) -> None:
    labelled(store, [OTHER_PRIMARY, OTHER_PRESENCE, OTHER_LABELS, UNSURE])
    done = run(store, Wanted("labels", on=("primary",), agreed=0))
    assert isinstance(done, Drawn)
    assert items_of(store) == [1]
    assert (done.left_out["other_kind"], done.of_agreed) == (2, 1)


def test_the_studys_own_design_says_what_is_not_asked_for(store: Store) -> None:
    labelled(store, [OTHER_PRIMARY, OTHER_PRESENCE, AGREE])
    with store.writing() as session:
        study = studies.get(session, name="labels")
        study.design = study.design | {"adjudication": {"on": ["primary"], "agreed": 0}}
    run(store, Wanted("labels"))
    assert items_of(store) == [1]


def test_items_with_fewer_than_two_votes_are_no_cases(store: Store) -> None:
    labelled(store, [OTHER_LABELS, (("yes", []),), ()])
    done = run(store, Wanted("labels"))
    assert isinstance(done, Drawn)
    assert items_of(store) == [1]
    assert done.left_out == {"one_vote": 1, "no_vote": 1, "other_kind": 0}


def test_several_leads_share_the_cases_evenly(store: Store) -> None:
    labelled(store, [OTHER_LABELS] * 7, leads=("zhao", "qian", "sun"))
    done = run(store, Wanted("labels", leads=("zhao", "qian")))
    assert sorted(done.leads.values()) == [3, 4]
    for lead in ("zhao", "qian"):
        mine = [case for case in cases(store) if case.person_id == person(store, lead)]
        assert [case.position for case in mine] == list(range(1, len(mine) + 1))


def test_who_labelled_an_item_gets_other_items(store: Store) -> None:
    labelled(store, [OTHER_LABELS] * 4)
    with store.writing() as session:
        people.get(session, username="li").roles = ["rater", "lead"]
    run(store, Wanted("labels"))
    assert {case.person_id for case in cases(store)} == {person(store, "zhao")}


def test_items_that_every_lead_labelled_are_named_and_nothing_is_stored(store: Store) -> None:
    labelled(store, [AGREE, OTHER_LABELS, OTHER_LABELS])
    with store.writing() as session:
        people.get(session, username="li").roles = ["rater", "lead"]
    with pytest.raises(NotAllowed) as refused:
        run(store, Wanted("labels", leads=("li",), agreed=0))
    assert "nobody adjudicates what they labelled, and li labelled 2 items" in str(refused.value)
    named = codes(store)[1:]
    assert [(bad.row, bad.why) for bad in refused.value.rows] == [
        (2, f"item {named[0]} was labelled by li"),
        (3, f"item {named[1]} was labelled by li"),
    ]
    assert not cases(store)
    with store.reading() as session:
        assert not session.scalars(select(Run).where(Run.stage == "study adjudicate")).all()


def test_cases_are_drawn_once(store: Store) -> None:
    labelled(store, [OTHER_LABELS] * 3)
    run(store, Wanted("labels"))
    decide(store, cases(store)[0])
    with pytest.raises(NotAllowed, match="drawn only once: 1 of 3 are decided"):
        run(store, Wanted("labels"))
    assert len(cases(store)) == 3


@pytest.mark.parametrize("gone", ["disabled", "no lead"])
def test_what_a_lead_who_is_gone_left_undecided_is_handed_over(store: Store, gone: str) -> None:
    labelled(store, [OTHER_LABELS] * 5, leads=("zhao", "qian"))
    run(store, Wanted("labels", leads=("zhao",)))
    decide(store, cases(store)[0])
    with store.writing() as session:
        zhao = people.get(session, username="zhao")
        if gone == "disabled":
            people.switch(session, person=zhao, able=False)
        else:
            zhao.roles = ["rater"]
    with pytest.raises(NotAllowed, match="drawn only once"):
        run(store, Wanted("labels", agreed=0.5))
    done = run(store, Wanted("labels"))
    assert isinstance(done, HandedOver)
    assert done.cases == 4
    mine = [case for case in cases(store) if case.person_id == person(store, "qian")]
    assert [case.position for case in mine] == [1, 2, 3, 4]
    with store.reading() as session:
        study = studies.get(session, name="labels")
        left = {
            who: adjudications.waiting(session, study_id=study.id, person_id=person(store, who))
            for who in ("zhao", "qian")
        }
    assert left == {"zhao": 0, "qian": 4}


@pytest.mark.parametrize(
    ("status", "told"), [("draft", "cbt study open labels"), ("open", "cbt study close labels")]
)
def test_a_study_that_is_not_closed_is_refused_with_what_to_do(
    store: Store, status: Any, told: str
) -> None:
    labelled(store, [OTHER_LABELS], end=False)
    with store.writing() as session:
        studies.get(session, name="labels").status = status
    with pytest.raises(NotAllowed, match=told):
        run(store, Wanted("labels"))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted("labels", on=("mood",)), "no kind of disagreement mood"),
        (Wanted("labels", on=()), "name one or more kinds"),
        (Wanted("labels", agreed=1.5), "from 0 to 1"),
        (Wanted("labels", agreed=0), "nothing to adjudicate"),
    ],
)
def test_what_cannot_be_drawn_is_refused(sqlite_store: Store, wanted: Wanted, told: str) -> None:
    labelled(sqlite_store, [AGREE])
    with pytest.raises(NotAllowed, match=told):
        run(sqlite_store, wanted)
    assert not cases(sqlite_store)


def test_who_is_no_lead_is_not_found(sqlite_store: Store) -> None:
    labelled(sqlite_store, [OTHER_LABELS])
    with pytest.raises(NotKnown, match="no lead is called wang"):
        run(sqlite_store, Wanted("labels", leads=("wang",)))
    with pytest.raises(NotAllowed, match="name one lead or more"):
        run(sqlite_store, Wanted("labels", leads=()))
    with sqlite_store.writing() as session:
        people.switch(session, person=people.get(session, username="zhao"), able=False)
    with pytest.raises(NotAllowed, match="there is no lead to decide"):
        run(sqlite_store, Wanted("labels"))


def test_a_study_where_nobody_shares_an_item_has_nothing_to_adjudicate(sqlite_store: Store) -> None:
    labelled(sqlite_store, [(("yes", []),)])
    with pytest.raises(NotAllowed, match="no item of study labels has two votes"):
        run(sqlite_store, Wanted("labels"))


def test_the_cases_of_an_imported_ground_truth_are_its_items_with_several_answers(
    store: Store,
) -> None:
    with store.writing() as session:
        session.add(Person(pseudonym="P-LEAD", username="zhao", roles=["lead"]))
        study = Study(name="gold", kind="distortion", origin="imported", status="closed", seed=0)
        study.criteria, study.guidelines, study.design, study.analysis = [], {}, {}, {}
        question = Question(source="gold", external_id="1", text="我总是失败")
        session.add_all([study, question])
        session.flush()
        items = [
            Item(study_id=study.id, code=f"GOLD{n}", external_id=str(n), question_id=question.id)
            for n in range(2)
        ]
        session.add_all(items)
        session.flush()
        session.add_all(
            [
                Gold(item_id=items[0].id, presence="yes", labels=["读心术"]),
                Gold(item_id=items[1].id, presence="yes", labels=["读心术"], conflicting=True),
                Gold(item_id=items[1].id, presence="no", labels=[], conflicting=True),
            ]
        )
    done = run(store, Wanted("gold"))
    assert isinstance(done, Drawn)
    (case,) = cases(store)
    assert done.kinds["conflicting"] == done.cases == 1
    assert sorted(vote["gold"] for vote in case.votes) == [2, 3]
    assert not case.agreed
