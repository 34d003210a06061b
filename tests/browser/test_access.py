"""Everyone can use the pages: axe-core, the keyboard alone, zoom, wide spacing, less motion."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route, expect

from db import invites, people
from db.engine import Store
from pipeline import app_process
from tests.browser import stores
from tests.browser.rater import PASSWORD, Rater, enter, signed_out
from tests.browser.shared import Take, sign_in
from tests.browser.stores import stored

RUN = "async (rules) => (await axe.run(rules)).violations"
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
GRAVE = {"serious", "critical"}
WIDTHS = (1280, 390)
LOOKS = [("zh-CN", "light"), ("en-GB", "dark")]  # each language and each scheme once
RATERS = [f"{locale}-{scheme}" for locale, scheme in LOOKS]
TARGET, SCORE = 24, 44
WITHIN = """
const within = (root) => [...root.querySelectorAll("*")].flatMap((e) =>
  [e, ...(e.shadowRoot ? within(e.shadowRoot) : [])]);
const focused = () => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return e;
};
const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
"""
FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .every((e) => e.scrollWidth <= e.clientWidth)"""
CUT_OFF = f"""() => {{ {WITHIN} return within(document.body)
  .filter((e) => seen(e) && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => /hidden|clip/.test(getComputedStyle(e).overflow)
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
    && e.clientWidth > 2)
  .map((e) => e.textContent.trim().slice(0, 60)); }}"""
SPACED = """() => {
  const css = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`;
  const into = (root) => {
    const style = document.createElement("style");
    style.textContent = css;
    root.append(style);
    for (const e of root.querySelectorAll("*")) if (e.shadowRoot) into(e.shadowRoot);
  };
  into(document.body);
}"""
FOCUS = f"""() => {{ {WITHIN}
  const e = focused();
  if (!e || e === document.body) return null;
  const look = () => {{
    const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor].join(" ");
  }};
  const ring = [e, e.parentElement].some((f) => {{
    const s = getComputedStyle(f);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
  }});
  const box = e.getBoundingClientRect();
  return {{ name: e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40) || e.id,
    tag: e.tagName, ring, inside: box.bottom > 0 && box.top < innerHeight, look: look() }};
}}"""
MOVES = f"""() => {{ {WITHIN} return within(document.querySelector("[data-testid=stMain]"))
  .filter((e) => {{
    const s = getComputedStyle(e);
    const long = (times) => times.split(",").some((t) => parseFloat(t) > 0.01);
    return (s.animationName !== "none" && long(s.animationDuration)) || long(s.transitionDuration);
  }}).map((e) => e.tagName + "." + e.className); }}"""


@dataclass
class Served:
    """The app on a store with a small study; `invite` is the address of a fresh invite."""

    url: str
    store: Store

    def invite(self, username: str) -> str:
        with self.store.writing() as session:
            person = people.get(session, username=username)
            return f"{self.url}/accept#{invites.make(session, person=person).token}"


