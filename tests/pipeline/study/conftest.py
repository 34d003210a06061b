"""A store with questions, the answers of systems, and raters."""

from collections.abc import Callable, Sequence

import pytest

from db import people
from db.engine import Store
from db.tables import Question, Response, System

Fill = Callable[..., Store]


@pytest.fixture
def fill() -> Fill:
    """Put questions 0, 1, …, an answer of each system to each, and raters into a store."""

    def filled(
        store: Store,
        *,
        questions: int = 12,
        systems: Sequence[str] = ("A", "B"),
        raters: Sequence[str] = ("li", "wang", "zhao"),
        backwards: bool = False,
    ) -> Store:
        turn = -1 if backwards else 1
        with store.writing() as session:
            producers = [System(name=name, kind="local") for name in systems][::turn]
            asked = [
                Question(source="demo", external_id=str(n), text=f"问题{n}", content_hash=str(n))
                for n in range(questions)
            ][::turn]
            session.add_all([*producers, *asked])
            session.flush()
            session.add_all(
                Response(
                    question_id=question.id,
                    system_id=system.id,
                    text=f"{system.name}答{question.external_id}",
                )
                for question in asked
                for system in producers
            )
            for name in list(raters)[::turn]:
                people.add(
                    session, username=name, roles=["rater"], group="student", password_hash=None
                )
        return store

    return filled


@pytest.fixture
def filled(store: Store, fill: Fill) -> Store:
    return fill(store)


@pytest.fixture
def small(sqlite_store: Store, fill: Fill) -> Store:
    """The same on SQLite only, where the kind of store does not matter."""
    return fill(sqlite_store)
