"""Signing in through an organisation's provider, from its button to the sign-out, in a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from db.engine import Store
from db.tables import Event
from pipeline import app_process
from tests.annotate_app import identity_provider
from tests.annotate_app.identity_provider import Provider
from tests.browser import stores

ACCOUNTS = {
    "lin": {"email": "Lin@example.org", "email_verified": True},
    "stranger": {"email": "nobody@example.org", "email_verified": True},
    "of-yesterday": {"email": "lin@example.org", "email_verified": True, "iat": 0},
}
BUTTON = re.compile("^(用机构账号登录|Sign in with your organisation)$")
UNKNOWN = "这个机构账号在这里还不能使用"
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with identity_provider.running() as running:
        running.accounts.update(ACCOUNTS)
        yield running


@pytest.fixture(scope="module")
def app(
    provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    """The app under a base path, with its secrets where Streamlit looks for them."""
    folder = tmp_path_factory.mktemp("organisation")
    store = stores.make(folder / "store.sqlite")
    stores.add_people(store, **{"lin@example.org": "rater"})
    port = stores.free_port()
    address = app_process.address("127.0.0.1", port, "/ann")
    secrets = Path(folder / ".streamlit" / "secrets.toml")
    secrets.parent.mkdir()
    secrets.write_text(provider.secrets(address), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        where = {"host": "127.0.0.1", "port": port, "base_path": "/ann"}
        with app_process.running(database=str(store.engine.url), **where):
            yield address, store
    store.engine.dispose()


@pytest.fixture
def open_page(browser: Browser, app: tuple[str, Store]) -> Iterator[OpenPage]:
    contexts = []

    def open_(locale: str = "zh-CN") -> Page:
        contexts.append(browser.new_context(locale=locale))
        page = contexts[-1].new_page()
        page.goto(app[0])
        return page

    yield open_
    for context in contexts:
        context.close()


def choose(page: Page, account: str) -> None:
    """Go from the sign-in page to the provider, with the keyboard, and choose an account there."""
    button = page.get_by_role("button", name=BUTTON)
    button.focus()
    button.press("Enter")
    page.get_by_role("link", name=account, exact=True).click()


def sign_out(page: Page) -> Any:
    return page.get_by_role("button", name=re.compile("^(退出登录|Sign out)$"))


def cookies(page: Page) -> set[str]:
    named = {cookie["name"] for cookie in page.context.cookies()}
    return {name for name in named if name.startswith(("cbt_sign_in", "_streamlit_user"))}


def test_a_person_signs_in_through_their_organisation_and_out_again(
    open_page: OpenPage, app: tuple[str, Store]
) -> None:
    page = open_page()
    asked: list[str] = []
    tickets: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "request",
        lambda request: (
            tickets.append(request.post_data_json["ticket"])
            if request.url.endswith("/api/ticket")
            else None
        ),
    )
    choose(page, "lin")
    expect(sign_out(page)).to_be_visible()
    expect(page.get_by_role("button", name="lin@example.org")).to_be_visible()
    assert cookies(page) == {"cbt_sign_in"}
    (ticket,) = tickets
    assert not [url for url in asked if ticket in url]
    sign_out(page).click()
    expect(page.get_by_text("您已退出登录")).to_be_visible()
    assert cookies(page) == set()
    page.goto(app[0])
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    expect(sign_out(page)).to_have_count(0)
    with app[1].reading() as session:
        kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds == ["signed_in", "signed_out"]


def test_an_account_that_nobody_knows_is_told_so_and_another_one_can_be_used(
    open_page: OpenPage, provider: Provider
) -> None:
    page = open_page()
    choose(page, "stranger")
    expect(page.get_by_text(UNKNOWN)).to_be_visible()
    page.get_by_role("button", name="换一个账号").click()
    expect(page.get_by_text(UNKNOWN)).to_have_count(0)
    assert cookies(page) == set()
    assert "/end" in provider.asked
    choose(page, "lin")
    expect(sign_out(page)).to_be_visible()


def test_an_identity_that_is_left_in_a_browser_lets_nobody_in(open_page: OpenPage) -> None:
    page = open_page("en-GB")
    choose(page, "of-yesterday")
    page.wait_for_url("**/ann/")
    assert cookies(page) == {"_streamlit_user"}  # not the provider's tokens
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    expect(sign_out(page)).to_have_count(0)


def test_a_ticket_that_does_not_arrive_leaves_the_form_and_a_sentence(open_page: OpenPage) -> None:
    page = open_page("en-GB")
    page.route("**/api/ticket", lambda route: route.abort())
    choose(page, "lin")
    expect(page.get_by_text("The server cannot be reached right now")).to_be_visible()
    expect(page.get_by_label("Username")).to_be_visible()
    page.unroute("**/api/ticket")
    choose(page, "lin")
    expect(sign_out(page)).to_be_visible()
    assert cookies(page) == {"cbt_sign_in"}