@dataclass
class Looked:
    """What axe-core found on each scene of a walk, wide and narrow in turn.

    Each walk is made twice, and begins wide in one language and narrow in the other: so it sees
    each scene at both widths.
    """

    page: Page
    locale: str
    scenes: list[str] = field(default_factory=list)
    found: set[tuple[str, str, str, str]] = field(default_factory=set)

    def at(self, scene: str) -> None:
        self.page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        self.scenes.append(scene)
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        width = WIDTHS[(len(self.scenes) + (self.locale == LOOKS[0][0])) % 2]
        self.page.set_viewport_size({"width": width, "height": 900})
        for violation in self.page.evaluate(RUN, RULES):
            for node in violation["nodes"]:
                where = f"{scene} at {width}: {json.dumps(node['target'])}"
                told = node["failureSummary"].split("\n")[1].strip()
                self.found.add((violation["impact"], violation["id"], where, told))
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    @property
    def grave(self) -> list[str]:
        return sorted(" | ".join(one) for one in self.found if one[0] in GRAVE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = stores.make(tmp_path_factory.mktemp("access") / "small.sqlite")
    roles = dict.fromkeys([*RATERS, "lin", "wu", "mei"], "rater")
    stores.add_people(store, **roles, guo="researcher", zhao="lead")
    stores.add_answers(store, 2, question=lambda n: stores.a_question(n, hard=n == 2))
    stores.open_study(store, "small", [*RATERS, "lin", "wu", "mei"])
    port = stores.free_port()
    url = store.engine.url.render_as_string(hide_password=False)
    with app_process.running(database=url, host="127.0.0.1", port=port):
        yield Served(app_process.address("127.0.0.1", port), store)
    store.engine.dispose()


@pytest.fixture
def open_page(take: Take, served: Served) -> Callable[..., Page]:
    def open_(path: str = "", username: str = "", **options: Any) -> Page:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = take(served.url, **wanted)
        if username:
            sign_in(context, served.url, served.store, username)
        page = context.new_page()
        page.goto(f"{served.url}/{path}")
        return page

    return open_


def answering(status: int, **body: Any) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, json={"message": "no", **body})


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_grave_on_the_raters_pages(
    open_page: Callable[..., Page], served: Served, locale: str, scheme: str
) -> None:
    page = open_page(locale=locale, color_scheme=scheme)
    look, rater = Looked(page, locale), Rater(page)
    before_signing_in(look, served)
    enter(page, f"{locale}-{scheme}")
    cards(look, rater)
    interruptions(look, rater)
    assert len(look.scenes) >= 19
    assert look.grave == []
    assert page.locator("html").get_attribute("lang") == {"zh-CN": "zh-CN", "en-GB": "en"}[locale]


