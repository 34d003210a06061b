import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from db import judgements, sign_ins
from db.account_tables import Person
from db.engine import Store
from db.judgements import NewJudgement, Place
from db.tables import Item, Judgement, Study


@pytest.fixture
def token(stored_study: Store) -> str:
    """The token by which the study's rater is signed in."""
    with stored_study.writing() as session:
        return sign_ins.begin(session, person_id=1)


def place(store: Store, sign_in: str, item: str, given: str = "t2") -> Place | None:
    with store.reading() as session:
        return judgements.place(session, sign_in=sign_in, item=item, token=given)


def newest(store: Store) -> Judgement:
    with store.reading() as session:
        return session.scalars(select(Judgement).order_by(Judgement.id.desc())).all()[0]


def test_a_place_tells_all_that_a_save_depends_on(stored_study: Store, token: str) -> None:
    judged = place(stored_study, token, "AAAA")
    assert judged is not None
    assert (judged.study, judged.status, judged.revision, judged.known) == (
        "first",
        "open",
        1,
        None,
    )
    assert [each["id"] for each in judged.criteria] == ["relevance"]
    again = place(stored_study, token, "AAAA", given="t1")
    assert again is not None
    assert again.known == 1
    unjudged = place(stored_study, token, "BBBB", given="t1")
    assert unjudged is not None
    assert (unjudged.revision, unjudged.known) == (0, None)


def test_who_has_no_such_item_or_does_not_rate_has_no_place(
    stored_study: Store, token: str
) -> None:
    with stored_study.writing() as session:
        session.add(Person(pseudonym="P-BBBB", username="wu", roles=["rater"]))
        session.flush()
        other = sign_ins.begin(session, person_id=2)
    assert place(stored_study, other, "AAAA") is None
    assert place(stored_study, token, "CCCC") is None
    with stored_study.writing() as session:
        session.get_one(Person, 1).roles = ["lead"]
    assert place(stored_study, token, "AAAA") is None


def test_who_is_disabled_or_signed_out_has_no_place(stored_study: Store, token: str) -> None:
    with stored_study.writing() as session:
        li = session.get_one(Person, 1)
        li.disabled_at = li.created_at
    assert place(stored_study, token, "AAAA") is None
    with stored_study.writing() as session:
        session.get_one(Person, 1).disabled_at = None
        sign_ins.end(session, token=token)
    assert place(stored_study, token, "AAAA") is None


def test_a_judgement_is_appended_whole_as_the_next_revision(
    stored_study: Store, token: str
) -> None:
    flags = {"overwhelming": "太长", "harmful": None}
    new = NewJudgement(values={"relevance": None}, token="t2", flags=flags, seconds=3.5)
    with stored_study.writing() as session:
        found = judgements.place(session, sign_in=token, item="AAAA", token="t2")
        assert found is not None
        at = judgements.append(session, place=found, new=new)
    kept = newest(stored_study)
    assert (kept.revision, kept.values, kept.token) == (2, {"relevance": None}, "t2")
    assert (kept.seconds, kept.comment, kept.submitted_at) == (3.5, None, at)
    assert kept.flags == [
        {"flag": "overwhelming", "reason": "太长"},
        {"flag": "harmful", "reason": None},
    ]


def test_only_a_labelling_is_kept_with_labels(stored_study: Store, token: str) -> None:
    given = [{"label": "labeling", "primary": True, "spans": []}]
    for number, kind in enumerate(("rating", "distortion")):
        with stored_study.writing() as session:
            session.get_one(Study, 1).kind = kind
        found = place(stored_study, token, "AAAA")
        assert found is not None
        assert found.kind == kind
        new = NewJudgement(values={"presence": "yes"}, token=f"of {number}", labels=given)
        with stored_study.writing() as session:
            judgements.append(session, place=found, new=new)
        assert newest(stored_study).labels == (given if number else None)


def test_evidence_lies_in_the_answer_where_there_is_one(stored_study: Store, token: str) -> None:
    found = place(stored_study, token, "AAAA")
    assert found is not None
    with stored_study.writing() as session:
        assert judgements.labelled_texts(session, place=found) == {"answer": "慢慢来 🌱"}
        session.get_one(Item, 1).response_id = None
        session.flush()
        assert judgements.labelled_texts(session, place=found) == {
            "question": "睡不着怎么办",
            "description": "三天了。",
        }


@pytest.mark.parametrize(("item", "given"), [("AAAA", "t1"), ("AAAA", "t2")])
def test_the_store_itself_refuses_a_token_or_a_revision_twice(
    stored_study: Store, token: str, item: str, given: str
) -> None:
    found = place(stored_study, token, item)
    assert found is not None
    with stored_study.writing() as session:
        kept = NewJudgement(values={"relevance": 2}, token="t3")
        judgements.append(session, place=found, new=kept)
    again = NewJudgement(values={"relevance": 0}, token=given)
    with pytest.raises(IntegrityError), stored_study.writing() as session:
        judgements.append(session, place=found, new=again)
    assert newest(stored_study).token == "t3"
