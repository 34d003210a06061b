from typing import Any

import pytest
from sqlalchemy import select

from db import people
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.labels import GivenLabel, Labelling, to_json
from db.tables import Adjudication, AdjudicationCase, Gold, Item, Question, Study
from pipeline.adjudication import AdjudicationOf, run
from pipeline.stats.resampling.intervals import Estimate, wilson
from pipeline.study import adjudicating
from pipeline.study.adjudicating import Wanted
from tests.pipeline.labels import close, give, make_label_study

NO = Labelling("no")
A, B, C = (
    Labelling("yes", (GivenLabel(label, primary=True),))
    for label in ("labeling", "mind_reading", "mental_filter")
)
VOTES = [(A, B), (A, NO), (A, B), (A, A), (NO, NO)]  # by li and wang, item by item


@pytest.fixture
def study(store: Store) -> Store:
    """A closed study of those votes, all of whose items are cases of zhao's."""
    make_label_study(store, questions=len(VOTES))
    for place, pair in enumerate(VOTES, start=1):
        for who, vote in zip(("li", "wang"), pair, strict=True):
            give(store, "labels", who, place, vote.presence, sorted(vote.ids))
    close(store)
    with store.writing() as session:
        people.add(session, username="zhao", roles=["lead"], group=None, password_hash=None)
    adjudicating.run(store, Wanted("labels", agreed=1))
    return store


def step(store: Store, place: int, own: Labelling, decided: Labelling | None = None) -> None:
    """Let the lead answer, and decide, on the item at this place of the study."""
    with store.writing() as session:
        items = list(session.scalars(select(Item.id).order_by(Item.id)))
        case = session.scalars(
            select(AdjudicationCase).where(AdjudicationCase.item_id == items[place - 1])
        ).one()
        given: dict[str, Any] = {"item_id": case.item_id, "person_id": case.person_id}
        given["before"] = to_json(own)
        session.add(Adjudication(revision=1, decision={}, reason="", **given))
        if decided:
            session.add(Adjudication(revision=2, decision=to_json(decided), reason="x", **given))


def of(share: Estimate) -> float | None:
    return share.value


def test_leads_are_counted_by_whom_they_sided_with(study: Store) -> None:
    step(study, 1, own=A, decided=A)
    step(study, 2, own=NO, decided=A)
    step(study, 3, own=C, decided=C)
    step(study, 4, own=A, decided=A)
    step(study, 5, own=A)
    found = run(study, AdjudicationOf("labels"))
    assert (found.cases, found.agreed, found.decided) == (5, 2, 4)
    assert (found.leads[0].cases, found.leads[0].waiting) == (5, 1)
    side = found.differing
    assert side.n == 3
    assert side.with_one == wilson(2, 3, level=0.95)
    assert side.with_none == wilson(1, 3, level=0.95)
    assert (of(side.with_all), of(side.with_some)) == (0, 0)
    assert (found.agreeing.n, of(found.agreeing.with_all)) == (1, 1)


def test_consistency_is_of_the_answers_given_without_the_votes(study: Store) -> None:
    step(study, 4, own=B, decided=A)
    step(study, 5, own=NO)
    step(study, 1, own=A, decided=B)
    found = run(study, AdjudicationOf("labels"))
    assert found.consistency.n == 2
    assert found.consistency.answer == wilson(1, 2, level=0.95)
    assert of(found.consistency.presence) == 1
    assert (found.changed.n, of(found.changed.answer), of(found.changed.presence)) == (2, 1, 0)


def test_how_often_the_vote_shown_first_was_followed_is_told(study: Store) -> None:
    with study.reading() as session:
        items = list(session.scalars(select(Item.id).order_by(Item.id)))
        case = session.scalars(
            select(AdjudicationCase).where(AdjudicationCase.item_id == items[0])
        ).one()
        first = case.votes[0]["judgement"] < case.votes[1]["judgement"]
    step(study, 1, own=C, decided=A if first else B)
    assert of(run(study, AdjudicationOf("labels")).first_shown) == 1


