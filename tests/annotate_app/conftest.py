"""A rating study with several raters, as the pages and services find it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

import annotate_app
from db import people
from db.engine import Store
from db.judgements import NewJudgement
from db.tables import Assignment, Item, Question, Response, Study, StudySystem, System
from pipeline.passwords import hash_password
from pipeline.study.studyfile import shipped

ENTRY = Path(annotate_app.__path__[0]) / "entry.py"
PASSWORD = "demo-password"
PASSWORD_HASH = hash_password(PASSWORD)
CANARY = "kanarienvogel"  # in every name that a rater must never see


@dataclass(frozen=True)
class Made:
    """A store with two open studies; `people` maps usernames to ids, `codes` each rater's order."""

    store: Store
    people: dict[str, int]
    codes: dict[str, list[str]]


def make_study(store: Store, *, questions: int = 3, name: str = "pilot") -> Made:
    """Store a study of two systems, which lin and wu rate in opposite orders."""
    with store.writing() as session:
        ids = {
            who: _person(session, who, roles)
            for who, roles in {
                "lin": ["rater"],
                "wu": ["rater", "researcher"],
                "guo": ["researcher"],
                "zhao": ["lead"],
                "he": ["rater"],
            }.items()
        }
        study = _study(session, name)
        items = _items(session, study, questions)
        orders = {"lin": items, "wu": items[::-1]}
        for who, order in orders.items():
            session.add_all(
                Assignment(study_id=study.id, item_id=item.id, person_id=ids[who], position=place)
                for place, item in enumerate(order, start=1)
            )
        codes = {who: [item.code for item in order] for who, order in orders.items()}
    return Made(store, ids, codes)


def _person(session: Session, username: str, roles: list[str]) -> int:
    return people.add(
        session,
        username=username,
        roles=roles,
        group="therapist" if "rater" in roles else None,
        password_hash=PASSWORD_HASH,
    ).id


def _study(session: Session, name: str) -> Study:
    study = Study(
        name=name,
        kind="rating",
        origin="local",
        status="open",
        criteria=list(shipped().criteria or ()),
        guidelines=shipped().guidelines or {},
        design={},
        analysis={},
        seed=1,
    )
    session.add(study)
    session.flush()
    return study


def _items(session: Session, study: Study, questions: int) -> list[Item]:
    systems = [System(name=f"{CANARY}-{n}", kind="api") for n in (1, 2)]
    session.add_all(systems)
    session.flush()
    for number, system in enumerate(systems, start=1):
        session.add(StudySystem(study_id=study.id, system_id=system.id, code=f"S{number}"))
    items = []
    for number in range(1, questions + 1):
        question = Question(
            source=CANARY,
            external_id=f"{CANARY}-{number}",
            text=f"第 {number} 个问题：*怎么办*？",
            description="最近总是睡不着，<b>很累</b>。" * 6,
            tags=["danger"] if number == 2 else [],
        )
        session.add(question)
        session.flush()
        for system in systems:
            response = Response(
                question_id=question.id,
                system_id=system.id,
                text=f"回答 {number}-{system.id}：先慢慢来。\n\n" + "试着把担心写下来。" * 40,
            )
            session.add(response)
            session.flush()
            item = Item(
                study_id=study.id,
                code=f"item{number}{system.id:03}",
                question_id=question.id,
                response_id=response.id,
            )
            session.add(item)
            items.append(item)
    session.flush()
    return items


@pytest.fixture
def made(store: Store) -> Made:
    return make_study(store)


@pytest.fixture
def made_sqlite(sqlite_store: Store) -> Made:
    return make_study(sqlite_store)


@pytest.fixture
def given() -> Callable[..., NewJudgement]:
    """Make an answer with full scores, changed where a test wants it."""

    def make(**changes: Any) -> NewJudgement:
        scores = {"relevance": 2, "structure": 1, "helpfulness": 0}
        return NewJudgement(**{"values": scores, "token": "t1", **changes})

    return make


class Browser:
    """One tab on the whole app, as Streamlit's own test frame drives it."""

    def __init__(self) -> None:
        self.at = AppTest.from_file(ENTRY).run()

    def sign_in(self, username: str, password: str = PASSWORD) -> "Browser":
        self.at.text_input(key="sign_in.username").input(username)
        self.at.text_input(key="sign_in.password").input(password)
        return self.click(self.at.button[0].label)

    def click(self, label: str) -> "Browser":
        (button,) = [button for button in self.at.button if button.label == label]
        button.click()
        self.at.run()
        assert not self.at.exception
        return self

    def score(self, item_code: str, revision: int = 0, **values: int) -> "Browser":
        for name, value in values.items():
            self.at.button_group(key=f"score.{name}.{item_code}.{revision}").select(value)
        return self

    def language(self, language: str) -> "Browser":
        self.at.button_group(key="language").select(language).run()
        return self

    @property
    def words(self) -> str:
        """All that the page shows."""
        kinds = ("title", "subheader", "text", "caption", "info", "error", "warning", "success")
        shown = [element.value for kind in kinds for element in self.at.get(kind)]
        shown += [element.proto.text for element in self.at.get("progress")]
        return "\n".join([*shown, *(button.label for button in self.at.button)])


@pytest.fixture
def open_app(made_sqlite: Made, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Browser]:
    """Open the app, on the study's store, in a new tab."""
    monkeypatch.setenv("CBT_DATABASE_URL", str(made_sqlite.store.engine.url))
    return Browser
