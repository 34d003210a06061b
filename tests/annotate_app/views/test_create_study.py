from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from db.tables import Question, Response

OpenApp = Callable[[], Any]


def create(open_app: OpenApp) -> Any:
    tab = open_app().sign_in("guo")
    tab.at.switch_page("screens/create.py").run()
    assert not tab.at.exception
    return tab


def test_a_form_without_a_name_or_systems_says_what_is_missing(open_app: OpenApp) -> None:
    tab = create(open_app)
    tab.click("预览")
    assert "请填写研究名称，并选择至少一个系统" in tab.words


def test_the_preview_says_what_the_study_will_give(open_app: OpenApp) -> None:
    tab = create(open_app)
    tab.at.text_input[0].set_value("new")
    systems = tab.at.multiselect[0]
    for option in systems.options:
        systems.select(option)
    tab.at.number_input[0].set_value(2)
    tab.click("预览")
    assert "从 3 个可用的问题中取 2 个" in tab.words
    assert "2 个系统，共 4 条，其中重复 0 条" in tab.words
    assert "3 位评分者，每人约 4 条" in tab.words
    assert "每人约 0.1 小时（按每条 90 秒估算）" in tab.words
    assert "建立草稿" in tab.words


def test_a_plan_that_cannot_be_is_one_sentence_in_the_readers_language(open_app: OpenApp) -> None:
    tab = create(open_app)
    tab.at.text_input[0].set_value("new")
    tab.at.multiselect[0].select(tab.at.multiselect[0].options[0])
    tab.at.number_input[0].set_value(9)
    tab.click("预览")
    assert "要抽取 9 个问题，但可用的只有 3 个" in tab.words
    tab.language("en").click("Preview")
    assert "9 questions are wanted, but only 3 can be used" in tab.words


def labelling(open_app: OpenApp) -> Any:
    tab = create(open_app)
    tab.at.radio(key="create.kind").set_value("distortion").run()
    tab.at.text_input[0].set_value("new")
    return tab


def test_the_form_for_labelling_shows_what_holds_where_nothing_is_filled_in(
    open_app: OpenApp,
) -> None:
    tab = labelling(open_app)
    boxes = {box.label: box.proto.placeholder for box in [*tab.at.selectbox, *tab.at.number_input]}
    assert boxes["标注谁的文字"] == "求助者的问题"
    assert boxes["抽取多少个问题"] == "500 个，不足则全部"
    assert boxes["每条几位标注者"] == "2"
    assert [box.label for box in tab.at.multiselect] == ["由谁标注（用户名 · 代号 · 组别）"]


def test_the_preview_says_what_there_is_to_label(open_app: OpenApp) -> None:
    tab = labelling(open_app)
    tab.click("预览")
    assert "从 3 个可用的问题中取 3 个" in tab.words
    assert "标注求助者问题中的认知歪曲：共 3 条，其中重复 0 条" in tab.words
    assert "3 位评分者，每人约 2 条" in tab.words
    assert "按每条 60 秒估算" in tab.words
    assert "只有 3 个问题，少于通常的 500 个" in tab.words


def test_one_systems_answers_can_be_labelled(open_app: OpenApp) -> None:
    tab = labelling(open_app)
    tab.at.selectbox(key="create.labelled").select_index(0)
    tab.at.number_input(key="create.sample.distortion").set_value(2)
    tab.click("预览")
    assert "标注一个系统的回答指出的认知歪曲：共 2 条，其中重复 0 条" in tab.words
    assert "少于通常的" not in tab.words


def test_without_questions_the_form_for_labelling_says_how_to_import_some(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    with made_sqlite.store.writing() as session:
        session.execute(update(Question).values(text=None))
    tab = create(open_app)
    tab.at.radio(key="create.kind").set_value("distortion").run()
    assert "cbt import questions" in tab.words
    assert not tab.at.text_input


def test_a_store_without_answers_says_how_to_import_some(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    with made_sqlite.store.writing() as session:
        session.execute(update(Response).values(status="refused"))
    assert "cbt import responses" in create(open_app).words
