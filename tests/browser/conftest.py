"""A real browser on the app's real process, on a small study that the commands made."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from db.engine import Store, connect
from pipeline import app_process
from pipeline.cli import demo_store
from pipeline.demo.commands import PASSWORD, SYSTEMS, Command, commands

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
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
    with sync_playwright() as play:
        found = _launched(play)
        yield found
        found.close()


def _launched(play: Playwright) -> Browser:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    for path in [*filter(None, map(shutil.which, NAMES)), None]:
        try:
            return play.chromium.launch(executable_path=path, args=flags)
        except Error:  # a snap's stub is on the PATH, but starts no browser
            continue
    pytest.fail("these tests need a browser; install one: sudo apt-get install chromium")


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
    demo_store.make(path, [*commands()[:-2], *study], say=lambda _: None)
    return path


@pytest.fixture
def served(study_file: Path, tmp_path: Path) -> Iterator[Served]:
    """The app on a copy of that study."""
    path = tmp_path / "study.sqlite"
    shutil.copy(study_file, path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    store = connect(f"sqlite:///{path}")
    with app_process.running(database=f"sqlite:///{path}", host="127.0.0.1", port=port):
        yield Served(app_process.address("127.0.0.1", port), store)
    store.engine.dispose()


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Open the app in a browser of its own, with everything that it asks for on record."""
    contexts: list[BrowserContext] = []

    def open_(**options: Any) -> Page:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(timezone_id="Asia/Shanghai", **wanted)
        contexts.append(context)
        page = context.new_page()
        _record(page, served)
        page.goto(served.url)
        return page

    yield open_
    for context in contexts:
        context.close()


def _record(page: Page, served: Served) -> None:
    def asked(url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            served.hosts.add(url.split("/")[2])

    def received(payload: str | bytes) -> None:
        served.received.append(payload if isinstance(payload, bytes) else payload.encode())

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket_: asked(socket_.url))
    page.on("websocket", lambda socket_: socket_.on("framereceived", received))
    page.on("pageerror", lambda error: served.complaints.append(str(error)))
    page.on(
        "console",
        lambda line: served.complaints.append(line.text) if line.type == "error" else None,
    )


@pytest.fixture
def sign_in() -> Callable[..., None]:
    def do(page: Page, username: str = "therapist", password: str = PASSWORD) -> None:
        boxes = page.get_by_role("textbox")
        boxes.nth(0).fill(username)
        boxes.nth(1).fill(password)
        boxes.nth(1).press("Enter")

    return do
