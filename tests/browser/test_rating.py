"""A therapist rates a study in a real browser, from the sign-in to the thank-you."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from db.tables import Judgement
from pipeline.demo.commands import PASSWORD, SYSTEMS
from tests.browser import stores
from tests.browser.rater import Rater, enter

OpenPage = Callable[..., Page]
CRITERIA = ("切题", "CBT 结构", "帮助程度")
SAVE = "保存，看下一条"
SAVED = re.compile(r"已保存 \d\d:\d\d:\d\d")


@pytest.fixture
def therapist(open_page: OpenPage) -> Rater:
    """A therapist who has signed in, and sees the first item."""
    return at_the_desk(open_page("therapist"))


def at_the_desk(page: Page) -> Rater:
    rater = Rater(page)
    rater.begin()
    return rater


def stored(served: Any) -> list[stores.Stored]:
    return stores.stored(served.store, "therapist")


def click_scores(page: Page, *values: int) -> None:
    for name, value in zip(CRITERIA, values, strict=False):
        group = page.get_by_role("radiogroup", name=name)
        group.get_by_role("radio").nth(value).click()


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()


def test_a_therapist_rates_a_study_to_the_end_and_never_learns_who_answered(
    open_page: OpenPage, served: Any
) -> None:
    page = open_page()
    expect(page.get_by_text("仅供科研使用")).to_be_visible()
    page.get_by_label("用户名").fill("therapist")
    page.get_by_label("密码", exact=True).fill("wrong-password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("用户名或密码不对")).to_be_visible()
    enter(page, "therapist", PASSWORD)
    rater = at_the_desk(page)

    click_scores(page, 2, 1)
    save(page)
    expect(page.get_by_text(re.compile("还没有打分.*帮助程度"))).to_be_visible()
    assert stored(served) == []
    click_scores(page, 2, 1, 0)
    page.get_by_role("textbox", name="备注").fill("有理解，缺少具体的做法 🌱")
    save(page)
    expect(rater.status).to_have_text(SAVED)
    (first,) = stored(served)
    assert (first.position, first.revision, first.scores) == (1, 1, (2, 1, 0))
    assert first.comment == "有理解，缺少具体的做法 🌱"

    page.reload()
    for _ in range(2, 7):
        rater.rate([1, 1, 2])
    expect(page.get_by_text("6 条全部完成")).to_be_visible()
    rater.all_arrived(6)
    rows = stored(served)
    assert [(row.position, row.revision) for row in rows] == [(place, 1) for place in range(1, 7)]
    assert {row.scores for row in rows[1:]} == {(1, 1, 2)}
    assert served.hosts == {served.url.removeprefix("http://")}
    assert served.complaints == [
        "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
    ]
    everything = b"".join(served.received)
    for secret in (*SYSTEMS, "demo-01", "demo-34", "five-part", "questions.json"):
        assert secret.encode() not in everything


def test_a_double_click_saves_once(therapist: Rater, served: Any) -> None:
    click_scores(therapist.page, 2, 2, 2)
    first = therapist.item
    therapist.page.get_by_role("button", name=SAVE).dblclick()
    therapist.settled(after=first)
    therapist.all_arrived(1)
    assert [(row.item, row.revision) for row in stored(served)] == [(first, 1)]


def test_a_new_item_begins_at_its_top(open_page: OpenPage) -> None:
    rater = at_the_desk(open_page("therapist", viewport={"width": 390, "height": 700}))
    click_scores(rater.page, 2, 2, 2)
    main = rater.page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollTop") > 300
    first = rater.item
    save(rater.page)
    rater.settled(after=first)
    rater.page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")


def test_an_earlier_item_is_reopened_and_changed_as_a_new_revision(
    therapist: Rater, served: Any
) -> None:
    first = therapist.rate([2, 2, 2])
    therapist.page.keyboard.press("[")
    therapist.page.locator(f'[data-desk][data-item="{first}"]').wait_for(state="attached")
    assert therapist.scores == ["2", "2", "2"]
    expect(therapist.desk.get_by_text("您已评过这一条")).to_be_visible()
    therapist.give([0, 2, 2])
    therapist.settled(after=first)
    therapist.page.keyboard.press("[")
    therapist.page.locator(f'[data-desk][data-item="{first}"]').wait_for(state="attached")
    assert therapist.scores == ["0", "2", "2"]
    expect(therapist.status).to_have_text(SAVED)
    rows = [(row.item, row.revision, row.scores) for row in stored(served)]
    assert rows == [(first, 1, (2, 2, 2)), (first, 2, (0, 2, 2))]


def test_guidelines_and_keys_open_beside_the_card_and_close_again(therapist: Rater) -> None:
    page, guidelines = therapist.page, therapist.page.get_by_label("评分说明", exact=True)
    expect(guidelines).to_be_visible()  # as long as nothing has been rated
    page.keyboard.press("1")
    page.keyboard.press("g")
    expect(guidelines).to_be_hidden()
    page.keyboard.press("2")
    page.keyboard.press("g")
    expect(guidelines).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert therapist.scores == ["1", "2", None]


def test_a_failure_that_nobody_foresaw_is_one_calm_sentence_and_nothing_is_lost(
    therapist: Rater, served: Any
) -> None:
    rename = "ALTER TABLE {} RENAME TO {}"
    with served.store.engine.begin() as connection:
        connection.execute(text(rename.format(Judgement.__tablename__, "elsewhere")))
    therapist.give([2, 2, 2])
    expect(therapist.status).to_contain_text("条评分暂存在本机")
    expect(therapist.page.get_by_role("dialog")).to_be_hidden()
    expect(therapist.page.get_by_text(re.compile("Traceback|judgement"))).to_have_count(0)
    assert therapist.told_saved == 0
    with served.store.engine.begin() as connection:
        connection.execute(text(rename.format("elsewhere", Judgement.__tablename__)))
    therapist.all_arrived(1, seconds=60)
    assert [(row.position, row.scores) for row in stored(served)] == [(1, (2, 2, 2))]
