"""A rating study with several raters, as the pages and services find it."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from streamlit.testing.v1 import AppTest

import annotate_app
from annotate_app import deps
from annotate_app.routes import desk
from annotate_app.services import sign_in
from annotate_app.services.sign_in import COOKIE
from db import people
from db.engine import Store, connect
from db.tables import Assignment, Item, Question, Response, Study, StudySystem, System
from pipeline.passwords import hash_password
from pipeline.study.studyfile import shipped
from tests.annotate_app import rated_study

ENTRY = Path(annotate_app.__path__[0]) / "entry.py"
PASSWORD = "demo-password"
PASSWORD_HASH = hash_password(PASSWORD)
SECONDS_A_RUN = 60  # of a page; a busy machine needs many of them
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


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Store]:
    """A store with the study "rated", one for all tests of a file, which only look at it."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("rated") / "store.sqlite")
    store = connect(f"sqlite:///{path}")
    rated_study.make(store)
    yield store
    store.engine.dispose()


@dataclass(frozen=True)
class Answer:
    """What a route answered."""

    status: int
    headers: Message
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body["code"])

    @property
    def cookie(self) -> Any:
        """The cookie that a browser would keep, with its attributes."""
        return SimpleCookie(self.headers["set-cookie"])[COOKIE]


@dataclass
class Caller:
    """Asks the routes of a real server, as a page of the same address does."""

    port: int
    token: str | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def post(self, path: str, given: Any = None, **headers: str | None) -> Answer:
        """Post JSON; a header is changed by its name with _ for -, or left out by None."""
        usual = {"content-type": "application/json", "origin": f"http://{self.host}"}
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        body = given if isinstance(given, bytes) else json.dumps(given or {}).encode()
        return self.ask("POST", path, body, {**usual, **changed})

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Any = None) -> Answer:
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        if self.token is not None:
            sent.setdefault("cookie", f"{COOKIE}={self.token}")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    """Let go of the stores and of the threads that the app keeps for as long as it runs."""
    yield
    desk._saver.cache_clear()
    deps._opened.cache_clear()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Caller]]:
    """Serve routes by real HTTP on a store; the caller is signed in as `who`, if anyone."""
    with ExitStack() as ending:

        def start(store: Store, routes: Sequence[BaseRoute], *, who: int | None = None) -> Caller:
            url = store.engine.url.render_as_string(hide_password=False)
            monkeypatch.setenv("CBT_DATABASE_URL", url)
            port = ending.enter_context(_listening(Starlette(routes=list(routes))))
            return Caller(port, sign_in.begin(store, person_id=who) if who else None)

        yield start


@contextmanager
def _listening(app: Starlette) -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


class Browser:
    """One tab on the whole app, as Streamlit's own test frame drives it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = AppTest.from_file(ENTRY, default_timeout=SECONDS_A_RUN)
        self.come_with("")

    def sign_in(self, username: str) -> "Browser":
        """Come back with the cookie that the sign-in route gives."""
        with self.store.reading() as session:
            person_id = people.get(session, username=username).id
        return self.come_with(sign_in.begin(self.store, person_id=person_id))

    def come_with(self, token: str) -> "Browser":
        self.at.session_state["cookies"] = {COOKIE: token}
        self.at.run()
        assert not self.at.exception
        return self

    def click(self, label: str) -> "Browser":
        (button,) = [button for button in self.at.button if button.label == label]
        button.click()
        self.at.run()
        assert not self.at.exception
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
def open_rated(rated: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Browser]:
    """Open the app, on the store of the study "rated", in a new tab."""
    monkeypatch.setenv("CBT_DATABASE_URL", str(rated.engine.url))
    return lambda: Browser(rated)


@pytest.fixture
def open_app(made_sqlite: Made, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Browser]:
    """Open the app, on the study's store, in a new tab."""
    monkeypatch.setenv("CBT_DATABASE_URL", str(made_sqlite.store.engine.url))
    return lambda: Browser(made_sqlite.store)
