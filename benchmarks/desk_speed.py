"""Rate in the app's own desk: by clicks, by keys, and with keys that wait for nothing.

    python -m benchmarks.desk_speed [--items 60] [--rounds 3] [--pause 0.3]
                                    [--beside label_studio,potato]

`cbt app` serves a study that `cbt study create` made; the rater signs in by the form, blinding,
drafts and the outbox are on. "answered" is from the act that saves to the moment in which the
browser has the server's answer, by its own resource timing; "acknowledged" to that in which the
desk has read it, and the outbox no longer holds the judgement: Chromium lets a script read an
answer only when no key press and no frame is waiting. With --beside the peers are rated in the same
rounds, with --pause there is a pause before each item, as with people.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from benchmarks import rounds, study_store
from benchmarks.item_times import Program, Way, browser, new_page, scores
from benchmarks.processes import free_port, served
from db.engine import Store, connect
from db.tables import Assignment, Judgement

PEERS = ("label_studio", "potato")
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


@contextmanager
def ready(browser: Browser, _folder: Path, *, items: int) -> Iterator[Program]:
    """Serve a new study, sign its rater in, and wait for the first item."""
    with tempfile.TemporaryDirectory() as made:
        database = study_store.make(Path(made), items=items)
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
                name="cbt-annotate",
                server=server,
                page=page,
                ways=WAYS,
                stored=lambda: _stored(store),
                facts=facts,
                requests=requests,
                acknowledged=lambda: _acknowledged(page),
            )
            page.context.close()
        store.engine.dispose()


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


def type_without_waiting(opened: Browser, items: int) -> None:
    """Type the scores of a whole study, one key right after the other; say what was stored."""
    with ready(opened, Path(), items=items) as program:
        typed = [scores(number) for number in range(items)]
        began = time.perf_counter()
        for values in typed:
            _press(program.page, values)
            program.page.keyboard.press("Enter")
        typing = time.perf_counter() - began
        found, seconds = _settled(program, began)
    right = sum(given == kept for given, kept in zip(typed, found, strict=False))
    print(f"{4 * items} keys for {items} items typed without waiting in {typing:.1f} s:")
    print(
        f"  {len(found)} stored, {right} as typed, all of them {seconds:.1f} s after the first key"
    )


def _settled(program: Program, began: float) -> tuple[Sequence[object], float]:
    """Return what is stored once no more is coming, and when the last of it had come."""
    found, seconds = program.stored(), time.perf_counter() - began
    while time.perf_counter() - began - seconds < PATIENCE_SECONDS:
        time.sleep(0.05)
        if len(now := program.stored()) > len(found):
            found, seconds = now, time.perf_counter() - began
    return found, seconds


def _stored(store: Store) -> list[tuple[int, ...]]:
    """Return the scores of each judgement, in the rater's order."""
    query = select(Judgement.values).join(Assignment).order_by(Assignment.position, Judgement.id)
    with store.reading() as session:
        return [tuple(values.values()) for values in session.scalars(query)]


def _click(page: Page, values: Sequence[int]) -> None:
    for place, value in enumerate(values):
        scale = page.locator(f"{DESK} [role=radiogroup]").nth(place)
        scale.locator("[role=radio]").nth(value).click()


def _press(page: Page, values: Sequence[int]) -> None:
    for value in values:
        page.keyboard.press(str(value))


WAYS = (
    Way("clicks", _click, lambda page: page.locator(f"{DESK} button.save").click()),
    Way("keys", _press, lambda page: page.keyboard.press("Enter")),
)


def main() -> None:
    parser = rounds.parser(__doc__)
    parser.add_argument("--beside", default="", help=f"peers, of {', '.join(PEERS)}")
    parser.add_argument("--typed", type=int, default=500, help="items to type without waiting")
    given = parser.parse_args()
    peers = [
        import_module(f"benchmarks.peers.{name}") for name in filter(None, given.beside.split(","))
    ]
    with browser() as opened:
        type_without_waiting(opened, given.typed)
    rounds.run([ready, *(peer.ready for peer in peers)], given)


if __name__ == "__main__":
    main()
