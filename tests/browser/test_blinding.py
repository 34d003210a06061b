"""No byte that reaches a rater's browser tells who answered, nor what another rater thinks."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from pipeline import app_process
from pipeline.study import lifecycle
from tests.browser import recorder
from tests.browser.labeller import Labeller
from tests.browser.planting import Planted, plant, word
from tests.browser.rater import Rater, enter, signed_out
from tests.browser.recorder import Piece, Recorder
from tests.browser.stores import free_port, stored
from tests.browser.wire import Proxy, proxied

LOCALES = {"lin": "zh-CN", "wu": "en-GB"}
ITEM = {"code", "position", "question", "description", "answer", "hard", "previous"}
PREVIOUS = {"revision", "values", "labels", "comment", "flags", "at"}
PACKAGE = {
    *("study", "kind", "target", "total", "done", "owner", "key", "items"),
    *("criteria", "labels", "guidelines"),
}
PLACES = (
    "studies", "people", "create", "study", "study?name={name}", "studies?study={name}",
    "accept#made-up", "no-such-page", "?study=made-up", "?study={name}", "?study={split}",
    "results?name={name}", "agreement?name={name}", "raters?name={name}", "mine?name={name}",
    "compare?study={name}",
)  # fmt: skip
FETCHES = (
    "", "/items", "/items?study={name}", "/items?study={name}&owner={owner}&at=x",
    "/items?study={name}&owner={owner}&at=0&at=999",
    "/items?study=made-up&owner={owner}&at=1", "?study=made-up", "?study=", "/judgement",
    "/nothing",
)  # fmt: skip
STREAMLITS = (
    "_stcore/health", "_stcore/host-config", "_stcore/metrics", "_stcore/script-health-check",
    "_stcore/allowed-message-origins", "_stcore/nothing", "media/made-up", "component/made-up/x",
    "static/made-up.js", "app/static/x", "assets/x/y", "api/nothing", "favicon.png", "~/+/x",
    "_stcore/bidi-components/desk/desk.js", "_stcore/upload_file/x/y", "sitemap.xml",
)  # fmt: skip
ASK = """async ([method, path, body, type]) => {
  const how = { method, headers: body === null ? {} : { "Content-Type": type }, body };
  for (;;) {
    const answer = await fetch(path, how);
    if (answer.status !== 429) return [answer.status, await answer.text()];
    await new Promise((done) => setTimeout(done, 1000 * answer.headers.get("Retry-After")));
  }
}"""


@dataclass
class Watched:
    """A rater's whole way through a study, on record, and what was answered on the way."""

    planted: Planted
    proxy: Proxy
    who: str
    page: Page
    record: Recorder
    statuses: set[int] = field(default_factory=set)
    foreign: set[tuple[int, str]] = field(default_factory=set)
    found: dict[str, set[str]] = field(default_factory=dict)

    @property
    def mine(self) -> list[str]:
        return self.planted.codes(self.who, self.planted.name)

    @cached_property
    def owner(self) -> str:
        """What the desk names its rater by."""
        return str(json.loads(self.ask(f"api/desk?study={self.planted.name}")[1])["owner"])

    def look(self) -> None:
        self.record.look(self.page)

    def go(self, place: str) -> None:
        self.page.goto(f"{self.proxy.url}/{place}")
        self.rest()

    def rest(self) -> None:
        calm = self.page.locator('[data-test-script-state="notRunning"]')
        calm.wait_for(state="attached", timeout=90_000)  # a page may work out figures

    def ask(self, path: str, **how: Any) -> tuple[int, str]:
        """Ask as a script of the page would."""
        body, method = how.get("body"), how.get("method", "GET")
        given = [method, f"{self.proxy.url}/{path}", body, how.get("type", "application/json")]
        status, text_ = self.page.evaluate(ASK, given)
        self.statuses.add(status)
        return status, text_

    def give(self, **changed: Any) -> tuple[int, str]:
        """Send a judgement of one of the rater's own items, with something changed."""
        scores = {"relevance": 1, "structure": 1, "helpfulness": 1}
        rest = {"values": scores, "comment": "", "flags": {}, "seconds": 1}
        known = {"owner": self.owner, "item": self.mine[0], "token": word(), "base": 0}
        given = {**known, **rest, **changed}
        return self.ask("api/desk/judgement", method="POST", body=json.dumps(given))


@pytest.fixture(scope="module")
def watched(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Watched]]:
    """Both raters' ways; lin comes back after wu has finished, and then tries everything."""
    planted = plant(tmp_path_factory.mktemp("planted"))
    port = free_port()
    url = planted.store.engine.url.render_as_string(hide_password=False)
    with (
        app_process.running(database=url, host="127.0.0.1", port=port),
        proxied(port) as lin,
        proxied(port) as wu,
    ):
        runs = {}
        for who, proxy in {"lin": lin, "wu": wu}.items():
            context = browser.new_context(locale=LOCALES[who])
            record = Recorder(connections=proxy.connections)
            record.listen(context)
            runs[who] = Watched(planted, proxy, who, context.new_page(), record)
            rate_everything(runs[who])
            label_everything(runs[who])
        look_back(runs["lin"])
        go_where_raters_have_no_business(runs["lin"])
        ask_what_is_refused(runs["lin"])
        break_the_store(runs["lin"])
        end_the_study(runs["lin"])
        for run in runs.values():
            run.page.context.close()
            words = planted.words
            hidden, shown = words.kept_from(run.who), {**words.shown, **words.own[run.who]}
            run.found = recorder.found({**hidden, **shown}, run.record.pieces())
        yield runs
    planted.store.engine.dispose()


