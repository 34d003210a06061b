from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import sign_in
from db.account_tables import SignIn
from db.people import get, switch

OpenApp = Callable[[], Any]


def test_nobody_gets_past_the_sign_in_without_a_cookie(open_app: OpenApp) -> None:
    tab = open_app()
    assert "仅供科研使用" in tab.words
    assert "12356" in tab.words
    assert "退出登录" not in tab.words
    assert "登录已经结束" not in tab.words
    assert "登录已经结束" in tab.come_with("made up").words


def test_the_cookie_says_who_is_here_at_each_run(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("guo")
    assert "研究进度" in tab.words
    assert "退出登录" in tab.words
    assert tab.at.session_state["tab"].person.username == "guo"
    again = open_app().come_with(tab.at.session_state["cookies"]["cbt_sign_in"])  # a reload
    assert "研究进度" in again.words
    with made_sqlite.store.writing() as session:
        get(session, username="guo").roles = ["lead"]
    tab.at.run()
    assert tab.at.session_state["tab"].person.roles == ("lead",)


def out(tab: Any) -> bool:
    tab.at.run()
    return "登录已经结束" in tab.words and "研究进度" not in tab.words


def test_a_sign_out_elsewhere_shows_the_sign_in_and_why(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("guo")
    token = tab.at.session_state["cookies"]["cbt_sign_in"]
    sign_in.sign_out(made_sqlite.store, token=token, everywhere=False)
    assert out(tab)


def test_an_expired_sign_in_shows_the_sign_in_and_why(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("guo")
    with made_sqlite.store.writing() as session:
        session.scalars(select(SignIn)).one().expires_at -= timedelta(hours=12)
    assert out(tab)


def test_a_person_who_is_disabled_is_out_at_the_next_click(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("guo")
    with made_sqlite.store.writing() as session:
        switch(session, person=get(session, username="guo"), able=False)
    assert out(tab)


def test_the_language_is_the_browsers_until_one_is_chosen(open_app: OpenApp) -> None:
    tab = open_app()
    assert "仅供科研使用" in tab.words
    assert "For research only" in tab.language("en").words
    tab = open_app()
    tab.at.session_state["cookies"] = {"cbt_language": "en"}
    del tab.at.session_state["tab"]  # as a reload does
    assert "仅供科研使用" not in tab.at.run().info[0].value
    tab.at.session_state["cookies"] = {"cbt_language": "<script>"}
    del tab.at.session_state["tab"]
    assert "仅供科研使用" in tab.at.run().info[0].value


def test_a_button_asks_the_browser_to_sign_out_here_or_everywhere(open_app: OpenApp) -> None:
    tab = open_app().sign_in("guo").click("退出登录")
    here = tab.at.session_state["tab"]
    assert (here.leaving, here.everywhere) == (1, False)
    tab.click("在所有设备上退出")
    assert (here.leaving, here.everywhere) == (2, True)


def test_the_pages_follow_the_roles(open_app: OpenApp) -> None:
    assert "研究进度" in open_app().sign_in("guo").words  # a researcher
    assert "研究进度" in open_app().sign_in("zhao").words  # a lead


def test_a_rater_cannot_open_the_studies_page(open_app: OpenApp) -> None:
    tab = open_app().sign_in("lin")
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        tab.at.switch_page("screens/studies.py")


def test_an_invite_link_opens_whoever_is_signed_in(open_app: OpenApp) -> None:
    for tab in (open_app(), open_app().sign_in("lin")):
        tab.at.switch_page("screens/accept.py").run()
        assert "设置密码" in tab.words
        assert "登录\n" not in tab.words
