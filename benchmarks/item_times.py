"""Time item after item in a real browser: from the act that saves to the next item's first frame.

Every program is driven by the same script: three scores and a save, then wait until the next
item's marker is laid out. The times in the page are taken by a probe that each page runs: from the
event's own time stamp to the first animation frame that has the next marker. "wall" and "whole"
are what the script sees, with the browser's remote control in them: of the save, and of the item.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingSeen

from benchmarks.processes import Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--disable-gpu", "--disable-dev-shm-usage", "--no-sandbox"]
WARM_UPS = 3
PATIENCE_MS = 30_000
DROPPED_MS = 5_000  # a save that shows no next item by then was dropped

PROBE = """
(() => {
  const holder = () => %s;
  const shown = () => {
    const element = holder();
    return element?.getClientRects().length ? element.textContent.match(/〔(\\d+)〕/)?.[1] : null;
  };
  const now = () => performance.timeOrigin + performance.now();
  const recall = () => JSON.parse(sessionStorage.getItem("probe") ?? "null");
  const say = console.debug.bind(console); // before a page that wants silence replaces it
  let watching = false;
  const watch = () => {
    watching = true;
    const { before, first, last } = recall();
    const marker = shown();
    if (!marker || marker === before) return requestAnimationFrame(watch);
    watching = false;
    sessionStorage.removeItem("probe");
    say(`painted ${marker} ${now() - last} ${now() - first}`);
  };
  const acted = (event) => {
    const at = performance.timeOrigin + event.timeStamp;
    const known = recall() ?? { before: shown(), first: at };
    sessionStorage.setItem("probe", JSON.stringify({ ...known, last: at }));
    if (!watching) requestAnimationFrame(watch);
    watching = true;
  };
  addEventListener("click", acted, true);
  addEventListener("keydown", (event) => event.key === "Control" || acted(event), true);
  if (location.protocol === "http:" && recall()) requestAnimationFrame(watch);
})();
"""


@dataclass(frozen=True)
class Way:
    """How a rater gives the three scores of an item, and saves it."""

    name: str
    score: Callable[[Page, Sequence[int]], None]
    save: Callable[[Page], None]


@dataclass
class Times:
    """Milliseconds, one of each an item, but for items whose save was dropped."""

    in_page: list[float] = field(default_factory=list)
    in_page_whole: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    dropped: int = 0  # saves that the program did not take


@dataclass
class Program:
    """A program that is ready to be rated in, and what its start took."""

    name: str
    server: Server
    page: Page
    ways: Sequence[Way]
    stored: Callable[[], Sequence[Any]]
    facts: dict[str, float] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    # Ours alone shows the next item before these; each by its name, in the order of the saves.
    acknowledged: Callable[[], dict[str, list[float]]] = dict


@contextmanager
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


def new_page(opened: Browser, requests: list[str], *, holder: str) -> Page:
    """Return a page with the probe; `holder` finds the element that ends with the marker."""
    context = opened.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_init_script(PROBE % holder)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("request", lambda request: requests.append(request.url))
    return page


def scores(number: int) -> tuple[int, int, int]:
    """Return the scores of the item that is judged as the so-manieth."""
    return number % 3, number // 3 % 3, number // 9 % 3


def measure(program: Program, way: Way, *, items: int, first: int, pause: float = 0) -> Times:
    """Judge some warm-up items and then so many; `first` counts what was judged before.

    `pause` is in seconds, before each item; it counts nowhere.
    """
    times = Times()
    for number in range(first, first + WARM_UPS + items):
        time.sleep(pause)
        began = time.perf_counter()
        way.score(program.page, scores(number))
        pressed = time.perf_counter()
        painted = _saved(program.page, way, times)
        ended = time.perf_counter()
        if painted is None or number < first + WARM_UPS:
            continue
        in_page, whole = map(float, painted.split()[2:])
        times.in_page.append(in_page)
        times.in_page_whole.append(whole)
        times.wall.append(1000 * (ended - pressed))
        times.whole.append(1000 * (ended - began))
    return times


def _saved(page: Page, way: Way, times: Times) -> str | None:
    """Save and return what the probe says of the next item; None if it took a second save."""
    try:
        with page.expect_console_message(_is_painted, timeout=DROPPED_MS) as message:
            way.save(page)
        return message.value.text
    except NothingSeen:
        times.dropped += 1
    with page.expect_console_message(_is_painted):
        way.save(page)
    return None


def _is_painted(message: object) -> bool:
    return getattr(message, "text", "").startswith("painted ")


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]