def rate_everything(run: Watched) -> None:
    """Rate the study from the first item to the thank-you, with a comment on each."""
    planted, page, rater = run.planted, run.page, Rater(run.page)
    page.goto(f"{run.proxy.url}/?study={planted.name}")
    expect(signed_out(page)).to_be_visible()
    run.look()
    enter(page, planted.usernames[run.who])
    while rater.settled() != "done":
        run.look()
        code = rater.begin()
        rater.desk.get_by_role("textbox").last.fill(planted.words.of(run.who, "comment"))
        page.keyboard.press("Escape")
        run.look()
        rater.give([2, 1, 0])
        rater.settled(after=code)
    rater.all_arrived(len(run.mine))
    run.look()


def label_everything(run: Watched) -> None:
    """Label the distortion study to its end, with evidence and a comment on each item."""
    planted, page, labeller = run.planted, run.page, Labeller(run.page)
    page.goto(f"{run.proxy.url}/?study={planted.labels}")
    while labeller.settled() != "done":
        run.look()
        code = labeller.begin()
        labeller.select("answer", planted.words.shown["answer"])
        labeller.press("1", "5")
        labeller.desk.get_by_role("textbox").last.fill(planted.words.of(run.who, "comment"))
        page.keyboard.press("Escape")
        run.look()
        page.keyboard.press("Enter")
        labeller.settled(after=code)
    labeller.all_arrived(len(planted.codes(run.who, planted.labels)))
    run.look()
    page.keyboard.press("[")
    labeller.begin()
    run.look()


def look_back(run: Watched) -> None:
    run.page.goto(f"{run.proxy.url}/?study={run.planted.name}")
    rater = Rater(run.page)
    rater.settled()
    for _ in range(3):
        run.page.keyboard.press("[")
        rater.begin()
        run.look()


def go_where_raters_have_no_business(run: Watched) -> None:
    for place in PLACES:
        run.go(place.format(name=run.planted.name, split=run.planted.split))
        run.look()
    run.go(f"?study={run.planted.name}")


def ask_what_is_refused(run: Watched) -> None:
    for path in FETCHES:
        filled = path.format(name=run.planted.name, owner=run.owner)
        for method in ("GET", "POST", "PUT", "DELETE"):
            run.ask(f"api/desk{filled}", method=method, body="{}" if method == "POST" else None)
    for change in (
        {"values": {}},
        {"values": {"relevance": 9, "structure": 0, "helpfulness": 0}},
        {"comment": "x" * 70_000},
        {"comment": "x" * 6_000},
        {"base": 7},
        {"flags": {"cannot_judge": "why"}},
        {"flags": {"made-up": ""}},
        {"labels": [{"label": "made-up", "primary": True, "spans": []}]},
        {"item": 7},
    ):
        run.give(**change)
    mine, evidence = run.planted.codes(run.who, run.planted.labels)[0], {"field": "answer"}
    for labels in (
        [{"label": "made-up", "primary": True, "spans": []}],
        [{"label": "labeling", "primary": True, "spans": [{**evidence, "start": 0, "end": 9999}]}],
    ):
        run.give(item=mine, base=1, values={"presence": "yes"}, labels=labels)
    run.ask("api/desk/judgement", method="POST", body="no JSON")
    run.ask("api/desk/judgement", method="POST", body="{}", type="text/plain")
    for path in STREAMLITS:
        run.ask(path)
    others = set(run.planted.codes("wu", run.planted.split))
    for code in [*others, "made-up", *(code.lower() for code in run.mine)]:
        run.foreign.add(run.give(item=code))
    everywhere = "".join(f"&at={at}" for at in range(1, 10))
    run.ask(f"api/desk/items?study={run.planted.split}&owner={run.owner}{everywhere}")


def break_the_store(run: Watched) -> None:
    rename(run, "judgement", "elsewhere")
    run.give()
    run.ask(f"api/desk?study={run.planted.name}")
    run.page.reload()
    run.rest()
    run.look()
    rename(run, "elsewhere", "judgement")


def rename(run: Watched, table: str, other: str) -> None:
    with run.planted.store.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {other}"))


def end_the_study(run: Watched) -> None:
    """Close the study under the rater, then let the sign-in end."""
    lifecycle.close_study(run.planted.store, name=run.planted.name)
    run.ask(f"api/desk?study={run.planted.name}")
    run.give()
    run.page.reload()
    expect(run.page.get_by_text(re.compile("已结束|Closed"))).to_be_visible()
    run.look()
    run.go("")
    run.look()
    run.page.context.clear_cookies()
    run.ask(f"api/desk?study={run.planted.name}")
    run.page.reload()
    expect(signed_out(run.page)).to_be_visible()
    run.look()


