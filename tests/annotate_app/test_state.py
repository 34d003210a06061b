import time
from collections.abc import Callable
from typing import Any

import pytest

from db import people

AUTH = {"auth": {"client_id": "cbt", "username": "preferred_username"}}
OpenApp = Callable[[], Any]


@pytest.fixture
def come_from(open_app: OpenApp) -> Callable[..., Any]:
    """Open the app as someone who comes back from the provider."""

    def come(username: str, *, seconds_ago: float = 0, secrets: Any = AUTH) -> Any:
        tab = open_app()
        tab.at.secrets.update(secrets)
        tab.at.user = {
            "is_logged_in": True,
            "iat": time.time() - seconds_ago,
            "preferred_username": username,
        }
        del tab.at.session_state["tab"]  # as a reload does
        tab.at.run()
        return tab

    return come


def known(tab: Any) -> tuple[bool, bool]:
    here = tab.at.session_state["tab"]
    return bool(here.ticket), here.unknown


def test_whom_the_provider_vouches_for_gets_one_ticket_a_tab(come_from: Any) -> None:
    tab = come_from("Lin")
    given = tab.at.session_state["tab"].ticket
    assert known(tab) == (True, False)
    assert "退出登录" not in tab.words  # the cookie alone signs in
    tab.at.run()
    assert tab.at.session_state["tab"].ticket == given


def test_whom_nobody_added_is_told_so_in_one_sentence(come_from: Any, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        people.switch(session, person=people.get(session, username="he"), able=False)
    for username in ("nobody", "he"):
        tab = come_from(username)
        assert known(tab) == (False, True)
        assert "这个机构账号在这里还不能使用" in tab.words
        assert "换一个账号" in tab.words


def test_an_identity_of_long_ago_or_without_a_provider_means_nothing(come_from: Any) -> None:
    for tab in (come_from("lin", seconds_ago=3_600), come_from("lin", secrets={"other": "x"})):
        assert known(tab) == (False, False)
        assert "仅供科研使用" in tab.words


def test_the_button_is_there_only_with_a_provider(open_app: OpenApp) -> None:
    tab = open_app()
    assert "用机构账号登录" not in tab.words
    tab.at.secrets.update(AUTH)
    tab.at.run()
    assert "用机构账号登录" in tab.words
    assert "Sign in with your organisation" in tab.language("en").words
