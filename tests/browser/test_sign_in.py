"""Signing in and out as people do it, in a real browser on the app's real process."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from db import invites, people
from db.account_tables import SignIn
from db.engine import Store
from pipeline.demo.commands import PASSWORD

OpenPage = Callable[..., Page]
SignIn_ = Callable[..., None]
COOKIE = "cbt_sign_in"
OUT = {"zh": "退出登录", "en": "Sign out"}


def sign_out(page: Page, language: str = "zh") -> Any:
    return page.get_by_role("button", name=OUT[language], exact=True)


def enter(page: Page, password: str = PASSWORD, username: str = "researcher") -> None:
    page.get_by_label(re.compile("用户名|Username")).fill(username)
    box = page.get_by_label(re.compile("^(密码|Password)$"))
    box.fill(password)
    box.press("Enter")


def signed_in(open_page: OpenPage, **options: Any) -> Page:
    page = open_page(**options)
    enter(page)
    expect(sign_out(page)).to_be_visible()
    return page


def the_form(page: Page) -> Any:
    return page.get_by_role("button", name="登录", exact=True)


def shift(store: Store, **by: timedelta) -> None:
    with store.writing() as session:
        for row in session.scalars(select(SignIn)):
            row.expires_at += by["expires_at"]


def link(served: Any, username: str) -> str:
    with served.store.writing() as session:
        person = people.get(session, username=username)
        return f"{served.url}/accept#{invites.make(session, person=person).token}"


def test_a_sign_in_survives_a_reload_and_reaches_a_second_tab(open_page: OpenPage) -> None:
    page = signed_in(open_page)
    page.reload()
    expect(sign_out(page)).to_be_visible()
    second = page.context.new_page()
    second.goto(page.url)
    expect(sign_out(second)).to_be_visible()
    cookie = next(c for c in page.context.cookies() if c["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert page.evaluate("document.cookie").find(COOKIE) == -1


def test_a_sign_in_reaches_a_tab_that_waits_for_it(open_page: OpenPage) -> None:
    waiting = open_page()
    expect(the_form(waiting)).to_be_visible()
    page = waiting.context.new_page()
    page.goto(waiting.url)
    enter(page)
    expect(sign_out(page)).to_be_visible()
    expect(sign_out(waiting)).to_be_visible()


def test_signing_out_in_one_tab_signs_out_the_other(open_page: OpenPage) -> None:
    page = signed_in(open_page)
    second = page.context.new_page()
    second.goto(page.url)
    expect(sign_out(second)).to_be_visible()
    page.goto(f"{page.url}studies")
    expect(sign_out(page)).to_be_visible()
    sign_out(page).click()
    expect(page.get_by_text("您已退出登录")).to_be_visible()
    expect(the_form(second)).to_be_visible()
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies()}
    page.go_back()
    expect(the_form(page)).to_be_visible()


def test_signing_out_everywhere_ends_another_browser(open_page: OpenPage) -> None:
    here, there = signed_in(open_page), signed_in(open_page)
    here.get_by_role("button", name="researcher").click()
    here.get_by_role("button", name="在所有设备上退出").click()
    expect(here.get_by_text("您已在所有设备上退出登录")).to_be_visible()
    there.get_by_text("English").click()
    expect(there.get_by_text("Your sign-in has ended")).to_be_visible()


def test_an_expired_sign_in_asks_kindly_for_a_new_one(open_page: OpenPage, served: Any) -> None:
    page = signed_in(open_page)
    shift(served.store, expires_at=-timedelta(hours=12))
    page.reload()
    expect(page.get_by_text("您的登录已经结束")).to_be_visible()
    enter(page)
    expect(sign_out(page)).to_be_visible()


def test_a_tampered_cookie_is_only_a_missing_sign_in(open_page: OpenPage, served: Any) -> None:
    page = signed_in(open_page)
    (good,) = (c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    for value in (good[:-1] + "~", "made-up", "x" * 3_000):
        page.context.add_cookies([{"name": COOKIE, "value": value, "url": served.url}])
        page.reload()
        expect(page.get_by_text("您的登录已经结束")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "username", "wrong", "wait", "missing"),
    [
        (
            *("zh-CN", "therapist", "用户名或密码不对"),
            *("密码输错的次数太多了，请等 1 秒再试", "请填写用户名和密码"),
        ),
        (
            *("en-GB", "student", "username or the password is wrong"),
            *("wait 1 seconds", "Please fill in"),
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(
    open_page: OpenPage, locale: str, username: str, wrong: str, wait: str, missing: str
) -> None:
    page = open_page(locale=locale)
    alert = page.get_by_role("alert").filter(has_text=re.compile("."))
    enter(page, "")
    expect(alert).to_contain_text(missing)
    for _ in range(5):
        with page.expect_response("**/api/sign-in") as answer:
            enter(page, "wrong-password", username)
        assert answer.value.status == 401
        expect(alert).to_contain_text(wrong)
    enter(page, PASSWORD, username)
    expect(alert).to_contain_text(wait)


def test_a_language_that_was_chosen_stays_and_takes_nothing_typed_away(
    open_page: OpenPage,
) -> None:
    page = open_page()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("CBT 回答评定")
    box = page.get_by_label("密码", exact=True)
    box.fill("typed before")
    expect(box).to_have_attribute("type", "password")
    page.get_by_role("button", name="显示").click()
    expect(box).to_have_attribute("type", "text")
    page.get_by_text("English").click()
    box = page.get_by_label("Password", exact=True)
    expect(box).to_have_attribute("type", "password")
    expect(box).to_have_value("typed before")
    for _ in range(2):
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page).to_have_title("CBT answer rating")
        page.reload()


def test_an_invite_link_leads_to_a_password_and_in(open_page: OpenPage, served: Any) -> None:
    address = link(served, "researcher")
    page = open_page()
    page.goto(address)
    expect(page.get_by_label("用户名")).to_have_value("researcher")
    assert "#" not in page.url
    first, second = page.get_by_label(re.compile("^新密码")), page.get_by_label("再输入一次新密码")
    alert = page.get_by_role("alert").filter(has_text=re.compile("."))
    for typed, again, told in [
        ("short", "short", "至少要有 8 个字符"),
        ("long enough", "long enuogh", "两次输入的密码不一样"),
    ]:
        first.fill(typed)
        second.fill(again)
        second.press("Enter")
        expect(alert).to_contain_text(told)
    second.fill("long enough")
    second.press("Enter")
    expect(sign_out(page)).to_be_visible()
    assert page.url == f"{served.url}/"
    sign_out(page).click()
    enter(page, "long enough")
    expect(sign_out(page)).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("这个链接已经用过")).to_be_visible()


def test_another_site_can_do_nothing_with_the_cookie(open_page: OpenPage, served: Any) -> None:
    page = signed_in(open_page)
    headers = {"Origin": "https://evil.example", "Content-Type": "application/json"}
    answer = page.context.request.post(
        f"{served.url}/api/sign-out", headers=headers, data={"everywhere": True}
    )
    assert (answer.status, answer.json()["code"]) == (403, "wrong_origin")
    page.reload()
    expect(sign_out(page)).to_be_visible()


def test_a_rater_cannot_open_a_researchers_page_by_its_address(
    open_page: OpenPage, served: Any
) -> None:
    page = open_page()
    page.goto(f"{served.url}/studies")
    enter(page, username="therapist")
    expect(sign_out(page)).to_be_visible()
    expect(page.get_by_text("研究进度")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    enter(signed := open_page(), username="researcher")
    expect(signed.get_by_text("研究进度").first).to_be_visible()


def test_a_lost_connection_is_told_calmly_and_blocks_nothing(
    open_page: OpenPage, served: Any
) -> None:
    page = open_page()
    sockets: list[Any] = []

    def pass_on(opened: Any) -> None:
        opened.connect_to_server()
        sockets.append(opened)

    page.route_web_socket("**/_stcore/stream", pass_on)
    page.reload()
    box = page.get_by_label("用户名")
    expect(box).to_be_visible()
    page.route("**/_stcore/*", lambda route: route.abort())
    sockets[-1].close()
    expect(page.get_by_role("status").filter(has_text="连接中断，正在重新连接")).to_be_visible()
    box.fill("typed meanwhile")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Connection error")).to_have_count(0)
    page.unroute("**/_stcore/*")
    expect(page.get_by_text("连接中断")).to_have_count(0, timeout=20_000)
    expect(box).to_have_value("typed meanwhile")
