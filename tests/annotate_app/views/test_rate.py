from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import rating
from db.judgements import NewJudgement
from db.studies import get
from db.tables import Assignment, Item, Judgement, Study

OpenApp = Callable[[], Any]
FULL = {"relevance": 2, "structure": 1, "helpfulness": 0}


def set_status(made: Any, status: Any) -> None:
    with made.store.writing() as session:
        get(session, name="pilot").status = status


def second_study(made: Any) -> None:
    """Give lin an item of another open study."""
    with made.store.writing() as session:
        first = get(session, name="pilot")
        kept = ("kind", "origin", "status", "criteria", "guidelines", "design", "analysis", "seed")
        study = Study(name="zweite *Studie*", **{name: getattr(first, name) for name in kept})
        session.add(study)
        session.flush()
        old = session.get_one(Item, 1)
        item = Item(study_id=study.id, code="other1", question_id=1, response_id=old.response_id)
        session.add(item)
        session.flush()
        session.add(
            Assignment(study_id=study.id, item_id=item.id, person_id=made.people["lin"], position=1)
        )


def test_a_whole_study_is_rated_to_the_thank_you(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    for number, code in enumerate(made_sqlite.codes["lin"]):
        if number in (2, 3):
            tab.click("我准备好了，显示内容")
        tab.score(code, **FULL).click("保存，看下一条")
        assert "已保存 " in tab.words
    assert "6 条全部完成" in tab.words
    assert "谢谢您" in tab.words
    with made_sqlite.store.reading() as session:
        rows = session.scalars(select(Judgement)).all()
        assert [row.values for row in rows] == [FULL] * 6
        assert all(row.seconds is not None and 0 <= row.seconds < 60 for row in rows)


def test_no_score_is_set_before_the_rater_sets_it(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first, second = made_sqlite.codes["lin"][:2]
    tab.score(first, **FULL).click("保存，看下一条")
    for name in FULL:
        assert tab.at.button_group(key=f"score.{name}.{second}.0").value is None


def test_a_hard_question_is_announced_before_it_is_shown(
    open_app: OpenApp, made_sqlite: Any, given: Callable[..., NewJudgement]
) -> None:
    for code in made_sqlite.codes["lin"][:2]:
        rating.save(
            made_sqlite.store,
            person_id=made_sqlite.people["lin"],
            item_code=code,
            given=given(),
        )
    tab = open_app().sign_in("lin")
    assert "接下来的问题涉及沉重的内容" in tab.words
    assert "12356" in tab.words
    assert "第 2 个问题" not in tab.words
    tab.click("我准备好了，显示内容")
    assert "第 2 个问题" in tab.words
    assert "12356" in tab.words


def test_a_break_keeps_what_is_saved_and_goes_on_where_it_was(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("lin")
    tab.score(made_sqlite.codes["lin"][0], **FULL).click("保存，看下一条").click("休息一下")
    assert "怎么办" not in tab.words
    assert "已完成 1 / 6" in tab.words
    tab.click("继续评分")
    assert "第 2 条，共 6 条" in tab.words


def test_with_several_studies_the_rater_chooses(open_app: OpenApp, made_sqlite: Any) -> None:
    second_study(made_sqlite)
    tab = open_app().sign_in("lin")
    assert "您的评分任务" in tab.words
    assert "zweite *Studie*" in tab.words
    tab.at.button(key="go_on.zweite *Studie*").click().run()
    assert "第 1 条，共 1 条" in tab.words


def test_without_an_open_study_the_page_says_so(open_app: OpenApp) -> None:
    assert "现在没有需要您评分的研究" in open_app().sign_in("he").words


@pytest.mark.parametrize("when", ["showing", "saving"])
def test_a_study_that_closes_meanwhile_is_told_and_nothing_is_stored(
    open_app: OpenApp, made_sqlite: Any, when: str
) -> None:
    tab = open_app().sign_in("lin")
    tab.score(made_sqlite.codes["lin"][0], **FULL)
    set_status(made_sqlite, "closed")
    if when == "saving":
        tab.click("保存，看下一条")
    else:
        tab.at.run()
    assert "这项研究现在没有开放评分" in tab.words
    tab.click("回到评分任务")
    assert "现在没有需要您评分的研究" in tab.words
    with made_sqlite.store.reading() as session:
        assert session.scalars(select(Judgement)).all() == []


def test_from_the_end_the_last_item_can_be_changed(open_app: OpenApp, made_sqlite: Any) -> None:
    second_study(made_sqlite)
    tab = open_app().sign_in("lin")
    tab.at.button(key="go_on.zweite *Studie*").click().run()
    tab.score("other1", **FULL).click("保存，看下一条").click("回到最后一条")
    tab.score("other1", 1, relevance=0).click("保存修改")
    assert "1 条全部完成" in tab.words
    with made_sqlite.store.reading() as session:
        rows = session.scalars(select(Judgement).order_by(Judgement.revision)).all()
        assert [row.values["relevance"] for row in rows] == [2, 0]
