"""Whatever breaks while someone rates: each judgement is stored once, and what is told is true."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from db.engine import Store
from pipeline import app_process
from pipeline.cli.main import main
from tests.browser import chromium, stores
from tests.browser.rater import Rater, enter
from tests.browser.stores import stored
from tests.browser.wire import Loss, Proxy, proxied

Faults = dict[Loss | str, int]
SAVES = b"POST /api/desk/judgement"
WHOLE: Faults = {
    Loss.ANSWERED: 50,
    Loss.HALF: 35,
    Loss.DELIVERED: 40,
    Loss.BEFORE: 40,
    "kill": 45,
    "cut": 35,
    "reload": 35,
    "reopen": 20,
    "offline": 25,
}
SAMPLE: Faults = {
    Loss.ANSWERED: 4, Loss.HALF: 2, Loss.DELIVERED: 2, Loss.BEFORE: 2,
    "kill": 1, "cut": 2, "reload": 2, "reopen": 1, "offline": 1,
}  # fmt: skip


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> Faults:
    """How often each thing breaks: a sample in `make test`, all in `make soak`."""
    return WHOLE if request.config.getoption("--soak") else SAMPLE


@pytest.fixture
def fast_items(request: pytest.FixtureRequest) -> int:
    return 510 if request.config.getoption("--soak") else 42


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.running() as found:
        yield found


@dataclass
class Server:
    """The app on one port, which can be killed and started again."""

    store: Store
    port: int = field(default_factory=stores.free_port)
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        url = self.store.engine.url.render_as_string(hide_password=False)
        app = app_process.running(database=url, host="127.0.0.1", port=self.port)
        self.process = self.running.enter_context(app)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.running.close()


@dataclass
class Session:
    """A rater at work, and all that they entered: scores by item."""

    server: Server
    proxy: Proxy
    context: BrowserContext
    rater: Rater
    chance: random.Random
    entered: dict[str, tuple[int, ...]] = field(default_factory=dict)
    amid: bool = False  # an item has some of its scores

    @property
    def page(self) -> Page:
        return self.rater.page

    def open_page(self) -> None:
        self.rater = Rater(self.context.new_page())
        self.page.goto(f"{self.proxy.url}/?study=long")

    def enter_item(self, interrupt: Callable[[], None] | None = None) -> None:
        """Score the next item; the interruption comes between two keys, or just after Enter."""
        code = self.rater.begin()
        assert code, "the study has an item left"
        assert code not in self.entered, "an item that was entered is not asked for again"
        scores = tuple(self.chance.choices((0, 1, 2), k=3))
        typed = 0
        if interrupt and self.chance.random() < 0.5:
            typed = self.chance.randrange(3)
            self.rater.give(scores[:typed], save=False)
            self.amid = True
            interrupt()
            self.amid = False
            assert self.rater.begin() == code, "the item that was begun is on the card again"
            kept = [str(score) for score in scores[:typed]]
            assert self.rater.scores == [*kept, *[None] * (3 - typed)], "so are its scores"
            interrupt = None
        self.rater.give(scores[typed:])
        self.entered[code] = scores
        if interrupt:
            time.sleep(self.chance.choice((0, 0, self.chance.uniform(0, 0.05))))
            interrupt()
        self.rater.settled(after=code, seconds=30)

    def check_what_is_told(self) -> None:
        told = self.rater.told_saved
        assert told <= len({row.item for row in stored(self.server.store, "lin")})

    def kill(self) -> None:
        self.server.kill()
        self._while_away()
        self.server.start()

    def cut(self) -> None:
        self.proxy.cut_all()

    def reload(self) -> None:
        self.page.reload()

    def reopen(self) -> None:
        self.page.close()
        self.open_page()

    def offline(self) -> None:
        self.context.set_offline(True)
        self._while_away()
        self.context.set_offline(False)

    def _while_away(self) -> None:
        """Go on with the next item, if it is here already."""
        if self.amid or self.chance.random() < 0.5:
            return
        with suppress(AssertionError):  # nothing was there
            self.rater.settled(seconds=0.5)
            code = self.rater.item
            if self.rater.state == "rating" and code not in self.entered:
                self.entered[code] = tuple(self.chance.choices((0, 1, 2), k=3))
                self.rater.give(self.entered[code])
                self.rater.settled(after=code, seconds=0.5)


@pytest.fixture
def long_study(tmp_path: Path, faults: Faults) -> Iterator[Server]:
    """An app with a study long enough for every fault; some of its questions are announced."""
    store = stores.make(tmp_path / "long.sqlite")
    stores.add_people(store, lin="rater")
    stores.add_answers(
        store,
        questions=sum(faults.values()) * 2 // 3 + 2,
        question=lambda n: stores.a_question(n, hard=n % 20 == 0),
    )
    stores.open_study(store, "long", ["lin"])
    server = Server(store)
    server.start()
    yield server
    server.running.close()
    store.engine.dispose()


def test_nothing_is_lost_nor_doubled_whatever_breaks(
    browser: Browser, long_study: Server, faults: Faults
) -> None:
    chance = random.Random(20240324)  # noqa: S311
    plan = [fault for fault, n in faults.items() for _ in range(n)]
    chance.shuffle(plan)
    with proxied(long_study.port, watched=SAVES) as proxy:
        context = browser.new_context(locale="zh-CN")
        session = Session(long_study, proxy, context, Rater(context.new_page()), chance)
        session.page.goto(f"{proxy.url}/?study=long")
        enter(session.page, "lin")
        for fault in plan:
            if isinstance(fault, Loss):
                proxy.armed.append(fault)
                session.enter_item()
            else:
                session.enter_item(getattr(session, fault))
            session.check_what_is_told()
        while len(proxy.lost) < sum(isinstance(fault, Loss) for fault in plan):
            session.enter_item()
        session.rater.all_arrived(len(session.entered), seconds=60)
        context.close()
    done = Counter(proxy.lost)
    assert done == {fault: n for fault, n in faults.items() if isinstance(fault, Loss)}
    rows = stored(long_study.store, "lin")
    assert {row.item: row.scores for row in rows} == session.entered
    assert len(rows) == len(session.entered), "each is stored once"
    url = long_study.store.engine.url.render_as_string(hide_password=False)
    assert not main.main(["db", "verify", "--database", url], standalone_mode=False)


def test_a_server_that_is_away_for_long_stands_in_nobodys_way(
    browser: Browser, long_study: Server
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"http://127.0.0.1:{long_study.port}/?study=long")
    enter(page, "lin")
    rater = Rater(page)
    rater.begin()
    long_study.kill()
    for n in range(1, 4):
        rater.rate([n % 3, 1, 2])
        expect(rater.status).to_have_text(re.compile(rf"连接中断.*{n} 条"))
        page.wait_for_timeout(2_000)  # Streamlit loses its patience in the meantime
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert stored(long_study.store, "lin") == []
    long_study.start()
    rater.all_arrived(3)
    rows = sorted(stored(long_study.store, "lin"), key=lambda row: row.position)
    assert [row.scores for row in rows] == [(1, 1, 2), (2, 1, 2), (0, 1, 2)]
    page.context.close()


def test_no_key_is_lost_however_fast_they_come(
    browser: Browser, tmp_path: Path, fast_items: int
) -> None:
    store = stores.make(tmp_path / "fast.sqlite")
    stores.add_people(store, lin="rater")
    stores.add_answers(store, questions=fast_items // 3)
    stores.open_study(store, "long", ["lin"])
    chance = random.Random(7)  # noqa: S311
    scores = [tuple(chance.choices((0, 1, 2), k=3)) for _ in range(fast_items)]
    server = Server(store)
    with server.running:
        server.start()
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(f"http://127.0.0.1:{server.port}/?study=long")
        enter(page, "lin")
        rater = Rater(page)
        rater.begin()
        page.keyboard.type("".join(f"{a}{b}{c}\n" for a, b, c in scores))
        rater.all_arrived(fast_items, seconds=30)
        page.context.close()
    rows = sorted(stored(store, "lin"), key=lambda row: row.position)
    assert [row.scores for row in rows] == scores
    store.engine.dispose()
