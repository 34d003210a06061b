"""A therapist rates a study in a real browser, from the sign-in to the thank-you."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select, text

from db.tables import Assignment, Judgement
from pipeline.demo.commands import SYSTEMS

OpenPage = Callable[..., Page]
SignIn = Callable[..., None]
CRITERIA = ("切题", "CBT 结构", "帮助程度")
SAVE = "保存，看下一条"


def stored(served: Any) -> list[tuple[int | None, int, dict[str, Any], str | None]]:
    query = (
        select(Assignment.position, Judgement.revision, Judgement.values, Judgement.comment)
        .join(Judgement, Judgement.assignment_id == Assignment.id)
        .order_by(Judgement.id)
    )
    with served.store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def at(page: Page, position: int) -> None:
    """Wait until the item at this position, or its announcement, is on the screen; show it."""
    expect(page.get_by_text(f"第 {position} 条，共 6 条")).to_be_visible()
    card = page.locator(".st-key-reading")
    ready = page.get_by_role("button", name="我准备好了")
    expect(card.or_(ready)).to_be_visible()
    if ready.is_visible():
        ready.click()
    expect(card).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)  # the language alone


def score(page: Page, *values: int) -> None:
    for name, value in zip(CRITERIA, values, strict=False):
        group = page.get_by_role("radiogroup", name=name)
        group.get_by_role("radio").nth(value).click()


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()


def test_a_therapist_rates_a_study_to_the_end_and_never_learns_who_answered(
    open_page: OpenPage, sign_in: SignIn, served: Any
) -> None:
    page = open_page()
    expect(page.get_by_text("仅供科研使用")).to_be_visible()
    sign_in(page, password="wrong-password")
    expect(page.get_by_text("用户名或密码不对")).to_be_visible()
    sign_in(page)

    at(page, 1)
    score(page, 2, 1)
    save(page)
    expect(page.get_by_text("还没有打分：帮助程度。")).to_be_visible()
    assert stored(served) == []
    score(page, 2, 1, 0)
    page.get_by_role("textbox", name="备注").fill("有理解，缺少具体的做法 🌱")
    save(page)
    expect(page.get_by_text(re.compile(r"^已保存 \d\d:\d\d:\d\d$"))).to_be_visible()
    first = {"relevance": 2, "structure": 1, "helpfulness": 0}
    assert stored(served) == [(1, 1, first, "有理解，缺少具体的做法 🌱")]

    page.reload()
    sign_in(page)
    for position in range(2, 7):
        at(page, position)
        score(page, 1, 1, 2)
        save(page)
    expect(page.get_by_text("6 条全部完成")).to_be_visible()

    rows = stored(served)
    assert [row[:2] for row in rows] == [(position, 1) for position in range(1, 7)]
    assert all(row[2] == {"relevance": 1, "structure": 1, "helpfulness": 2} for row in rows[1:])
    assert served.hosts == {served.url.removeprefix("http://")}
    assert served.complaints == []
    everything = b"".join(served.received)
    assert "组长一句“聊聊”".encode() in everything
    for secret in (*SYSTEMS, "demo-01", "demo-34", "five-part", "questions.json"):
        assert secret.encode() not in everything


def test_a_double_click_saves_once(open_page: OpenPage, sign_in: SignIn, served: Any) -> None:
    page = open_page()
    sign_in(page)
    at(page, 1)
    score(page, 2, 2, 2)
    page.get_by_role("button", name=SAVE).dblclick()
    at(page, 2)
    assert [row[:2] for row in stored(served)] == [(1, 1)]


def test_a_new_item_begins_at_its_top(open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page(viewport={"width": 390, "height": 700})
    sign_in(page)
    at(page, 1)
    score(page, 2, 2, 2)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollTop") > 300
    save(page)
    at(page, 2)
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")


def test_a_failure_that_nobody_foresaw_is_one_calm_sentence(
    open_page: OpenPage, sign_in: SignIn, served: Any
) -> None:
    page = open_page()
    sign_in(page)
    at(page, 1)
    score(page, 2, 2, 2)
    with served.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE judgement RENAME TO elsewhere"))
    save(page)
    expect(page.get_by_text("出了点问题，这一步没有保存")).to_be_visible()
    expect(page.get_by_text("judgement")).to_have_count(0)
    with served.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO judgement"))
    page.get_by_role("button", name="重新载入").click()
    expect(page.locator(".st-key-reading")).to_be_visible()
    assert stored(served) == []
