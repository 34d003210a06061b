"""Commands over responses look at the kept answers of what is asked for."""

import pytest
from sqlalchemy.orm import Session

from db.engine import Store
from db.errors import NotKnown
from db.selections import Selection, responses
from db.tables import Question, Response, Split, System


@pytest.fixture
def answered(store: Store) -> Store:
    """Two sources of a question each, both answered by two systems; one answer is set aside."""
    with store.writing() as session:
        _add(session)
    return store


def _add(session: Session) -> None:
    systems = [System(name=name, kind="api") for name in ("one", "two")]
    questions = [Question(source=source, external_id="7", text="睡不着") for source in "ab"]
    session.add_all([*systems, *questions])
    session.flush()
    session.add(Split(name="s", question_id=questions[1].id, subset="test", seed=1))
    for question in questions:
        for system in systems:
            about = {"question_id": question.id, "system_id": system.id}
            session.add(Response(**about, text=f"{system.name} {question.source}"))
            session.flush()
    about = {"question_id": questions[0].id, "system_id": systems[0].id}
    session.add(Response(**about, sample=1, text="one, set aside", status="set_aside"))
    session.add(Response(**about, sample=2, text="　\n"))
    session.add(Response(**about, sample=3, text=None))


def texts(store: Store, system: str | None = None, **limits: str | int) -> list[str]:
    with store.reading() as session:
        selection = Selection(**limits)  # type: ignore[arg-type]
        found = responses(session, system=system, selection=selection)
    return [each.text for each in found]


def test_kept_answers_with_text_come_in_the_order_of_their_making(answered: Store) -> None:
    assert texts(answered) == ["one a", "two a", "one b", "two b"]


def test_a_system_a_source_a_subset_and_a_limit_narrow_them(answered: Store) -> None:
    assert texts(answered, "two") == ["two a", "two b"]
    assert texts(answered, source="a") == ["one a", "two a"]
    assert texts(answered, "one", split="s", subset="test") == ["one b"]
    assert texts(answered, limit=3) == ["one a", "two a", "one b"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"system": "three"}, "there is no system three; there are one, two"),
        ({"source": "c"}, "there is no source c; there is a, b"),
        ({"split": "t", "subset": "test"}, "there is no split t; there is s"),
        ({"split": "s", "subset": "dev"}, "there is no subset of s called dev; there is test"),
    ],
)
def test_what_is_not_there_is_told(answered: Store, asked: dict[str, str], why: str) -> None:
    with pytest.raises(NotKnown, match=why):
        texts(answered, **asked)
