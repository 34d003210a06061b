import re
from collections.abc import Callable
from typing import Any

from annotate_app.services import invites

OpenApp = Callable[[], Any]


def people(open_app: OpenApp) -> Any:
    tab = open_app().sign_in("guo")
    tab.at.switch_page("screens/people.py").run()
    assert not tab.at.exception
    return tab


def listed(tab: Any) -> str:
    (table,) = [h.proto.body for h in tab.at.get("html") if "<table" in h.proto.body]
    return str(table)


def tokens(tab: Any) -> list[str]:
    return re.findall(r"/accept#(\S+)", "\n".join(code.value for code in tab.at.code))


def test_someone_who_is_added_is_listed_with_a_link_that_works_and_is_shown_once(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = people(open_app)
    assert "尚未登录" in listed(tab)
    tab.at.text_input[0].set_value("Sun*")
    tab.click("添加并生成链接")
    assert '<th role="rowheader" scope="row">sun*</th>' in listed(tab)
    assert "尚未设置密码" in listed(tab)
    (token,) = tokens(tab)
    assert invites.look(made_sqlite.store, token=token).username == "sun*"
    tab.at.run()
    assert tokens(tab) == []
    again = people(open_app)
    assert again.at.multiselect[1].value == ["sun*"]  # who has no password yet


def test_a_name_that_is_taken_or_missing_is_one_sentence(open_app: OpenApp) -> None:
    tab = people(open_app)
    tab.click("添加并生成链接")
    assert "请填写用户名" in tab.words
    tab.at.text_input[0].set_value("LIN")
    tab.click("添加并生成链接")
    assert "这个名称已经有了" in tab.words
    assert tokens(tab) == []


def test_links_for_several_people_are_made_at_once(open_app: OpenApp) -> None:
    tab = people(open_app)
    box = tab.at.multiselect[1]
    box.select("lin").select("he")
    tab.click("生成链接")
    assert len(set(tokens(tab))) == 2
    assert "每个链接只能用一次" in tab.words


def test_a_person_is_disabled_and_enabled_again(open_app: OpenApp) -> None:
    tab = people(open_app)
    (box,) = tab.at.selectbox
    assert "guo" not in box.options
    box.select("lin").run()
    tab.click("停用")
    assert "已停用" in listed(tab)
    tab.at.run()
    tab.click("重新启用")
    assert "已停用" not in listed(tab)