def test_agreement_is_of_the_votes_before_any_decision(study: Store) -> None:
    before = run(study, AdjudicationOf("labels")).before
    step(study, 2, own=NO, decided=NO)
    assert run(study, AdjudicationOf("labels")).before == before
    assert (before.items, before.labellers) == (5, 2)
    # Presence: 4 of 5 items agree. Li says yes 4 times of 5, wang 3: expected 12/25 + 2/25.
    assert before.presence["percent_agreement"].value == pytest.approx(4 / 5)
    assert before.presence["cohen_kappa"].value == pytest.approx((4 / 5 - 14 / 25) / (11 / 25))
    # Seven of ten answers are "yes": 2 * 7 * 3 of 90 ordered pairs differ, 2 of 10 within items.
    assert before.presence["alpha_nominal"].value == pytest.approx(1 - (2 / 10) / (42 / 90))
    # {a} five times, {b} twice, {} three times: nothing overlaps, so MASI is 0 or 1.
    different = 90 - 5 * 4 - 2 * 1 - 3 * 2
    masi = 1 - (6 / 10) / (different / 90)
    assert before.labels["alpha_masi"].value == pytest.approx(masi)
    assert before.labels["alpha_jaccard"].value == pytest.approx(masi)
    assert before.labels["percent_agreement"].value == pytest.approx(2 / 5)
    votes, alpha = before.by_label["labeling"]
    assert votes == 5
    assert alpha.value == pytest.approx(1 - (6 / 10) / (2 * 5 * 5 / 90))
    assert before.by_label["blaming_others"][1].code == "one_value"


def test_cannot_tell_is_an_answer_of_presence_and_no_set_of_labels(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=2)
    for place, presence in enumerate(("yes", "cannot_tell"), start=1):
        give(sqlite_store, "labels", "li", place, "yes")
        give(sqlite_store, "labels", "wang", place, presence)  # type: ignore[arg-type]
    before = run(sqlite_store, AdjudicationOf("labels")).before
    assert before.presence["percent_agreement"].value == 0.5
    assert before.labels["percent_agreement"].value == 1


def test_labellers_who_can_never_tell_have_no_agreement_in_labels(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=2)
    for who in ("li", "wang"):
        for place in (1, 2):
            give(sqlite_store, "labels", who, place, "cannot_tell")
    before = run(sqlite_store, AdjudicationOf("labels")).before
    assert of(before.presence["percent_agreement"]) == 1
    assert {each.code for each in before.labels.values()} == {"no_pairs"}


def test_items_with_too_few_votes_are_counted(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=3)
    give(sqlite_store, "labels", "li", 1, "yes")
    found = run(sqlite_store, AdjudicationOf("labels"))
    assert found.left_out == {"one_vote": 1, "no_vote": 2}
    assert (found.cases, found.before.items) == (0, 0)
    assert found.before.labels["alpha_masi"].code == "no_pairs"
    assert found.consistency.answer.code == "no_items"


def test_decisions_on_an_imported_ground_truth_are_counted_too(store: Store) -> None:
    with store.writing() as session:
        people.add(session, username="zhao", roles=["lead"], group=None, password_hash=None)
        study = Study(name="labels", kind="distortion", origin="imported", status="closed", seed=0)
        study.criteria, study.guidelines, study.design, study.analysis = [], {}, {}, {}
        question = Question(source="gold", external_id="1", text="我总是失败")
        session.add_all([study, question])
        session.flush()
        item = Item(study_id=study.id, code="G", question_id=question.id)
        session.add(item)
        session.flush()
        session.add(Gold(item_id=item.id, presence="yes", labels=["读心术"], conflicting=True))
        session.add(Gold(item_id=item.id, presence="no", labels=[], conflicting=True))
    adjudicating.run(store, Wanted("labels"))
    step(store, 1, own=Labelling("yes"), decided=NO)
    found = run(store, AdjudicationOf("labels"))
    assert (found.differing.n, of(found.differing.with_one)) == (1, 1)
    assert found.left_out == {"one_vote": 0, "no_vote": 0}


def test_other_studies_have_no_such_report(sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        study = Study(name="pilot", kind="rating", origin="local", status="closed", seed=0)
        study.criteria, study.guidelines, study.design, study.analysis = [], {}, {}, {}
        session.add(study)
    with pytest.raises(NotAllowed, match="pilot is a rating study"):
        run(sqlite_store, AdjudicationOf("pilot"))
    with pytest.raises(NotKnown, match="there is no study other"):
        run(sqlite_store, AdjudicationOf("other"))
