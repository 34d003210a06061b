from collections.abc import Callable
from typing import Any

import pytest

from db.studies import get
from tests.annotate_app.answers import answer

OpenApp = Callable[[], Any]


def study(tab: Any, name: str = "pilot") -> Any:
    tab.at.switch_page("screens/study.py")
    tab.at.query_params["name"] = name
    tab.at.run()
    assert not tab.at.exception
    return tab


def rows(tab: Any) -> str:
    """The tables of a page, as HTML."""
    return "\n".join(
        shown.proto.body for shown in tab.at.get("html") if "<table" in shown.proto.body
    )


def headers(tab: Any) -> list[str]:
    return [header.value for header in tab.at.header]


def commands(tab: Any) -> list[str]:
    return [code.value for code in tab.at.code]


def test_a_researcher_sees_how_far_each_rater_is_and_nothing_of_the_scores(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    answer(made_sqlite, "lin", 1, 2, seconds=75)
    tab = study(open_app().sign_in("guo"))
    assert "已完成 2 / 12" in tab.words
    assert 'value="2" aria-label="2 / 6"' in rows(tab)
    assert ">75<" in rows(tab)
    assert "尚未开始" in rows(tab)
    assert "P-" in rows(tab)
    assert "lin" not in tab.words + rows(tab)
    assert headers(tab) == ["进度", "评分者", "结果与导出"]
    assert commands(tab) == ["cbt results --study pilot"]


def test_a_lead_watches_and_changes_nothing(open_app: OpenApp) -> None:
    tab = study(open_app().sign_in("zhao"))
    assert headers(tab) == ["进度", "结果与导出"]
    assert not {"结束研究…", "准备文件", "生成链接"} & {button.label for button in tab.at.button}


def test_who_rates_in_a_study_gets_neither_results_nor_files(open_app: OpenApp) -> None:
    tab = study(open_app().sign_in("wu"))
    assert "您在这项研究中评分，因此不能查看或导出它的结果" in tab.words
    assert commands(tab) == []
    assert "准备文件" not in tab.words


def test_an_unknown_study_is_one_sentence(open_app: OpenApp) -> None:
    for name in ("made *up*", ""):
        tab = study(open_app().sign_in("guo"), name)
        (warning,) = tab.at.warning
        assert "没有名为" in warning.value
        assert headers(tab) == []


@pytest.mark.parametrize("screen", ["studies", "study", "people", "create"])
def test_a_rater_opens_none_of_the_researchers_pages(open_app: OpenApp, screen: str) -> None:
    tab = open_app().sign_in("he")
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        tab.at.switch_page(f"screens/{screen}.py")


def test_a_closed_study_says_how_it_is_unblinded(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        found = get(session, name="pilot")
        found.status, found.name = "closed", "my study"
    tab = study(open_app().sign_in("guo"), "my study")
    assert commands(tab) == ["cbt study unblind 'my study'", "cbt results --study 'my study'"]
    assert headers(tab) == ["进度", "结果与导出"]


def test_a_late_rater_is_given_the_items(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        spaced = {"answer_gap": 1, "repeat_distance": 1, "repeats": 0.0}
        get(session, name="pilot").design = spaced
    tab = study(open_app().sign_in("guo"))
    tab.click("分配全部条目")
    assert [error.value for error in tab.at.error] == ["请选择评分者"]
    late = tab.at.multiselect[0]
    assert [option.split(" · ")[0] for option in late.options] == ["he"]
    late.select(late.options[0])
    tab.click("分配全部条目")
    assert "已完成 0 / 18" in tab.words


def test_the_file_is_made_when_it_is_asked_for(open_app: OpenApp) -> None:
    tab = study(open_app().sign_in("guo"))
    assert not tab.at.get("download_button")
    tab.click("准备文件")
    (button,) = tab.at.get("download_button")
    assert button.proto.label == "下载 pilot.csv（36 行）"
