import json
from collections.abc import Callable
from typing import Any

from db.studies import get
from db.tables import Assignment, Item, Study
from tests.annotate_app.answers import answer
from tests.annotate_app.labelling_study import add_labelling

OpenApp = Callable[[], Any]


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


def told(tab: Any) -> Any:
    """What the desk's script is given, or None where there is no desk."""
    for component in tab.at.get("bidi_component"):
        (given,) = json.loads(component.proto.json)
        if given["module"].endswith("/desk/desk.js"):
            return given
    return None


def test_the_only_study_is_opened_at_once_and_its_page_holds_no_item(open_app: OpenApp) -> None:
    given = told(open_app().sign_in("lin"))
    assert given["study"] == "pilot"
    assert given.keys() == {"module", "base", "language", "texts", "study", "limits"}
    assert "第 1 个问题" not in json.dumps(given, ensure_ascii=False)


def test_the_desk_takes_on_a_language_and_stays(open_app: OpenApp) -> None:
    tab = open_app().sign_in("lin")
    zh = told(tab)
    en = told(tab.language("en"))
    assert (zh["language"], en["language"]) == ("zh", "en")
    assert zh["texts"].keys() == en["texts"].keys()
    assert zh["texts"]["desk.save"] != en["texts"]["desk.save"]


def test_with_several_studies_the_rater_chooses_one(open_app: OpenApp, made_sqlite: Any) -> None:
    answer(made_sqlite, "lin", 1, 3)
    second_study(made_sqlite)
    tab = open_app().sign_in("lin")
    assert told(tab) is None
    assert "您的任务" in tab.words
    assert "已完成 2 / 6" in tab.words
    assert "zweite *Studie*" in tab.words
    tab.at.button(key="rate.zweite *Studie*").click().run()
    assert told(tab)["study"] == "zweite *Studie*"


def test_a_labeller_is_told_what_each_study_asks_for(open_app: OpenApp, made_sqlite: Any) -> None:
    add_labelling(made_sqlite)
    answer(made_sqlite, "lin", 1)
    tab = open_app().sign_in("lin")
    assert "给回答评分" in tab.words
    assert "标注认知歪曲" in tab.words
    assert {button.label for button in tab.at.button} >= {"继续评分", "开始标注"}
    tab.click("开始标注")
    assert told(tab)["study"] == "labels"
    assert told(tab)["texts"]["label.evidence"] == "依据"


def test_without_an_open_study_the_page_says_so(open_app: OpenApp) -> None:
    tab = open_app().sign_in("he")
    assert told(tab) is None
    assert "现在没有需要您完成的研究" in tab.words


def test_a_study_that_is_closed_is_listed_and_cannot_be_opened(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("lin")
    set_status(made_sqlite, "closed")
    tab.at.run()
    assert told(tab) is None
    assert "pilot" in tab.words
    assert "结束之前保存的评分都在，不能再修改或补充" in tab.words
    assert "rate.pilot" not in [button.key for button in tab.at.button]


def test_another_study_than_ones_own_is_not_opened_by_its_name(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    second_study(made_sqlite)
    tab = open_app()
    tab.at.session_state["tab"].study = "zweite *Studie*"
    assert told(tab.sign_in("wu")) is None
    assert "zweite" not in tab.words
