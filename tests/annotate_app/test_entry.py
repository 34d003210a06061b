from collections.abc import Callable
from typing import Any

import pytest

from db.people import get

OpenApp = Callable[[], Any]


def test_nobody_gets_past_the_sign_in_without_a_password(open_app: OpenApp) -> None:
    tab = open_app()
    assert "仅供科研使用" in tab.words
    assert "12356" in tab.words
    tab.sign_in("lin", "wrong-password")
    assert "用户名或密码不对" in tab.words
    assert "怎么办" not in tab.words


def test_a_rater_with_one_study_begins_at_once(open_app: OpenApp) -> None:
    tab = open_app().sign_in("lin")
    assert "第 1 个问题：*怎么办*？" in tab.words
    assert "最近总是睡不着，<b>很累</b>" in tab.words
    assert "第 1 条，共 6 条" in tab.words


def test_signing_out_forgets_the_person(open_app: OpenApp) -> None:
    tab = open_app().sign_in("lin").click("退出登录")
    assert "您已退出登录" in tab.words
    assert "怎么办" not in tab.words


def test_a_person_who_is_disabled_is_out_at_the_next_click(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("lin")
    with made_sqlite.store.writing() as session:
        person = get(session, username="lin")
        person.disabled_at = person.created_at
    tab.at.run()
    assert "仅供科研使用" in tab.words
    assert "怎么办" not in tab.words


def test_the_language_can_be_switched_on_any_page(open_app: OpenApp) -> None:
    tab = open_app().language("en")
    assert "For research only" in tab.words
    tab.sign_in("lin")
    assert "1 of 6" in tab.words
    assert "1 of 6" not in tab.language("zh").words


def test_a_switch_of_language_closes_the_item_and_saves_nothing_else(open_app: OpenApp) -> None:
    """Half-translated, a scale once showed one score and saved another."""
    tab = open_app().sign_in("lin").language("en")
    assert "怎么办" not in tab.words
    tab.at.button(key="go_on.pilot").click().run()
    assert "第 1 个问题：*怎么办*？" in tab.words
    assert "1 of 6" in tab.words


def test_who_signs_in_after_someone_was_disabled_begins_at_their_own_place(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("lin")
    tab.at.button(key="pause").click().run()
    with made_sqlite.store.writing() as session:
        person = get(session, username="lin")
        person.disabled_at = person.created_at
    tab.at.run()
    tab.sign_in("wu")
    assert "第 1 条，共 6 条" in tab.words


def test_the_pages_follow_the_roles(open_app: OpenApp) -> None:
    assert "研究进度" in open_app().sign_in("guo").words  # a researcher
    assert "研究进度" in open_app().sign_in("zhao").words  # a lead
    both = open_app().sign_in("wu")  # who also rates
    assert "第 1 条，共 6 条" in both.words
    both.at.switch_page("screens/studies.py").run()
    assert "研究进度" in both.words


def test_a_rater_cannot_open_the_studies_page(open_app: OpenApp) -> None:
    tab = open_app().sign_in("lin")
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        tab.at.switch_page("screens/studies.py")
