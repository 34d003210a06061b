"""Serve the app's own desk on a new study, its rater signed in, and time what it acknowledges."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks import study_store
from benchmarks.item_times import Program, Way, new_page, scores
from benchmarks.processes import free_port, served
from db.engine import Store, connect

PATIENCE_SECONDS = 12  # longer than the outbox ever waits
CBT = Path(sys.executable).with_name("cbt")
DESK = "[data-desk]"
RATING = f"{DESK}[data-state=rating]"
HOLDER = """(() => {
  if (!window.desk?.isConnected)
    window.desk = [...document.querySelectorAll("*")]
      .map((element) => element.shadowRoot?.querySelector("[data-desk]")).find(Boolean);
  return window.desk?.dataset.state === "rating" ? window.desk.querySelector(".answer") : null;
})()"""
# The outbox keeps each judgement in the browser's storage until the server has it: each is timed
# from the key or click that saved it. Watching the storage itself costs the page nothing.
ACKNOWLEDGED = """() => {
  window.taken = { begun: [], acknowledged: [] };
  const began = new Map();
  let acted = 0;
  const act = (event) => {
    const saves = event.key === "Enter" || event.composedPath()[0].closest?.(".save");
    if (saves) acted = event.timeStamp;
  };
  const { setItem, removeItem } = Storage.prototype;
  Storage.prototype.setItem = function (name, value) {
    if (/^cbt\\..*\\.out\\./.test(name) && !began.has(name)) {
      began.set(name, acted);
      taken.begun.push(acted);
    }
    setItem.call(this, name, value);
  };
  Storage.prototype.removeItem = function (name) {
    removeItem.call(this, name);
    if (began.has(name)) taken.acknowledged.push(performance.now() - began.get(name));
    began.delete(name);
  };
  addEventListener("keydown", act, true);
  addEventListener("click", act, true);
  performance.setResourceTimingBufferSize(100_000);
  performance.clearResourceTimings();
}"""
TAKEN = """() => {
  const { begun, acknowledged } = taken;
  const answers = performance.getEntriesByType("resource")
    .filter(({ name }) => name.endsWith("/api/desk/judgement"))
    .sort((one, other) => one.startTime - other.startTime);
  performance.clearResourceTimings();
  [taken.begun, taken.acknowledged] = [[], []];
  return { answered: answers.map(({ responseEnd }, n) => responseEnd - begun[n]), acknowledged };
}"""


@dataclass(frozen=True)
class Desk:
    """One kind of desk: how it is used, and what of it is in the store, in the rater's order."""

    name: str
    kind: str
    ways: Sequence[Way]
    stored: Callable[[Store], Sequence[Any]]

    @contextmanager
    def ready(self, browser: Browser, _folder: Path, *, items: int) -> Iterator[Program]:
        """Serve a new study, sign its rater in, and wait for the first item."""
        with tempfile.TemporaryDirectory() as made:
            database = study_store.make(Path(made), items=items, kind=self.kind)
            store, port = connect(database), free_port()
            command: list[str | Path] = [CBT, "app", "--port", str(port), "--database", database]
            with served(command, port=port, page="/", folder=Path(made)) as server:
                facts = {"start s": server.seconds, "RSS at start MB": server.megabytes()}
                requests: list[str] = []
                page = new_page(browser, requests, holder=HOLDER)
                _sign_in(page, server.url)
                began = time.perf_counter()
                page.goto(server.url)
                page.locator(RATING).wait_for()
                facts["first item s"] = time.perf_counter() - began
                page.evaluate(ACKNOWLEDGED)
                yield Program(
                    name=self.name,
                    server=server,
                    page=page,
                    ways=self.ways,
                    stored=lambda: self.stored(store),
                    facts=facts,
                    requests=requests,
                    acknowledged=lambda: _acknowledged(page),
                )
                page.context.close()
            store.engine.dispose()

    def type_without_waiting(self, opened: Browser, items: int) -> None:
        """Type a whole study, one key right after the other; say what was stored."""
        way = next(way for way in self.ways if way.name == "keys")
        with self.ready(opened, Path(), items=items) as program:
            typed = [scores(number) for number in range(items)]
            began = time.perf_counter()
            for values in typed:
                way.score(program.page, values)
                way.save(program.page)
            typing = time.perf_counter() - began
            found, seconds = _settled(program, began)
        right = sum(given == kept for given, kept in zip(typed, found, strict=False))
        print(f"{self.name}: {items} items typed without waiting in {typing:.1f} s:")
        print(
            f"  {len(found)} stored, {right} as typed,"
            f" all of them {seconds:.1f} s after the first key"
        )


def _sign_in(page: Page, url: str) -> None:
    page.goto(url)
    page.fill("input[name=username]", study_store.rater(0))
    page.fill("input[name=password]", study_store.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.locator(RATING).wait_for()


def _acknowledged(page: Page) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = page.evaluate(TAKEN)
    assert len(taken["answered"]) == len(taken["acknowledged"]), "one answer for each judgement"
    return taken


def _settled(program: Program, began: float) -> tuple[Sequence[object], float]:
    """Return what is stored once no more is coming, and when the last of it had come."""
    found, seconds = program.stored(), time.perf_counter() - began
    while time.perf_counter() - began - seconds < PATIENCE_SECONDS:
        time.sleep(0.05)
        if len(now := program.stored()) > len(found):
            found, seconds = now, time.perf_counter() - began
    return found, seconds


def save(page: Page) -> None:
    page.locator(f"{DESK} button.save").click()


def enter(page: Page) -> None:
    page.keyboard.press("Enter")
