"""Answers are set aside and kept again with their reasons, and nothing is lost by it."""

from typing import Any

import pytest
from sqlalchemy import select

from db import frames, selections
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.selections import Selection
from db.tables import Event, Item, Question, Response, Study, System
from pipeline.setting_aside import Listing, Setting, listed, run


@pytest.fixture
def answered(store: Store) -> Store:
    """Two systems' answers; the first's are kept twice, set aside, refused and without a text."""
    with store.writing() as session:
        systems = [System(name=name, kind="api") for name in ("gpt", "other")]
        questions = [
            Question(source=source, external_id=id_, text=f"问{id_}", tags=[])
            for source, id_ in (("forum", "1"), ("forum", "2"), ("forum", "3"), ("two", "1"))
        ]
        session.add_all([*systems, *questions])
        session.flush()
        rows: list[dict[str, Any]] = [
            {"question": 0, "text": "慢慢来"},
            {"question": 0, "text": "先睡吧", "sample": 1},
            {"question": 1, "text": "短", "status": "set_aside", "reason": "short: 1 character"},
            {"question": 2, "text": None, "status": "refused", "reason": "refused: no"},
        ]
        for row in rows:
            of = questions[row.pop("question")]
            session.add(Response(question_id=of.id, system_id=systems[0].id, **row))
        session.add(Response(question_id=questions[0].id, system_id=systems[1].id, text="好"))
    return store


def statuses(store: Store) -> list[tuple[str, int, str, str | None]]:
    query = (
        select(Question.external_id, Response.sample, Response.status, Response.reason)
        .join(Question, Question.id == Response.question_id)
        .join(System, System.id == Response.system_id)
        .where(System.name == "gpt")
        .order_by(Response.id)
    )
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def test_an_answer_that_is_set_aside_is_used_no_more_and_is_still_there(answered: Store) -> None:
    done = run(answered, Setting("gpt", ("1", "2"), "set_aside", "harmful: a dose"))
    assert (done.changed, done.known, done.studies) == (2, 0, [])
    assert statuses(answered) == [
        ("1", 0, "set_aside", "harmful: a dose"),
        ("1", 1, "kept", None),
        ("2", 0, "set_aside", "harmful: a dose"),
        ("3", 0, "refused", "refused: no"),
    ]
    with answered.reading() as session:
        used = selections.responses(session, system="gpt", selection=Selection())
        assert [each.text for each in used] == ["先睡吧"]
        (gpt,) = frames.systems(session, names=["gpt"])
        assert list(frames.answers(session, system_ids=[gpt.id])[gpt.id].values()) == [2]
        texts = list(session.scalars(select(Response.text).order_by(Response.id)))
        assert texts[:3] == ["慢慢来", "先睡吧", "短"]


def test_an_answer_is_kept_again_and_both_are_logged(answered: Store) -> None:
    run(answered, Setting("gpt", ("1",), "set_aside", "echo", sample=1))
    assert run(answered, Setting("gpt", ("1", "2"), "kept", sample=0)).changed == 1
    assert run(answered, Setting("gpt", ("1",), "kept", "read again", sample=1)).changed == 1
    assert [row[2:] for row in statuses(answered)[:3]] == [
        ("kept", None), ("kept", "read again"), ("kept", None),
    ]  # fmt: skip
    with answered.reading() as session:
        events = list(session.scalars(select(Event).order_by(Event.id)))
    assert [event.kind for event in events] == [
        "responses_set_aside", "responses_kept", "responses_kept",
    ]  # fmt: skip
    assert events[1].details == {
        "system": "gpt",
        "reason": None,
        "responses": [
            {"response_id": 3, "source": "forum", "question": "2", "sample": 0,
             "status_before": "set_aside", "reason_before": "short: 1 character"},
        ],
    }  # fmt: skip


def test_the_same_again_changes_nothing_and_logs_nothing(answered: Store) -> None:
    for changed in (1, 0):
        done = run(answered, Setting("gpt", ("1",), "set_aside", "echo"))
        assert (done.changed, done.known) == (changed, 1 - changed)
    with answered.reading() as session:
        assert len(list(session.scalars(select(Event)))) == 1


@pytest.mark.parametrize(
    ("setting", "error", "sentence"),
    [
        (Setting("no", ("1",), "kept"), NotKnown, "there is no system no; there are gpt, other"),
        (
            Setting("gpt", ("1", "9", "8"), "set_aside", "x"), NotKnown,
            "gpt has no answer to the questions 9, 8; nothing was changed",
        ),
        (
            Setting("gpt", ("2",), "set_aside", "x", sample=4), NotKnown,
            "gpt has no answer with the sample 4 to the question 2; nothing was changed",
        ),
        (
            Setting("gpt", ("2", "3"), "kept"), NotAllowed,
            "the answer to the question 3 has no text, so it cannot be kept; nothing was changed",
        ),
        (Setting("gpt", ("1",), "kept", source="three"), NotKnown, "there is no source three"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_changes_nothing(
    answered: Store, setting: Setting, error: type[Exception], sentence: str
) -> None:
    before = statuses(answered)
    with pytest.raises(error) as caught:
        run(answered, setting)
    assert sentence in str(caught.value)
    assert statuses(answered) == before


def test_a_question_of_two_sources_needs_its_source(answered: Store) -> None:
    with answered.writing() as session:
        session.add(Response(question_id=4, system_id=1, text="来自别处"))
    with pytest.raises(NotAllowed, match=r"question 1 \(forum, two\); add --source"):
        run(answered, Setting("gpt", ("1",), "set_aside", "x"))
    assert run(answered, Setting("gpt", ("1",), "set_aside", "x", source="two")).changed == 1
    assert statuses(answered)[0][2] == "kept"


def test_studies_that_show_the_answer_are_named_and_their_items_stay(answered: Store) -> None:
    with answered.writing() as session:
        for number, status in enumerate(("open", "draft", "closed")):
            study = Study(
                name=status, kind="rating", origin="local", status=status, criteria=[],
                guidelines={}, design={}, analysis={}, seed=1,
            )  # fmt: skip
            session.add(study)
            session.flush()
            for again in range(2):
                code = f"{number}{again}"
                session.add(Item(study_id=study.id, code=code, question_id=1, response_id=1))
    done = run(answered, Setting("gpt", ("1",), "set_aside", "x"))
    assert [tuple(each) for each in done.studies] == [("draft", "draft", 1), ("open", "open", 1)]
    with answered.reading() as session:
        assert len(list(session.scalars(select(Item)))) == 6


def test_answers_are_listed_by_status_and_code(answered: Store) -> None:
    everything = listed(answered, Listing())
    assert dict(everything.counts) == {"kept": 3, "set_aside": 1, "refused": 1}
    assert everything.reasons == {"set_aside": {"short": 1}, "refused": {"refused": 1}}
    gone = listed(answered, Listing(("gpt",), ("set_aside", "refused")))
    assert [(each.external_id, each.reason) for each in gone.answers] == [
        ("2", "short: 1 character"), ("3", "refused: no"),
    ]  # fmt: skip
    assert [each.text for each in listed(answered, Listing(code="short")).answers] == ["短"]
    few = listed(answered, Listing(selection=Selection(source="forum", limit=2)))
    assert (len(few.answers), sum(few.counts.values())) == (2, 5)
    with pytest.raises(NotKnown, match="there is no system no"):
        listed(answered, Listing(("no",)))
