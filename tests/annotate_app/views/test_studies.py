from collections.abc import Callable
from typing import Any

from db.studies import get
from pipeline.study import create
from pipeline.study.studyfile import Plan
from tests.annotate_app.answers import answer

OpenApp = Callable[[], Any]


def links(tab: Any) -> list[str]:
    return [link.proto.label for link in tab.at.get("page_link")]


def test_a_researcher_sees_how_far_each_study_is(open_app: OpenApp, made_sqlite: Any) -> None:
    answer(made_sqlite, "lin", 1)
    tab = open_app().sign_in("guo")
    assert "6 条，其中重复 0 条 · 2 位评分者" in tab.words
    assert "已完成 1 / 12" in tab.words
    assert "评分 · 6 条" in tab.words
    assert links(tab)[-2:] == ["新建研究", "pilot"]
    assert "lin" not in tab.words


def test_the_list_says_what_kind_each_study_is(open_app: OpenApp, made_sqlite: Any) -> None:
    create.run(made_sqlite.store, Plan(name="labels", kind="distortion"))
    assert "认知歪曲标注 · 3 条，其中重复 0 条 · 3 位评分者" in open_app().sign_in("zhao").words


def test_a_lead_sees_the_same_and_makes_no_study(open_app: OpenApp) -> None:
    tab = open_app().sign_in("zhao")
    assert "已完成 0 / 12" in tab.words
    assert links(tab) == ["pilot"]


def test_the_links_follow_the_roles(open_app: OpenApp) -> None:
    assert links(open_app().sign_in("guo"))[:3] == ["研究进度", "回答", "人员"]
    both = open_app().sign_in("wu")
    both.at.switch_page("screens/studies.py").run()
    assert links(both)[:4] == ["评分", "研究进度", "回答", "人员"]


def test_a_studys_name_is_shown_as_it_is(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        get(session, name="pilot").name = "*a* :red[b] $c$"
    assert links(open_app().sign_in("guo"))[-1] == r"\*a\* \:red\[b\] \$c\$"


def test_an_empty_store_says_how_to_begin(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        for table in ("assignment", "item", "study_system", "study"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    assert "cbt import" in open_app().sign_in("guo").words
    assert "cbt" not in open_app().sign_in("zhao").words
