from collections.abc import Callable
from typing import Any

import pytest

from db.studies import get
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Plan
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


def links(tab: Any) -> list[str]:
    return [link.proto.label for link in tab.at.get("page_link")]


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
    assert commands(tab) == []
    assert links(tab)[-4:] == [
        "结果：各个系统的得分",
        "一致性：评分者之间有多吻合",
        "评分者：每个人怎样评分",
        "回答：并排看回答和它们的评分",
    ]


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
    assert commands(tab) == ["cbt study unblind 'my study'"]
    assert headers(tab) == ["进度", "结果与导出"]


def make_labels(made: Any, *, raters: tuple[str, ...] = ("lin", "he"), **plan: Any) -> None:
    wanted = Plan(name="labels", kind="distortion", seed=1, raters=raters, **plan)
    create.run(made.store, wanted)


def test_a_distortion_study_over_questions_has_no_answers_to_search_before_opening(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    make_labels(made_sqlite)
    tab = study(open_app().sign_in("guo"), "labels")
    assert "标注求助者问题中的认知歪曲：3 条，其中重复 0 条" in tab.words
    assert "歪曲手册“distortions”，版本" in tab.words
    assert "只有 3 个问题，少于通常的 500 个" in tab.words
    assert headers(tab) == ["进度", "评分者"]
    tab.click("开放研究…")
    assert "现在开放" in tab.words
    assert "已检查全部回答" not in tab.words


def test_the_answers_to_label_are_searched_before_opening(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    make_labels(made_sqlite, systems=("kanarienvogel-1",))
    tab = study(open_app().sign_in("guo"), "labels")
    tab.click("开放研究…")
    assert "已检查全部回答" in tab.words


def test_a_distortion_study_without_overlap_says_what_would_be_enough(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    make_labels(made_sqlite, per_item=1)
    tab = study(open_app().sign_in("guo"), "labels")
    assert "每条有两位标注者、标签可以相互比较之后，研究才能开放" in tab.words


def test_a_distortion_study_gives_the_commands_that_settle_and_measure_labels(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    make_labels(made_sqlite)
    lifecycle.open_study(made_sqlite.store, name="labels")
    after = [
        "cbt export gold --out gold.csv --study labels",
        "cbt detection-quality --study labels",
    ]
    tab = study(open_app().sign_in("guo"), "labels")
    assert commands(tab) == after
    assert "在研究结束之后由负责人裁定" in tab.words
    assert "准备文件" not in tab.words
    lifecycle.close_study(made_sqlite.store, name="labels")
    tab = study(open_app().sign_in("guo"), "labels")
    settled = [f"cbt study {step} labels" for step in ("adjudicate", "adjudication")]
    assert commands(tab) == [*settled, *after]


def test_a_lead_and_a_labeller_see_no_labels(open_app: OpenApp, made_sqlite: Any) -> None:
    make_labels(made_sqlite, raters=("lin", "wu"))
    lifecycle.open_study(made_sqlite.store, name="labels")
    assert commands(study(open_app().sign_in("zhao"), "labels")) == []
    tab = study(open_app().sign_in("wu"), "labels")
    assert "因此不能查看或导出它的结果" in tab.words
    assert commands(tab) == []


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
