"""Markup, two tabs, jumping clocks, ended sign-ins, shared laptops: nothing runs or is lost."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import delete, select

from db import people
from db.account_tables import SignIn
from db.engine import Store
from db.tables import Judgement, Question
from pipeline.study import lifecycle
from pipeline.study.studyfile import shipped
from tests.browser import stores
from tests.browser.rater import Rater, enter, signed_out
from tests.browser.shared import App, sign_in
from tests.browser.stores import HASH, stored

RUNS = "window.__ran=1"
SPACELESS = f"<img/src=/x/onerror={RUNS}>"
HOSTILE = (
    f"<script>{RUNS}</script><img src=x onerror='{RUNS}'><svg onload={RUNS}> **b** $x^2$ [l]"
    f"(javascript:{RUNS}) ![i](https://evil.example/i.png) :red[r] {{{{7*7}}}} &lt;i&gt;"
)
STUDY = f"s {HOSTILE}"[:100]
PEOPLE = ("lin", "wu", "mei", "he")
FULL = """() => {
  for (let size = 1 << 20; size; size >>= 1) {
    try { for (;;) localStorage.setItem(`junk${size}.${localStorage.length}`, "x".repeat(size)); }
    catch {}
  }
}"""
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("forbidden", "SecurityError"); } });"""
PASTE = """(box, times) => {
  box.value = "很".repeat(times);
  box.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
}"""
PRESS = """(root, [key, more]) => root.dispatchEvent(new KeyboardEvent("keydown",
  { key, bubbles: true, composed: true, cancelable: true, ...more }))"""


