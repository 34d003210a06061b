"""What the tests of a file share, as it takes long to begin: the app's process, a browser's cache.

Each test still has a store and a browser of its own: the store of the one before is overwritten,
and what its browser kept is cleared, but for the files that every page loads.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from annotate_app.services.sign_in import COOKIE
from db import people, sign_ins
from db.engine import Store, connect
from pipeline import app_process
from tests.browser import stores

KEPT_BY_A_PAGE = "cookies,local_storage,indexeddb,cache_storage,service_workers"


@dataclass(frozen=True)
class App:
    """The app, which is at work on the store at `path`."""

    path: Path
    port: int
    process: int

    @property
    def url(self) -> str:
        return app_process.address("127.0.0.1", self.port)

    @contextmanager
    def on(self, prepared: Path) -> Iterator[Store]:
        """Yield the app's store, which is a copy of the prepared one from now on."""
        with (
            closing(sqlite3.connect(prepared)) as made,
            closing(sqlite3.connect(self.path)) as ours,
        ):
            made.backup(ours)
        store = connect(f"sqlite:///{self.path}")
        yield store
        store.engine.dispose()


@contextmanager
def app_at(path: Path) -> Iterator[App]:
    """The app on an empty store at this path."""
    stores.make(path).engine.dispose()
    port = stores.free_port()
    with app_process.running(database=f"sqlite:///{path}", host="127.0.0.1", port=port) as process:
        yield App(path, port, process.pid)


Take = Callable[..., BrowserContext]


@dataclass
class Contexts:
    """Browser contexts, of which a test gets one that nothing of another test is left in."""

    browser: Browser
    idle: list[tuple[dict[str, Any], BrowserContext]] = field(default_factory=list)

    def take(self, origin: str, options: dict[str, Any]) -> BrowserContext:
        """Return a context with these options in which nothing is kept of that origin."""
        for place, (of, context) in enumerate(self.idle):
            if of == options:
                del self.idle[place]
                _clear(context, origin)
                return context
        return self.browser.new_context(**options)

    def give_back(self, options: dict[str, Any], context: BrowserContext) -> None:
        """Let another test have the context, to which nothing but pages was added."""
        for page in context.pages:
            page.close()
        context.set_offline(offline=False)
        self.idle.append((options, context))

    @contextmanager
    def of_a_test(self) -> Iterator[Take]:
        """Yield what gives contexts to one test; they are taken back at its end."""
        taken: list[tuple[dict[str, Any], BrowserContext]] = []

        def take(origin: str, **options: Any) -> BrowserContext:
            taken.append((options, self.take(origin, options)))
            return taken[-1][1]

        yield take
        for options, context in taken:
            self.give_back(options, context)


def _clear(context: BrowserContext, origin: str) -> None:
    context.clear_cookies()
    page = context.new_page()
    keeper = context.new_cdp_session(page)
    keeper.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT_BY_A_PAGE})
    page.close()


def sign_in(context: BrowserContext, url: str, store: Store, username: str) -> None:
    """Let someone be signed in as by the form, where a test is about what comes after it."""
    with store.writing() as session:
        token = sign_ins.begin(session, person_id=people.get(session, username=username).id)
    context.add_cookies([{"name": COOKIE, "value": token, "url": url, "httpOnly": True}])
