"""A real browser on the app's real process, on a small study that the commands made."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from db.engine import Store
from pipeline.cli.serve import demo_store
from pipeline.demo.commands import SYSTEMS, Command, stock
from tests.browser import chromium, shared
from tests.browser.shared import App, Contexts, Take

expect.set_options(timeout=15_000)  # on a machine that does other work too, five seconds are few

QUESTIONS = "demo-01\ndemo-34\n"  # one about work, one about despair


@dataclass
class Served:
    """The app's address and its store; what every browser on it asked for and complained of."""

    url: str
    store: Store
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.running() as found:
        yield found


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def take(contexts: Contexts) -> Iterator[Take]:
    """Give the test a browser of its own, by the address that it will open and its options."""
    with contexts.of_a_test() as given:
        yield given


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app, as one process for all tests of a file."""
    with shared.app_at(tmp_path_factory.mktemp("app") / "app.sqlite") as running:
        yield running


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a study of two questions × three systems, which the therapist rates."""
    path = tmp_path_factory.mktemp("study") / "study.sqlite"
    ids = path.with_name("ids.txt")
    ids.write_text(QUESTIONS)
    create = ("study", "create", "--name", "small", "--systems", ",".join(SYSTEMS), "--seed", "1")
    study = [
        Command((*create, "--ids", str(ids), "--raters", "therapist")),
        Command(("study", "open", "small")),
    ]
    demo_store.make(path, [*stock(), *study], say=lambda _: None)
    return path


@pytest.fixture
def served(app: App, study_file: Path) -> Iterator[Served]:
    """The app on a copy of that study."""
    with app.on(study_file) as store:
        yield Served(app.url, store)


@pytest.fixture
def open_page(take: Take, served: Served) -> Callable[..., Page]:
    """Open the app in a browser of its own, with everything that it asks for on record.

    By name, as someone who has signed in before.
    """

    def open_(username: str = "", **options: Any) -> Page:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = take(served.url, timezone_id="Asia/Shanghai", **wanted)
        if username:
            shared.sign_in(context, served.url, served.store, username)
        page = context.new_page()
        _record(page, served)
        page.goto(served.url)
        return page

    return open_


def _record(page: Page, served: Served) -> None:
    def asked(url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            served.hosts.add(url.split("/")[2])

    def received(payload: str | bytes) -> None:
        served.received.append(payload if isinstance(payload, bytes) else payload.encode())

    def said(line: ConsoleMessage) -> None:
        # On a page other than the first, Streamlit looks for its server below that page first.
        looked_below = re.search(r"/\w+/_stcore/(health|host-config)$", line.location["url"])
        if line.type == "error" and not looked_below:
            served.complaints.append(line.text)

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket_: asked(socket_.url))
    page.on("websocket", lambda socket_: socket_.on("framereceived", received))
    page.on("pageerror", lambda error: served.complaints.append(str(error)))
    page.on("console", said)
