from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select

from annotate_app import deps
from db.engine import Store
from db.tables import Judgement

OpenApp = Callable[[], Any]
FULL = {"relevance": 2, "structure": 1, "helpfulness": 0}
SAVE = "保存，看下一条"


def stored(made: Any) -> list[Judgement]:
    with made.store.reading() as session:
        return list(session.scalars(select(Judgement).order_by(Judgement.id)))


def test_a_missing_score_is_named_and_the_others_stay(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first = made_sqlite.codes["lin"][0]
    tab.score(first, structure=1).click(SAVE)
    assert "还没有打分：切题、帮助程度。" in tab.words
    assert tab.at.button_group(key=f"score.structure.{first}.0").value == 1
    assert stored(made_sqlite) == []
    tab.score(first, relevance=2, helpfulness=0).click(SAVE)
    assert "还没有打分" not in tab.words
    assert [row.values for row in stored(made_sqlite)] == [FULL]


def test_comment_and_flags_are_saved(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first = made_sqlite.codes["lin"][0]
    tab.score(first, **FULL)
    tab.at.text_area(key=f"comment.{first}.0").input("<script>alert(1)</script> 好")
    tab.at.checkbox(key=f"flag.harmful.{first}.0").check()
    tab.click(SAVE)
    (row,) = stored(made_sqlite)
    assert row.comment == "<script>alert(1)</script> 好"
    assert row.flags == [{"flag": "harmful", "reason": None}]


def test_what_cannot_be_judged_is_saved_without_scores(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first = made_sqlite.codes["lin"][0]
    tab.at.checkbox(key=f"flag.cannot_judge.{first}.0").check()
    tab.score(first, relevance=1).click(SAVE)
    (row,) = stored(made_sqlite)
    assert row.values == dict.fromkeys(FULL)
    assert row.flags == [{"flag": "cannot_judge", "reason": None}]


def test_the_item_before_can_be_reopened_and_changed(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first = made_sqlite.codes["lin"][0]
    tab.score(first, **FULL).click(SAVE).click("← 上一条")
    assert "您已评过这一条" in tab.words
    assert tab.at.button_group(key=f"score.relevance.{first}.1").value == 2
    tab.score(first, 1, relevance=0).click("保存修改")
    assert "第 2 条，共 6 条" in tab.words
    assert [(row.revision, row.values["relevance"]) for row in stored(made_sqlite)] == [
        (1, 2),
        (2, 0),
    ]


def test_leaving_a_reopened_item_changes_nothing(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    tab.score(made_sqlite.codes["lin"][0], **FULL).click(SAVE)
    tab.click("← 上一条").click("回到未评的一条 →")
    assert "第 2 条，共 6 条" in tab.words
    assert len(stored(made_sqlite)) == 1


def test_a_full_disk_is_told_and_the_choices_stay(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = open_app().sign_in("lin")
    first = made_sqlite.codes["lin"][0]
    let_grow_no_further(deps.make("zh").store)
    tab.at.text_area(key=f"comment.{first}.0").input("长" * 5000)
    tab.score(first, **FULL).click(SAVE)
    assert "磁盘满了" in tab.words
    assert tab.at.button_group(key=f"score.relevance.{first}.0").value == 2
    assert stored(made_sqlite) == []


def let_grow_no_further(store: Store) -> None:
    """Make the store's disk as good as full."""
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    event.listen(
        store.engine, "begin", lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    )