def test_axe_would_find_what_is_wrong(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(signed_out(page)).to_be_visible()
    page.locator("main").evaluate(
        """main => { main.insertAdjacentHTML("beforeend", "<p style='color:#bbb'>pale</p>");
          main.append(document.createElement("input"));
          const host = main.appendChild(document.createElement("div"));
          host.attachShadow({ mode: "open" }).innerHTML = "<button></button>"; }"""
    )
    look = Looked(page, "zh-CN")
    look.at("broken")
    assert {one[1] for one in look.found} >= {"color-contrast", "label", "button-name"}
    assert len(look.grave) >= 3


def before_signing_in(look: Looked, served: Served) -> None:
    page = look.page
    expect(signed_out(page)).to_be_visible()
    look.at("sign-in")
    page.get_by_role("textbox").first.fill("nobody")
    page.get_by_role("textbox").nth(1).fill("wrong-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()
    look.at("sign-in, refused")
    page.goto(served.invite("mei"))
    expect(page.locator("#cbt-again")).to_be_visible()
    look.at("invite")
    page.goto(f"{served.url}/accept#made-up")
    page.reload()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()
    look.at("invite that is none")
    page.goto(f"{served.url}/?study=small")
    expect(signed_out(page)).to_be_visible()


def cards(look: Looked, rater: Rater) -> None:
    """The card in each of its states, to the end of the study."""
    page, seen = look.page, set[str]()
    while rater.settled() != "done":
        if rater.state == "announce" and "announced" not in seen:
            look.at("announced")
            seen.add("announced")
        code = rater.begin()
        if "rating" not in seen:
            seen.add("rating")
            one_card(look, rater)
        rater.give([2, 1, 0])
        rater.settled(after=code)
    rater.all_arrived(6)
    look.at("done")
    page.keyboard.press("[")
    rater.begin()
    look.at("rated before")


def one_card(look: Looked, rater: Rater) -> None:
    page = look.page
    if not rater.desk.locator(".guidelines").is_visible():
        page.keyboard.press("g")
    look.at("guidelines open")
    page.keyboard.press("g")
    look.at("rating")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(rater.desk.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()
    look.at("a score is missing")
    page.keyboard.press("?")
    expect(rater.desk.get_by_role("dialog")).to_be_visible()
    look.at("keys")
    page.keyboard.press("?")
    page.keyboard.press("x")
    page.keyboard.type("reason")
    page.keyboard.press("Enter")
    look.at("cannot judge")
    page.keyboard.press("x")
    page.keyboard.press("Escape")


def interruptions(look: Looked, rater: Rater) -> None:
    """What stands in the way of rating: a pause, a lost connection, a refusal, an ended study."""
    page = look.page
    rater.desk.get_by_role("button", name=re.compile("休息一下|Take a break")).first.click()
    look.at("taking a break")
    page.keyboard.press("Enter")
    rater.begin()
    page.context.set_offline(offline=True)
    change(rater)
    expect(rater.status).to_have_text(re.compile("连接中断|No connection"))
    look.at("waiting")
    page.context.set_offline(offline=False)
    expect(rater.status).to_have_text(re.compile("已保存|Saved"), timeout=20_000)
    newest = {"revision": 9, "values": {}, "comment": "", "flags": {}, "at": "2026-01-01T00:00:00Z"}
    saves = "**/api/desk/judgement"
    page.route(saves, answering(409, code="changed_elsewhere", newest=newest))
    change(rater)
    expect(rater.desk.locator(".notice")).to_be_visible()
    look.at("changed elsewhere")
    page.unroute(saves)
    for name, act in {
        "unreachable": lambda route: route.abort(),
        "ended": answering(409, code="study_not_open"),
        "signed out": answering(401, code="not_signed_in"),
    }.items():
        page.route("**/api/desk?**", act)
        page.reload()
        states = {"unreachable": "away"}
        page.locator(f'[data-desk][data-state="{states.get(name, "closed")}"]').wait_for()
        look.at(name)
        page.unroute("**/api/desk?**")
    page.reload()
    rater.settled()
    rater.desk.get_by_role("button", name=re.compile("全部条目|All items")).first.click()
    expect(rater.desk.get_by_role("dialog")).to_be_visible()
    look.at("list of items")
    page.keyboard.press("Escape")
    page.locator(".st-key-account button").first.click()
    expect(page.locator(".st-key-sign_out_everywhere")).to_be_visible()
    look.at("account")
    page.keyboard.press("Escape")
    home = page.get_by_role("button", name=re.compile("回到我的任务|Back to my studies"))
    home.first.click()
    expect(page.get_by_role("heading", name=re.compile("您的任务|Your studies"))).to_be_visible()
    look.at("home")


def change(rater: Rater) -> None:
    """Change an item that is rated, in whatever way it is not rated now."""
    rater.page.keyboard.press("[")
    code = rater.begin()
    first = rater.scores[0]
    for _ in range(3):
        rater.page.keyboard.press("Backspace")
    rater.give([0 if first == "2" else 2, 0, 0])
    rater.settled(after=code)


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_grave_on_the_researchers_pages(
    open_page: Callable[..., Page], served: Served, locale: str, scheme: str
) -> None:
    page = open_page("studies", "guo", locale=locale, color_scheme=scheme)
    look = Looked(page, locale)
    paths = ("studies", "study?name=small", "study?name=made-up", "create", "people")
    for path in (*paths, "compare?study=small"):
        page.goto(f"{served.url}/{path}")
        expect(page.locator("h1")).to_be_visible()
        look.at(path)
    assert look.grave == []


def test_a_study_is_rated_from_the_sign_in_to_the_end_without_a_mouse(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page("?study=small")
    rater, press = Rater(page), page.keyboard.press
    expect(signed_out(page)).to_be_visible()
    tab_to(page, "cbt-username")
    page.keyboard.type("lin")
    tab_to(page, "cbt-password")
    page.keyboard.type(PASSWORD)
    press("Enter")
    comments = 0
    while rater.settled(seconds=30) != "done":
        if rater.state == "announce":
            press("Enter")
            rater.begin()
        code = rater.item
        press("g")
        press("g")
        press("c")
        page.keyboard.type("012")
        press("Escape")
        comments += 1
        press("2")
        press("1")
        press("ArrowUp")
        press("0")
        press("1")
        press("Enter")
        rater.settled(after=code)
    rater.all_arrived(6)
    rows = stored(served.store, "lin")
    assert [(row.scores, row.comment) for row in rows] == [((2, 0, 1), "012")] * 6
    press("[")
    rater.begin()
    assert rater.scores == ["2", "0", "1"]


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => {{ {WITHIN} return focused()?.id }}") == wanted:
            return
    pytest.fail(f"Tab does not reach {wanted}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_has_the_focus_shows_it(
    open_page: Callable[..., Page], served: Served, scheme: str
) -> None:
    page = open_page("?study=small", color_scheme=scheme)
    expect(signed_out(page)).to_be_visible()
    unseen = tour(page)
    enter(page, "wu")
    rater = Rater(page)
    rater.begin()
    assert unseen + tour(page) == []


def tour(page: Page) -> list[str]:
    """Walk with Tab once around the page; return what has the focus without showing it."""
    unseen, stops = [], []
    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stop in stops:
            break
        stops.append(stop)
        if not (stop["ring"] and stop["inside"]):
            unseen.append(f"{stop['tag']} {stop['name']} ({stop['look']})")
    assert len(stops) > 4
    return unseen


@pytest.mark.parametrize("width", [1280, 640, 390, 320])
def test_the_card_fits_at_every_width_and_zoom_with_targets_large_enough(
    open_page: Callable[..., Page], served: Served, width: int
) -> None:
    page = open_page("?study=small", viewport={"width": width, "height": 800})
    assert page.evaluate(FITS)
    sign_in(page.context, served.url, served.store, "wu")
    page.reload()
    rater = Rater(page)
    rater.begin()
    assert page.evaluate(FITS)
    radios = rater.desk.get_by_role("radio").all()
    assert len(radios) == 9
    assert all(height(radio) >= SCORE for radio in radios)
    buttons = rater.desk.locator("button:visible, input[type=checkbox]:visible, summary:visible")
    small = [button.inner_text() for button in buttons.all() if height(button) < TARGET]
    assert small == []
    save = rater.desk.locator(".save")
    assert height(save) >= SCORE
    page.evaluate(SPACED)
    assert page.evaluate(FITS)
    assert page.evaluate(CUT_OFF) == []
    rater.give([1, 1, 1], save=False)
    save.scroll_into_view_if_needed()
    expect(save).to_be_in_viewport(ratio=0.95)


def height(control: Any) -> float:
    """The height of a control, or of the label that is pressed in its place."""
    size: float = control.evaluate(
        """e => Math.max(e.getBoundingClientRect().height,
          e.closest("label")?.getBoundingClientRect().height ?? 0)"""
    )
    return size


def test_nothing_moves_for_who_wants_less_motion(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page("?study=small", "wu", reduced_motion="reduce")
    Rater(page).begin()
    assert page.evaluate(MOVES) == []


@pytest.mark.parametrize(
    ("locale", "saved", "missing"),
    [("zh-CN", r"^已保存 \d\d:\d\d:\d\d$", "帮助"), ("en-GB", r"^Saved \d\d:\d\d:\d\d$", "Help")],
)
def test_what_was_saved_and_what_is_missing_is_announced(
    open_page: Callable[..., Page], served: Served, locale: str, saved: str, missing: str
) -> None:
    page = open_page("?study=small", "mei", locale=locale)
    rater = Rater(page)
    code = rater.begin()
    alert = rater.desk.locator(".problem[role=alert]").first
    for region in (alert, rater.status):  # a screen reader speaks of what it has seen before
        region.evaluate("e => { e.before = true }")
    rater.give([2, 1])
    expect(alert).to_contain_text(missing)
    rater.give([0])
    rater.settled(after=code)
    expect(rater.status).to_have_text(re.compile(saved))
    assert alert.evaluate("e => e.before")
    assert rater.status.evaluate("e => e.before && e.getAttribute('role') === 'status'")