@dataclass
class Served:
    url: str
    store: Store

    def rows(self, username: str = "lin") -> list[stores.Stored]:
        return stored(self.store, username)


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every text that people can write is markup, and one plain study."""
    path = tmp_path_factory.mktemp("bad") / "hostile.sqlite"
    store = stores.make(path)
    stores.add_people(store, **dict.fromkeys(PEOPLE, "rater"), guo="researcher")
    with store.writing() as session:
        people.add(
            session, username=SPACELESS, roles=["rater"], group=HOSTILE[:60], password_hash=HASH
        )
    stores.add_answers(
        store,
        3,
        systems=("one", "two"),
        question=lambda n: Question(
            source="s", external_id=str(n), text=f"q{n} {HOSTILE}", description=f"d {HOSTILE}"
        ),
        answer=lambda n, system: f"a{n}{system} {HOSTILE}",
    )
    criteria = tuple(hostile(criterion) for criterion in shipped().criteria or ())
    guidelines = {"zh": f"g {HOSTILE}", "en": f"g {HOSTILE}"}
    stores.open_study(store, STUDY, [SPACELESS], criteria=criteria, guidelines=guidelines)
    stores.open_study(store, "plain", PEOPLE)
    store.engine.dispose()
    return path


def hostile(criterion: dict[str, Any]) -> dict[str, Any]:
    def texts(value: Any) -> Any:
        if isinstance(value, str):
            return f"{value} {HOSTILE}"
        if isinstance(value, dict):
            return {k: v if k == "id" else texts(v) for k, v in value.items()}
        return [texts(v) for v in value] if isinstance(value, list) else value

    changed: dict[str, Any] = texts(criterion)
    return changed


@pytest.fixture
def served(app: App, hostile_file: Path) -> Iterator[Served]:
    with app.on(hostile_file) as store:
        yield Served(app.url, store)


@dataclass
class Browsing:
    """A browser of one person, with what it should not do on record."""

    context: BrowserContext
    served: Served
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("dialog", lambda it: (self.wrong.append(it.message), it.dismiss()))
        self.context.on("weberror", lambda it: self.wrong.append(str(it.error)))
        self.context.on("request", lambda it: self._asked(it.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.served.url, "data:", "blob:")):
            self.wrong.append(url)

    def open(
        self, path: str = "?study=plain", *, username: str | None = "lin", by_form: bool = False
    ) -> Rater:
        """Open a page, as someone who has signed in before unless it is to be by the form."""
        if username and not by_form:
            sign_in(self.context, self.served.url, self.served.store, username)
        page = self.context.new_page()
        page.goto(f"{self.served.url}/{path}")
        if username and by_form:
            enter(page, username)
        return Rater(page)

    def nothing_ran(self) -> bool:
        return self.wrong == [] and not any(
            page.evaluate("window.__ran") for page in self.context.pages
        )


@pytest.fixture
def browse(browser: Browser, served: Served) -> Iterator[Callable[..., Browsing]]:
    made: list[Browsing] = []

    def new(**options: Any) -> Browsing:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        made.append(Browsing(browser.new_context(**wanted), served))
        return made[-1]

    yield new
    for one in made:
        one.context.close()


def test_markup_in_every_field_is_shown_as_text_and_never_run(
    browse: Callable[..., Browsing], served: Served
) -> None:
    rating = browse()
    rater = rating.open("", username=SPACELESS, by_form=True)
    page = rater.page
    code = rater.begin()
    for shown in ("q", "d ", "a"):
        expect(
            rater.desk.get_by_text(re.compile(f"^{shown}.*{re.escape(HOSTILE)}$"))
        ).to_be_visible()
    assert rater.desk.get_by_text(HOSTILE).count() >= 4 + 3
    assert rater.desk.locator("script, img, svg, b, strong, a").count() == 0
    comment = rater.desk.get_by_role("textbox").last
    comment.fill(HOSTILE)
    page.keyboard.press("Escape")
    rater.give([0, 1, 2])
    rater.settled(after=code)
    rater.all_arrived(1)
    assert served.rows(SPACELESS)[0].comment == HOSTILE
    page.reload()
    rater.settled()
    page.keyboard.press("[")
    expect(comment).to_have_value(HOSTILE)
    while rater.settled() != "done":
        rater.rate([1, 1, 1])
    expect(rater.desk.get_by_text(STUDY)).to_be_visible()
    hidden = quote(HOSTILE, safe="")
    for path in (f"?study={hidden}", f"studies?study={hidden}#{hidden}", hidden):
        page.goto(f"{served.url}/{path}")
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
    assert rating.nothing_ran()


def test_markup_is_text_on_the_researchers_pages_too(
    browse: Callable[..., Browsing], served: Served
) -> None:
    looking = browse(locale="en-GB")
    page = looking.open("studies", username="guo").page
    shown = {"studies": STUDY, "people": SPACELESS}
    for path in ("studies", f"study?name={STUDY}", f"study?name={SPACELESS}", "create", "people"):
        page.goto(f"{served.url}/{path}")
        expect(page.locator("h1")).to_be_visible()
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        if path in shown:
            expect(page.get_by_text(shown[path]).first).to_be_visible()
        assert page.locator("main img, main a[href^='javascript:']").count() == 0
    assert looking.nothing_ran()


def test_two_tabs_on_one_item_never_overwrite_each_other(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse()
    first, second = browsing.open(), browsing.open(username=None)
    code = first.begin()
    assert second.begin() == code
    first.give([2, 1, 0])
    first.settled(after=code)
    first.all_arrived(1)
    second.give([0, 0, 0])
    notice = second.desk.locator(".notice")
    expect(notice).to_be_visible()
    assert [row.scores for row in served.rows()] == [(2, 1, 0)]
    notice.get_by_role("button").first.click()
    assert second.begin() == code
    assert second.scores == ["0", "0", "0"]
    second.page.keyboard.press("Enter")
    second.settled(after=code)
    second.all_arrived(1)
    expect(second.status).to_have_text(re.compile("^已保存"))
    assert [(row.revision, row.scores) for row in served.rows()] == [(1, (2, 1, 0)), (2, (0, 0, 0))]


def test_a_clock_that_jumps_confuses_nothing(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse(timezone_id="UTC")
    page = browsing.context.new_page()
    page.clock.install()
    page.goto(f"{served.url}/?study=plain")
    enter(page, "lin")
    rater = Rater(page)
    started = datetime.now(UTC)
    for n, jump in enumerate((timedelta(), timedelta(days=1), timedelta(days=-1)), start=1):
        code = rater.begin()
        page.clock.set_system_time(datetime.now(UTC) + jump)
        rater.give([n - 1, 1, 2])
        rater.settled(after=code)
        rater.all_arrived(n)
        told = re.search(r"(\d\d):(\d\d):(\d\d)", rater.status.inner_text())
        assert told
        at = started.replace(hour=int(told[1]), minute=int(told[2]), second=int(told[3]))
        assert abs(at - datetime.now(UTC)) < timedelta(seconds=30)
    rater.begin()
    page.clock.fast_forward(24 * 3600 * 1000)
    expect(rater.desk.locator(".notice")).to_have_count(0)
    code = rater.item
    rater.give([2, 2, 2])
    rater.settled(after=code)
    rater.all_arrived(4)
    assert [row.scores for row in served.rows()] == [(0, 1, 2), (1, 1, 2), (2, 1, 2), (2, 2, 2)]
    with served.store.reading() as session:
        seconds = session.scalars(select(Judgement.seconds).order_by(Judgement.id)).all()
    assert all(it is not None and 0 <= it < 60 for it in seconds[:3])


def test_the_hint_to_pause_comes_after_45_minutes_of_work_and_only_then(
    browse: Callable[..., Browsing], served: Served
) -> None:
    page = browse().context.new_page()
    page.clock.install()
    page.goto(f"{served.url}/?study=plain")
    enter(page, "lin")
    rater = Rater(page)
    rater.begin()
    notice = rater.desk.locator(".notice")
    page.clock.run_for(44 * 60_000)
    expect(notice).to_have_count(0)
    page.clock.run_for(2 * 60_000)
    expect(notice).to_contain_text("45")


def test_a_study_that_closes_under_an_open_item_takes_nothing_more(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse()
    rater = browsing.open()
    code = rater.begin()
    rater.give([2, 1], save=False)
    lifecycle.close_study(served.store, name="plain")
    rater.give([0])
    expect(rater.desk.get_by_text(re.compile("没有保存|没有开放|已经结束")).first).to_be_visible()
    assert served.rows() == []
    rater.page.reload()
    expect(rater.page.get_by_text("已结束")).to_be_visible()
    expect(rater.desk).to_have_count(0)
    assert code
    assert served.rows() == []
    assert browsing.nothing_ran()


def test_what_was_entered_as_the_sign_in_ended_goes_out_after_the_next_one(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse()
    rater = browsing.open()
    code = rater.begin()
    end_sign_ins(served.store)
    rater.give([2, 1, 0])
    again = rater.desk.get_by_role("button", name="重新登录")
    expect(again).to_be_visible()
    assert served.rows() == []
    again.click()
    expect(signed_out(rater.page)).to_be_visible()
    enter(rater.page, "lin")
    rater.settled()
    rater.all_arrived(1)
    assert [(row.item, row.scores) for row in served.rows()] == [(code, (2, 1, 0))]


def end_sign_ins(store: Store) -> None:
    with store.writing() as session:
        session.execute(delete(SignIn))


def test_on_a_shared_laptop_nobody_reads_or_sends_what_another_left(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse()
    context = browsing.context
    rater = browsing.open()
    rater.begin()
    context.set_offline(offline=True)
    entered = []
    for n in range(2):
        code = rater.begin()
        rater.desk.get_by_role("textbox").last.fill(f"secret thought {n}")
        rater.page.keyboard.press("Escape")
        rater.give([n, 1, 2])
        rater.settled(after=code)
        entered.append((code, (n, 1, 2), f"secret thought {n}"))
    drafted = rater.begin()
    rater.give([2, 2], save=False)
    context.clear_cookies()  # first: a page that closes is online for a moment
    rater.page.close()
    context.set_offline(offline=False)

    other = browsing.open(username="wu", by_form=True)
    other.begin()
    assert other.scores == [None] * 3
    assert other.told_saved == 0
    kept = other.page.evaluate("Object.entries(localStorage)")
    ours = [(name, value) for name, value in kept if name.startswith("cbt.")]
    assert len(ours) == 3
    for _, value in ours:
        assert re.fullmatch(r"[A-Za-z0-9+/]+=*", value)
    assert not re.search("secret|thought|relevance|token", str(kept))
    other.rate([0, 0, 0])
    other.all_arrived(1)
    assert served.rows() == []
    assert len(served.rows("wu")) == 1
    other.page.get_by_role("button", name="退出登录", exact=True).click()
    expect(signed_out(other.page)).to_be_visible()

    enter(other.page, "lin")
    back = Rater(other.page)
    back.settled()
    back.all_arrived(2)
    sent = sorted(served.rows(), key=lambda row: row.position)
    assert [(row.item, row.scores, row.comment) for row in sent] == entered
    assert back.begin() == drafted
    assert back.scores == ["2", "2", None]


def test_what_is_entered_offline_goes_out_before_a_sign_out(
    browse: Callable[..., Browsing], served: Served
) -> None:
    rater = browse().open()
    code = rater.begin()
    rater.give([1, 1, 1])
    rater.page.get_by_role("button", name="退出登录", exact=True).click()
    expect(signed_out(rater.page)).to_be_visible()
    assert [row.item for row in served.rows()] == [code]


def test_a_comment_of_ten_megabytes_is_refused_in_words_and_nothing_else_is_lost(
    browse: Callable[..., Browsing], served: Served
) -> None:
    browsing = browse()
    rater = browsing.open()
    code = rater.begin()
    comment = rater.desk.get_by_role("textbox").last
    comment.evaluate(PASTE, 10_000_000 // len("很".encode()))
    rater.page.keyboard.press("Escape")
    rater.give([2, 1, 0])
    expect(rater.desk.get_by_text("5000").first).to_be_visible()
    assert rater.item == code
    assert served.rows() == []
    comment.fill("短")
    rater.page.keyboard.press("Escape")
    rater.page.keyboard.press("Enter")
    rater.settled(after=code)
    rater.all_arrived(1)
    assert [(row.scores, row.comment) for row in served.rows()] == [((2, 1, 0), "短")]
    assert browsing.nothing_ran()


def test_digits_in_a_text_and_keys_of_an_input_method_score_nothing(
    browse: Callable[..., Browsing], served: Served
) -> None:
    rater = browse().open()
    code = rater.begin()
    page, comment = rater.page, rater.desk.get_by_role("textbox").last
    comment.focus()
    page.keyboard.type("0121")
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "ni1", "selectionStart": 3, "selectionEnd": 3})
    for target in (comment, rater.desk.locator(".question")):
        for key, more in (
            ("1", {"isComposing": True}),
            ("Enter", {"isComposing": True}),
            ("2", {"keyCode": 229}),
            ("Process", {"keyCode": 229}),
            ("Enter", {"keyCode": 229}),
            ("1", {"ctrlKey": True}),
            ("2", {"altKey": True}),
            ("0", {"metaKey": True}),
            ("2", {"repeat": True}),
        ):
            target.evaluate(PRESS, [key, more])
    keys.send("Input.insertText", {"text": "你1"})
    assert rater.scores == [None] * 3
    assert rater.item == code
    expect(comment).to_have_value("0121你1")


def test_full_width_digits_and_the_number_pad_count(
    browse: Callable[..., Browsing], served: Served
) -> None:
    rater = browse().open()
    code = rater.begin()
    keys = rater.page.context.new_cdp_session(rater.page)
    for key in "２０":
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": key})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})
    pad = {"key": "1", "code": "Numpad1", "location": 3, "isKeypad": True}
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", **pad})
    assert rater.scores == ["2", "0", "1"]
    rater.page.keyboard.press("NumpadEnter")
    rater.settled(after=code)
    rater.all_arrived(1)
    assert served.rows()[0].scores == (2, 0, 1)


@pytest.mark.parametrize("how", ["full", "forbidden"])
def test_a_browser_that_keeps_nothing_says_so_and_still_sends(
    browse: Callable[..., Browsing], served: Served, how: str
) -> None:
    browsing = browse()
    if how == "forbidden":
        browsing.context.add_init_script(FORBIDDEN)
    rater = browsing.open()
    first = rater.begin()
    if how == "full":
        rater.page.evaluate(FULL)
    rater.give([2, 2, 2])
    rater.settled(after=first)
    rater.all_arrived(1)
    browsing.context.set_offline(offline=True)
    second = rater.begin()
    rater.give([1, 1, 1])
    rater.settled(after=second)
    expect(rater.status).to_have_text(re.compile("不要关闭"))
    browsing.context.set_offline(offline=False)
    rater.all_arrived(2)
    assert [(row.item, row.scores[0]) for row in served.rows()] == [(first, 2), (second, 1)]


def test_a_draft_is_there_after_a_reload(browse: Callable[..., Browsing], served: Served) -> None:
    rater = browse().open()
    code = rater.begin()
    rater.give([2, 0], save=False)
    rater.desk.get_by_role("textbox").last.fill("half a thought")
    rater.page.reload()
    assert rater.begin() == code
    assert rater.scores == ["2", "0", None]
    expect(rater.desk.get_by_role("textbox").last).to_have_value("half a thought")
    assert served.rows() == []
