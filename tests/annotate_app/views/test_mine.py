"""A rater's own page: what it tells while a study is open and at its end, and to whom."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from db import people
from db.engine import Store
from pipeline.study import lifecycle
from tests.annotate_app import rated_study
from tests.annotate_app.conftest import Browser
from tests.annotate_app.figures_tab import charts, headers, notes, open_page, table, tables
from tests.annotate_app.rated_study import STUDY
from tests.pipeline.labels import give, make_label_study

OpenApp = Callable[[], Any]


def mine(tab: Any, name: str = STUDY, **asked: str) -> Any:
    return open_page(tab, "mine", name, **asked)


def links(tab: Any) -> list[str]:
    return [link.proto.label for link in tab.at.get("page_link")]


def test_while_it_is_open_pace_and_the_use_of_the_scale_are_shown_in_shares(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = mine(open_rated().sign_in("lin"))
    assert headers(tab) == ["rated", "您的节奏", "您怎样使用量表"]
    assert "已完成 30 / 30" in tab.words
    assert "**30 秒**" in notes(tab)
    shares = table(tab, "您怎样使用量表")
    assert shares[0] == ["标准", "0 分", "1 分", "2 分"]
    assert all(re.fullmatch(r"[\d.]+%", cell) for row in shares[1:] for cell in row[1:])
    (parts,) = charts(tab).values()
    assert {part["name"] for part in parts} == {"切题", "CBT 结构", "帮助程度"}
    assert "没有任何内容要求您改变" in tab.words


def test_the_address_cannot_name_another_rater(open_rated: OpenApp, rated: Store) -> None:
    with rated.reading() as session:
        other = people.get(session, username="mei")
    asked = {"rater": other.pseudonym, "own": other.pseudonym, "person": str(other.id)}
    tab = mine(open_rated().sign_in("lin"), **asked)
    assert "**30 秒**" in notes(tab)
    assert "**40 秒**" not in notes(tab)


def test_at_the_end_it_tells_of_repeats_and_of_the_others_mean_without_a_verdict(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated_study.make(sqlite_store)
    lifecycle.close_study(sqlite_store, name=STUDY)
    monkeypatch.setenv("CBT_DATABASE_URL", str(sqlite_store.engine.url))
    tab = mine(Browser(sqlite_store).sign_in("lin").language("en"))
    assert headers(tab)[1:] == [
        "Your pace",
        "How you use the scale",
        "Answers that came again",
        "Beside the others",
    ]
    assert table(tab, "Answers that came again")[1][:2] == ["Relevance", "6"]
    beside = table(tab, "Beside the others")
    assert beside[0][2:] == ["Points apart, on average", "Yours less theirs"]
    assert "A nearer score is not a better one" in notes(tab)
    assert "rank" not in (tab.words + notes(tab) + str(tables(tab))).lower()
    assert "Thank you for your work" in tab.words


def test_a_study_that_is_not_ones_own_is_as_if_there_were_none(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    for username, name in (("he", "pilot"), ("he", "none"), ("lin", "none")):
        tab = mine(open_app().sign_in(username), name)
        assert "这里没有与您有关的内容" in tab.words
        assert tables(tab) == []
        assert "pilot" not in tab.words


def test_before_the_first_answer_and_for_labels_there_is_nothing_to_show_yet(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = mine(open_app().sign_in("lin").language("en"), "pilot")
    assert "Once you have rated a few answers" in tab.words
    make_label_study(made_sqlite.store, questions=2, labellers=("lin", "he"))
    give(made_sqlite.store, "labels", "lin", 1, "no")
    labels = mine(open_app().sign_in("lin").language("en"), "labels")
    assert "there is nothing to show for that yet" in labels.words
    assert tables(labels) == []


def test_a_rater_gets_there_from_each_study_and_nobody_else_has_the_page(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    make_label_study(made_sqlite.store, questions=2, labellers=("lin", "he"))
    home = open_app().sign_in("lin")
    assert links(home) == ["我的评分情况", "我的评分情况"]
    led_to = {(link.proto.page, link.proto.query_string) for link in home.at.get("page_link")}
    assert led_to == {("mine", "name=pilot"), ("mine", "name=labels")}
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        mine(open_app().sign_in("guo"))
