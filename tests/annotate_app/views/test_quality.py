"""The page on how good a detector is: choosing, the figures in words and tables, who may not."""

from collections.abc import Callable
from typing import Any

import pytest

from db.engine import Store
from pipeline.study import adjudicating
from pipeline.study.adjudicating import Wanted
from tests.pipeline.detected import decide, detect
from tests.pipeline.labels import close, give, make_label_study

OpenApp = Callable[[], Any]


@pytest.fixture
def labelled(made_sqlite: Any) -> Store:
    """A study whose labels are adjudicated in part, with one detector; wu and guo research."""
    store: Store = made_sqlite.store
    make_label_study(store, questions=5, labellers=("lin", "wu"))
    votes = {1: (["labeling"], ["labeling"]), 2: ([], []), 3: (["labeling"], ["mind_reading"])}
    for place, pair in votes.items():
        for username, given in zip(("lin", "wu"), pair, strict=True):
            give(store, "labels", username, place, "yes" if given else "no", given)
    give(store, "labels", "lin", 4, "cannot_tell")
    give(store, "labels", "wu", 4, "cannot_tell")
    decide(store, 3, "yes", ["mind_reading"], by="qian")
    detect(store, "lexicon", {1: ["labeling"], 2: ["别的*"], 3: ["mind_reading"], 4: [], 5: []})
    return store


def page(tab: Any, name: str = "labels", **asked: str) -> Any:
    tab.at.switch_page("screens/quality.py")
    for key, value in {"name": name, **asked}.items():
        tab.at.query_params[key] = value
    tab.at.run()
    assert not tab.at.exception
    return tab


def score(tab: Any, label: str = "计算") -> Any:
    (button,) = [button for button in tab.at.button if button.label == label]
    button.click()
    tab.at.run()
    assert not tab.at.exception
    return tab


def tables(tab: Any) -> str:
    return "\n".join(html.proto.body for html in tab.at.get("html") if "<table" in html.proto.body)


def notes(tab: Any) -> str:
    return "\n".join(markdown.value for markdown in tab.at.markdown)


def test_a_researcher_chooses_and_reads_figures_tables_and_notes(
    open_app: OpenApp, labelled: Store
) -> None:
    tab = page(open_app().sign_in("guo"))
    assert [box.label for box in tab.at.selectbox] == ["识别方法", "对照"]
    assert not tables(tab)
    score(tab)
    shown = tables(tab)
    assert tab.at.query_params["detector"] == "lexicon"
    assert "准确率</th>" in shown
    assert "读心术" in shown
    assert "贴标签" in shown
    for cell in ("识别：有", "标签：无", "合计"):
        assert cell in shown
    told = notes(tab)
    assert "1 条由负责人裁定" in told
    assert "1 条标为“无法判断”" in told
    assert "1 条没有标注" in told
    assert r"别的\*" in told
    (picture,) = [h.proto.body for h in tab.at.get("html") if "<img" in h.proto.body]
    assert "data:image/svg+xml;base64," in picture
    labels = [element.proto.label for element in tab.at.get("download_button")]
    assert labels == ["下载 CSV", "下载 JSON", "下载 SVG"]
    assert r"\toprule" in tab.at.code[0].value


def test_the_address_keeps_the_choice_over_a_reload(open_app: OpenApp, labelled: Store) -> None:
    asked = {"detector": "lexicon", "system": "", "gold": "union"}
    tab = page(open_app().sign_in("guo"), **asked).language("en")
    tab.at.run()
    assert "lexicon against union of the labellers, 3 items" in tab.words
    assert "Mind reading" in tables(tab)
    assert "3 by union" in notes(tab)


def test_a_study_that_no_detector_searched_says_so(open_app: OpenApp, made_sqlite: Any) -> None:
    make_label_study(made_sqlite.store, questions=2, labellers=("lin", "he"))
    tab = page(open_app().sign_in("guo"))
    assert "还没有任何识别方法检查过这些条目" in tab.words


def test_who_labels_in_the_study_sees_nothing(open_app: OpenApp, labelled: Store) -> None:
    tab = page(open_app().sign_in("wu"), detector="lexicon", system="", gold="union")
    assert "因此不能查看" in tab.words
    assert not tables(tab)


def test_a_lead_comes_here_from_a_closed_study(open_app: OpenApp, labelled: Store) -> None:
    def study() -> list[str]:
        tab = open_app().sign_in("zhao")
        tab.at.switch_page("screens/study.py")
        tab.at.query_params["name"] = "labels"
        tab.at.run()
        return [link.proto.label for link in tab.at.get("page_link")]

    name = "识别方法的质量，以及标注者之间的一致程度"
    assert name not in study()
    close(labelled)
    assert name in study()
    assert "准确率</th>" in tables(score(page(open_app().sign_in("zhao"))))


def test_why_there_are_no_figures_is_said(open_app: OpenApp, made_sqlite: Any) -> None:
    make_label_study(made_sqlite.store, questions=2, labellers=("lin", "he"))
    detect(made_sqlite.store, "lexicon", {1: []})
    tab = score(page(open_app().sign_in("guo")))
    assert "no item of the study labels has both" in tab.words.replace("\\", "")


def test_a_study_that_is_not_there_is_said(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = page(open_app().sign_in("guo"), name="other")
    assert "没有名为“other”的研究" in tab.words


def test_a_rating_study_has_no_labels(open_app: OpenApp, made_sqlite: Any) -> None:
    tab = page(open_app().sign_in("guo"), name="pilot")
    assert "这是一项评分研究，没有认知歪曲的标签" in tab.words


def test_a_lead_with_waiting_cases_is_told_to_decide_them_first(
    open_app: OpenApp, labelled: Store
) -> None:
    close(labelled)
    adjudicating.run(labelled, Wanted("labels", leads=("zhao",)))
    tab = page(open_app().sign_in("zhao"), detector="lexicon", system="", gold="union")
    assert "还有等您裁定的条目" in tab.words
    assert not tables(tab)
