"""Questions of people in danger are tagged once, and a person's word outlasts the rules."""

import pytest
from sqlalchemy import select

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Event, Question, Run
from pipeline.danger.danger import rules_version
from pipeline.tagging import Listing, Saying, Tagging, listed, run, say

ASKED = {
    "1": ("真的不想活了", None, []),
    "2": ("累死了", "作业太多", []),
    "3": ("睡不着", "他又打我了", ["sleep"]),
    "4": ("怎么办", "我撑不下去了", ["no_danger"]),
    "5": ("以前的规则说我", "没事", ["danger", "danger_by_rules"]),
    "6": ("老师写的", "没事", ["danger"]),
    "7": (None, None, []),
}


@pytest.fixture
def asked(store: Store) -> Store:
    with store.writing() as session:
        session.add_all(
            Question(source="forum", external_id=id_, text=text, description=more, tags=tags)
            for id_, (text, more, tags) in ASKED.items()
        )
        session.add(Question(source="other", external_id="1", text="想死", tags=[]))
    return store


def tags(store: Store, source: str = "forum") -> dict[str, list[str]]:
    with store.reading() as session:
        query = select(Question).where(Question.source == source).order_by(Question.id)
        return {each.external_id: each.tags for each in session.scalars(query)}


def runs(store: Store) -> list[Run]:
    with store.reading() as session:
        return list(session.scalars(select(Run).order_by(Run.id)))


def test_the_rules_tag_what_they_find_and_take_back_what_they_no_longer_do(asked: Store) -> None:
    done = run(asked, Tagging(source="forum"))
    assert (done.read, done.added, done.taken_back, done.by_person, done.danger) == (6, 2, 1, 2, 3)
    assert done.kinds == {"suicide": 1, "abuse": 1}
    assert tags(asked) == {
        "1": ["danger", "danger_by_rules"],
        "2": [],
        "3": ["sleep", "danger", "danger_by_rules"],
        "4": ["no_danger"],
        "5": [],
        "6": ["danger"],
        "7": [],
    }
    assert tags(asked, "other") == {"1": []}


def test_to_run_it_again_changes_nothing_and_adds_no_run(asked: Store) -> None:
    run(asked, Tagging())
    before = tags(asked)
    again = run(asked, Tagging())
    assert (again.read, again.added, again.taken_back, again.danger) == (7, 0, 0, 4)
    assert tags(asked) == before
    (record,) = runs(asked)
    assert record.configuration == {"rules": rules_version(), "source": None}
    assert record.counts == {
        "read": 7, "added": 3, "taken_back": 1, "by_person": 2, "danger": 4,
    }  # fmt: skip


def test_that_rules_were_run_is_recorded_also_where_they_find_nothing(sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        session.add(Question(source="forum", external_id="1", text="累死了", tags=[]))
    run(sqlite_store, Tagging())
    run(sqlite_store, Tagging())
    assert len(runs(sqlite_store)) == 1


def test_a_persons_word_is_kept_by_the_rules_and_logged(asked: Store) -> None:
    run(asked, Tagging())
    done = say(asked, Saying(("3", "2"), danger=False, source="forum", reason="a film"))
    assert (done.changed, done.known) == (2, 0)
    assert say(asked, Saying(("2", "4"), danger=False, source="forum")).known == 2
    assert say(asked, Saying(("6",), danger=True, source="forum")).known == 1
    run(asked, Tagging())
    assert tags(asked)["3"] == ["sleep", "no_danger"]
    assert tags(asked)["2"] == ["no_danger"]
    with asked.reading() as session:
        (event,) = session.scalars(select(Event))
    assert event.kind == "danger_set"
    assert event.details == {
        "danger": False,
        "reason": "a film",
        "questions": [
            {"source": "forum", "question": "3",
             "tags_before": ["sleep", "danger", "danger_by_rules"]},
            {"source": "forum", "question": "2", "tags_before": []},
        ],
    }  # fmt: skip


def test_what_the_rules_said_becomes_a_persons_word_when_one_says_so(asked: Store) -> None:
    run(asked, Tagging())
    assert say(asked, Saying(("3",), danger=True)).changed == 1
    assert tags(asked)["3"] == ["sleep", "danger"]


@pytest.mark.parametrize(
    ("questions", "error", "sentence"),
    [
        (("1",), NotAllowed, "several sources have a question 1 (forum, other); add --source"),
        (("3", "no"), NotKnown, "the store has no question no; nothing was changed"),
        (("a", "b", "c", "d", "e"), NotKnown, "no question a, b, c and 2 more; nothing was"),
    ],
)
def test_a_word_about_a_question_that_is_not_found_changes_nothing(
    asked: Store, questions: tuple[str, ...], error: type[Exception], sentence: str
) -> None:
    before = tags(asked)
    with pytest.raises(error) as caught:
        say(asked, Saying(questions, danger=True))
    assert sentence in str(caught.value)
    assert tags(asked) == before


def test_tagged_questions_are_listed_with_the_words_that_tell(asked: Store) -> None:
    run(asked, Tagging())
    found = listed(asked, Listing(source="forum"))
    assert [(each.question.external_id, each.by) for each in found] == [
        ("1", "rules"), ("3", "rules"), ("6", "person"),
    ]  # fmt: skip
    assert [each.words(one) for each in found for one in each.found] == ["不想活了", "打我"]
    assert [each.question.external_id for each in listed(asked, Listing(by="person"))] == ["6"]
    assert [each.question.source for each in listed(asked, Listing(kind="suicide"))] == [
        "forum", "other",
    ]  # fmt: skip
    assert len(listed(asked, Listing(limit=1))) == 1


def test_a_source_that_is_not_there_is_told(asked: Store, sqlite_store: Store) -> None:
    for look in (lambda: run(asked, Tagging("none")), lambda: listed(asked, Listing("none"))):
        with pytest.raises(NotKnown, match="there is no source none; there is forum, other"):
            look()
