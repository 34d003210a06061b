from collections.abc import Callable
from typing import Any

from db.studies import get

OpenApp = Callable[[], Any]


def test_a_researcher_sees_how_far_each_rater_is(open_app: OpenApp, made_sqlite: Any) -> None:
    rater = open_app().sign_in("lin")
    scores = {"relevance": 2, "structure": 1, "helpfulness": 0}
    rater.score(made_sqlite.codes["lin"][0], **scores).click("保存，看下一条")
    words = open_app().sign_in("guo").words
    assert "pilot" in words
    assert "6 条，其中重复 0 条" in words
    assert "已完成 1 / 12" in words
    assert "已完成 1 / 6" in words
    assert "· therapist" in words
    assert "尚未开始" in words
    assert "lin" not in words


def test_who_rates_in_a_study_gets_no_results(open_app: OpenApp) -> None:
    tab = open_app().sign_in("wu")
    tab.at.switch_page("screens/studies.py").run()
    assert "您在这项研究中评分，因此不能查看它的结果" in tab.words
    assert "cbt results" not in tab.words
    assert "cbt results" in open_app().sign_in("guo").words


def test_a_studys_name_is_shown_as_it_is(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        get(session, name="pilot").name = "*a* :red[b] $c$"
    (shown,) = open_app().sign_in("guo").at.subheader
    assert shown.value == r"\*a\* \:red\[b\] \$c\$"


def test_an_empty_store_says_how_to_make_a_study(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        for table in ("assignment", "item", "study_system", "study"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    assert "cbt study create" in open_app().sign_in("guo").words