@pytest.mark.parametrize("who", ["lin", "wu"])
def test_nothing_hidden_reaches_a_raters_browser(watched: dict[str, Watched], who: str) -> None:
    hidden = watched[who].planted.words.kept_from(who)
    assert len(hidden) > 30
    assert {what: where for what, where in watched[who].found.items() if what in hidden} == {}


@pytest.mark.parametrize("who", ["lin", "wu"])
def test_what_a_rater_may_see_is_found_wherever_it_passes(
    watched: dict[str, Watched], who: str
) -> None:
    found = watched[who].found
    assert {"json", "page"} <= found["answer"] & found["question"] & found["description"]
    assert {"json", "page"} <= found["guidelines"]
    assert {"websocket", "json", "url", "storage"} <= found["study"]
    assert {"websocket", "page"} <= found[f"username of {who}"]
    assert "page" in found[f"comment of {who}"]
    if who == "lin":  # who came back, and was sent what was given before
        assert "json" in found["comment of lin"]


def test_every_kind_of_refusal_was_on_record(watched: dict[str, Watched]) -> None:
    statuses = watched["lin"].statuses
    assert {401, 403, 404, 405, 409, 413, 415, 422} <= statuses
    assert {500, 503} & statuses


def test_no_code_of_another_rater_is_told_apart_from_one_that_is_made_up(
    watched: dict[str, Watched],
) -> None:
    run = watched["lin"]
    theirs, mine = (set(run.planted.codes(who, run.planted.split)) for who in ("wu", "lin"))
    assert len(theirs) == len(mine) == 6
    assert not theirs & mine
    assert len(run.foreign) == 1
    assert next(iter(run.foreign))[0] == 403
    received = b"".join(piece.data for piece in run.record.pieces())
    assert all(code.encode() in received for code in mine)
    assert not any(code.encode() in received for code in theirs)
    rows = stored(run.planted.store, run.planted.usernames["wu"])
    assert not theirs & {row.item for row in rows}


def test_the_desks_answers_hold_no_key_beyond_the_allowed_ones(
    watched: dict[str, Watched],
) -> None:
    packages, items = payloads(watched["wu"].record)
    assert packages
    assert len({item["code"] for item in items}) >= 12
    assert {package["kind"] for package in packages} == {"rating", "distortion"}
    assert all(package.keys() == PACKAGE for package in packages)
    assert all(item.keys() == ITEM for item in items)
    assert all(item["previous"] is None or item["previous"].keys() == PREVIOUS for item in items)


def test_the_answers_to_one_question_differ_in_nothing_but_their_words(
    watched: dict[str, Watched],
) -> None:
    by_question: dict[str, dict[str, dict[str, Any]]] = {}
    for item in payloads(watched["wu"].record)[1]:
        by_question.setdefault(item["question"], {})[item["code"]] = item
    assert len(by_question) == 4
    for items in by_question.values():
        rest = [
            {k: v for k, v in item.items() if k not in {"code", "position", "answer", "previous"}}
            for item in items.values()
        ]
        assert len(rest) >= 3
        assert all(other == rest[0] for other in rest)
        assert len({len(code) for code in items}) == 1
        assert len({len(item["answer"]) for item in items.values()}) == 1


def payloads(record: Recorder) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    packages, items = [], []
    for piece in record.pieces():
        if piece.channel == "json" and "/api/desk" in piece.where:
            body = json.loads(piece.data)
            items += body.get("items", [])
            packages += [body] if "owner" in body else []
    return packages, items


@pytest.mark.parametrize(
    "packed",
    [
        str.encode,
        lambda text: text.upper().encode(),
        lambda text: base64.b64encode(f"x{text}y".encode()),
        lambda text: base64.b64encode(f"xy{text}".encode()) + b'"',
        lambda text: base64.urlsafe_b64encode(f"?>{text}".encode()).rstrip(b"="),
        lambda text: b"..." + gzip.compress(text.encode()),
        lambda text: base64.b64encode(gzip.compress(f"very {text}".encode())),
        lambda text: b"\x01" + zlib.compress(text.encode()),
        lambda text: text.encode("utf-16-le"),
        lambda text: b"\x00" + text.encode("utf-16-be"),
        lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
        lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
        lambda text: json.dumps("".join(f"\\u{ord(letter):04x}" for letter in text)).encode(),
        lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode(),
        lambda text: quote(base64.b64encode(gzip.compress(text.encode())).decode()).encode(),
    ],
)
def test_the_recorder_finds_a_word_however_it_is_packed(packed: Callable[[str], bytes]) -> None:
    planted = word()
    pieces = [Piece("wire", "here", b"before " + packed(planted) + b" after")]
    assert recorder.found({"it": planted}, iter(pieces)) == {"it": {"wire"}}
    assert recorder.found({"it": word()}, iter(pieces)) == {}
