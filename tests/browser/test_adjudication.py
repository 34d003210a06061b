"""A lead decides cases in a real browser, and no byte tells the votes before the own answer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from db import labels
from tests.browser import recorder, stores
from tests.browser.lead import Cases, Lead, plant
from tests.browser.rater import enter
from tests.browser.recorder import Recorder
from tests.browser.shared import App, Take, sign_in
from tests.browser.test_access import GRAVE, Looked
from tests.browser.wire import Loss, Proxy, proxied

LOOKS = [("zh-CN", "light"), ("en-GB", "dark")]  # each language and each scheme once


@dataclass
class Served:
    """The app on a store with cases, behind a proxy that keeps every byte."""

    cases: Cases
    proxy: Proxy
    open_page: Callable[..., Page]

    def lead(self, **options: Any) -> Lead:
        """Open the page about cases in a browser in which the lead has signed in."""
        page = self.open_page(**options)
        sign_in(page.context, self.proxy.url, self.cases.store, "zhao")
        page.goto(f"{self.proxy.url}/adjudicate")
        return Lead(page)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cases]:
    path = tmp_path_factory.mktemp("cases") / "cases.sqlite"
    cases = plant(path)
    cases.store.engine.dispose()
    return path, cases


@pytest.fixture(scope="module")
def proxy(app: App) -> Iterator[Proxy]:
    with proxied(app.port) as running:
        yield running


@pytest.fixture
def served(take: Take, app: App, proxy: Proxy, planted: tuple[Path, Cases]) -> Iterator[Served]:
    def open_page(**options: Any) -> Page:
        return take(proxy.url, **{"locale": "zh-CN", **options}).new_page()

    proxy.forget()
    with app.on(planted[0]) as store:
        yield Served(replace(planted[1], store=store), proxy, open_page)


def test_no_vote_reaches_the_browser_before_the_own_answer_is_saved(
    browser: Browser, served: Served
) -> None:
    cases, record = served.cases, Recorder(connections=served.proxy.connections)
    context = browser.new_context(locale="zh-CN")
    record.listen(context)
    lead = Lead(context.new_page())
    lead.page.goto(served.proxy.url)
    enter(lead.page, "zhao")
    lead.page.get_by_role("link", name="裁定").click()
    remarks = {f"{who} on {code}": r for code, by in cases.remarks.items() for who, r in by.items()}
    seen: set[str] = set()
    for code in cases.order:
        assert lead.arrive() == code
        lead.press("1", "4")
        record.look(lead.page)
        assert recorder.found(remarks, record.pieces()).keys() == seen
        lead.press("Enter")
        expect(lead.votes).to_have_count(3)
        seen |= {name for name in remarks if name.endswith(code)}
        record.look(lead.page)
        found = recorder.found(remarks, record.pieces())
        assert found.keys() == seen
        assert all({"json", "page"} <= channels for channels in found.values())
        lead.decide("a", "与原文一致")
    expect(lead.desk).to_have_attribute("data-state", "done")
    hidden = {**cases.names, "mark of an agreed case": '"agreed"'}
    assert recorder.found(hidden, record.pieces()) == {}
    context.close()


def test_a_lead_decides_by_keys_and_the_store_holds_both_steps(served: Served) -> None:
    cases, lead = served.cases, served.lead(locale="en-GB")
    first, second, third = cases.order
    assert lead.answer("1", "4") == first
    shown = [lead.votes.nth(place).locator(".remark").inner_text() for place in (0, 1)]
    assert shown == cases.drawn(first)
    lead.decide("b", "As vote B says.")
    assert lead.answer("2") == second
    expect(lead.votes.nth(2)).to_have_class(re.compile("chosen"))
    lead.decide("m", "No thought is named.")
    assert lead.answer("3") == third
    lead.press("a")
    lead.reason.fill("Both have it; the second label is missing.")
    lead.press("Escape", "5", "p", "f", "Enter")
    expect(lead.desk).to_have_attribute("data-state", "done")
    steps = cases.steps
    assert [(step.revision, step.reason) for step in steps] == [
        (1, ""),
        (2, "As vote B says."),
        (1, ""),
        (2, "No thought is named."),
        (1, ""),
        (2, "Both have it; the second label is missing."),
    ]
    by_b, mine, edited = (labels.from_json(step.decision) for step in steps[1::2])
    assert "catastrophizing" in by_b.ids
    assert by_b.labels[0].spans == ((labels.Span("question", 0, 4)),)
    assert mine.presence == "no"
    assert [labels.from_json(step.before or {}).presence for step in steps[::2]] == [
        "yes",
        "no",
        "cannot_tell",
    ]
    assert edited.ids - {"mind_reading"} == {"catastrophizing"}
    assert edited.confidence == 1


def test_labels_that_only_one_vote_has_are_marked(served: Served) -> None:
    lead = served.lead(locale="en-GB")
    differing = 0
    for _ in served.cases.order:
        lead.answer("2")
        marked = lead.votes.locator("li.differs")
        differing += marked.count()
        assert set(marked.locator(".label").all_inner_texts()) <= {"Mind reading"}
        expect(marked.locator(".only")).to_have_count(marked.count())
        lead.decide("a", "因为")
    assert differing == 2  # the third case is one on which both agree


def test_what_was_begun_survives_a_reload_in_both_steps(served: Served) -> None:
    lead = served.lead()
    code = lead.arrive()
    lead.press("1", "6")
    lead.page.reload()
    assert lead.arrive() == code
    expect(lead.picks.nth(5)).to_have_attribute("aria-checked", "true")
    assert served.cases.steps == []
    lead.press("Enter")
    expect(lead.votes).to_have_count(3)
    lead.press("b")
    lead.page.keyboard.insert_text("写到一半")
    lead.page.wait_for_timeout(400)
    lead.page.reload()
    assert lead.arrive() == code
    expect(lead.votes.nth(1)).to_have_class(re.compile("chosen"))
    expect(lead.reason).to_have_value("写到一半")
    assert len(served.cases.steps) == 1


def test_another_language_keeps_what_was_begun(served: Served) -> None:
    lead = served.lead()
    lead.answer("1", "4")
    lead.press("b")
    lead.page.keyboard.insert_text("写到一半")
    lead.page.get_by_text("English", exact=True).click()
    expect(lead.desk.locator(".step")).to_have_text(re.compile("Step 2 of 2"))
    expect(lead.votes.first.locator("h3")).to_have_text("Vote A")
    expect(lead.votes.nth(1)).to_have_class(re.compile("chosen"))
    expect(lead.reason).to_have_value("写到一半")


def test_evidence_of_the_decision_shows_in_the_text(served: Served) -> None:
    lead = served.lead()
    lead.answer("2")
    expect(lead.desk.locator(".question mark")).to_have_count(0)
    lead.press("a")
    expect(lead.desk.locator(".question mark")).to_have_text("最近总是")
    lead.press("Escape", "m")
    expect(lead.desk.locator(".question mark")).to_have_count(0)


def test_without_a_reason_nothing_is_saved_and_the_desk_says_so(served: Served) -> None:
    lead = served.lead()
    lead.arrive()
    lead.press("Enter")
    expect(lead.problem).to_have_text(re.compile("请先回答"))
    lead.answer("2")
    lead.press("Enter")
    expect(lead.problem).to_have_text(re.compile("理由"))
    lead.reason.fill("长" * 2_001)
    lead.press("Control+Enter")
    expect(lead.problem).to_have_text(re.compile("2000"))
    assert len(served.cases.steps) == 1


def test_another_decision_does_not_keep_the_former_ones_reason_unasked(served: Served) -> None:
    lead = served.lead()
    first = lead.answer("1", "4")
    lead.decide("b", "理由还在。")
    lead.press("[")
    expect(lead.desk).to_have_attribute("data-item", first)
    lead.press("m", "Enter")
    expect(lead.problem).to_have_text(re.compile("仍然适用"))
    assert len(served.cases.steps) == 2
    lead.press("Enter")
    expect(lead.desk).not_to_have_attribute("data-item", first)
    assert [step.reason for step in served.cases.steps] == ["", "理由还在。", "理由还在。"]


@pytest.mark.parametrize("loss", list(Loss))
def test_a_step_that_is_lost_on_its_way_is_sent_again_and_kept_once(
    served: Served, loss: Loss
) -> None:
    lead = served.lead()
    served.proxy.watched = b"POST /api/adjudication"
    served.proxy.armed = [loss]
    lead.answer("2")
    served.proxy.armed = [loss]
    lead.decide("a", "理由")
    assert [step.revision for step in served.cases.steps] == [1, 2]
    assert served.proxy.lost == [loss, loss]


def test_a_case_that_was_decided_in_another_window_is_shown_as_it_is_stored(
    served: Served,
) -> None:
    one = served.lead()
    code = one.answer("2")
    other = Lead(one.page.context.new_page())
    other.page.goto(f"{served.proxy.url}/adjudicate")
    assert other.arrive() == code
    other.decide("a", "另一个窗口")
    one.press("m")
    one.page.keyboard.insert_text("这个窗口")
    one.press("Control+Enter")
    expect(one.problem).to_have_text(re.compile("另一个窗口"))
    assert [step.reason for step in served.cases.steps] == ["", "另一个窗口"]
    expect(one.reason).to_have_value("这个窗口")
    expect(one.votes.last.locator(".remark")).to_have_text("另一个窗口")
    one.press("Control+Enter")
    one.settled(after=code)
    assert [step.reason for step in served.cases.steps] == ["", "另一个窗口", "这个窗口"]


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_axe_finds_nothing_grave_in_either_step(served: Served, locale: str, scheme: str) -> None:
    lead = served.lead(locale=locale, color_scheme=scheme)
    look = Looked(lead.page, locale)
    while lead.settled() != "done":
        if lead.state == "announce":
            look.at("announced")
        lead.arrive()
        look.at("own answer")
        lead.answer("1", "4")
        look.at("votes")
        lead.press("a")
        look.at("as a vote")
        lead.press("Escape")
        lead.decide("a", "理由")
    look.at("done")
    assert {"announced", "own answer", "votes", "done"} <= set(look.scenes)
    assert [one for one in look.found if one[0] in GRAVE] == []
    assert lead.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_votes_stand_one_below_the_other(served: Served) -> None:
    lead = served.lead(viewport={"width": 390, "height": 844})
    lead.answer("2")
    boxes = [lead.votes.nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] == boxes[1]["x"]
    assert boxes[1]["y"] > boxes[0]["y"]
    lead.page.set_viewport_size({"width": 1280, "height": 900})
    wide = [lead.votes.nth(place).bounding_box() for place in (0, 1)]
    assert wide[0]
    assert wide[1]
    assert wide[0]["y"] == wide[1]["y"]


def test_a_lead_without_cases_has_no_such_page_in_the_bar(served: Served) -> None:
    stores.add_people(served.cases.store, sun="lead")
    page = served.open_page()
    page.goto(served.proxy.url)
    enter(page, "sun")
    expect(page.get_by_role("link", name="labels")).to_be_visible()
    expect(page.get_by_role("link", name="裁定")).to_have_count(0)
