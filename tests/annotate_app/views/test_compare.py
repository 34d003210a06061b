"""The page on answers beside each other: what it shows to whom, and what it never links."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select

from db.engine import Store
from db.tables import Assignment, Detection, Item, MetricScore, Question, Response
from tests.annotate_app import rated_study
from tests.annotate_app.conftest import Browser
from tests.annotate_app.rated_study import CANARY, STUDY

OpenApp = Callable[[], Any]
HOSTILE = '<img src=x onerror="alert(1)"> **fett**'


@pytest.fixture(scope="module")
def compared(rated: Store) -> Store:
    """The store of the study "rated" with scores, a finding, and texts that are markup."""
    with rated.writing() as session:
        first, second, _, other = session.scalars(select(Response).order_by(Response.id).limit(4))
        first.text = f"1. 共情：{HOSTILE}\n2. 策略：写下担心的事。"
        second.status, second.reason = "set_aside", "harmful: it gives a dose"
        session.get_one(Question, first.question_id).text = f"第 1 个问题 {HOSTILE}"
        session.add(MetricScore(response_id=first.id, reference_id=other.id, metric="bleu",
                                signature="tok:zh|nrefs:1", value=31.4567))  # fmt: skip
        reasons = {"mind_reading": HOSTILE}
        session.add(Detection(response_id=first.id, detector="judge", presence="yes",
                              labels=list(reasons), reasons=reasons))  # fmt: skip
    return rated


@pytest.fixture
def page(compared: Store, open_rated: Callable[[], Browser]) -> Callable[..., Browser]:
    def open_(language: str = "zh", **asked: str) -> Browser:
        tab = open_rated().sign_in("guo")
        if language != "zh":
            tab.language(language)
        tab.at.switch_page("screens/compare.py")
        for key, value in asked.items():
            tab.at.query_params[key] = value
        tab.at.run()
        assert not tab.at.exception
        return tab

    return open_


def html(tab: Browser) -> str:
    return "".join(each.proto.body for each in tab.at.get("html"))


def cards(tab: Browser) -> dict[str, str]:
    """The words of each answer's card, by the system's name as it is shown."""
    found = re.findall(r"<article.*?<h3>(.*?)</h3>(.*?)</article>", html(tab), re.DOTALL)
    return {unescape(name): unescape(re.sub("<[^>]+>", " ", card)) for name, card in found}


def test_parts_scores_and_findings_stand_in_words_and_as_plain_text(
    page: Callable[..., Browser],
) -> None:
    tab = page()
    assert "仅供科研使用" in tab.words
    shown = cards(tab)
    assert list(shown) == list(rated_study.SYSTEMS)
    first, second = shown.values()
    for said in (
        "验证和共情",
        "策略或见解",
        "各部分由程序识别",
        "其中没有找到：关键思维或信念",
        HOSTILE,
    ):
        assert said in first
    for said in (
        "bleu",
        "31.46",
        f"对照 {rated_study.SYSTEMS[1]}",
        "bleu: tok:zh|nrefs:1",
        "读心术",
    ):
        assert said in first
    assert "<img" not in html(tab)
    assert 'class="part validation"' in html(tab)
    assert "已搁置：harmful: it gives a dose" in second
    assert "先慢慢来" not in second
    tab.at.checkbox(key="compare.set_aside").check().run()
    assert "先慢慢来" in cards(tab)[rated_study.SYSTEMS[1]]


def test_ratings_stand_by_code_and_with_no_name_until_unblinding(
    page: Callable[..., Browser], compared: Store
) -> None:
    tab = page("en", study=STUDY, source="s", question="q3")
    shown = cards(tab)
    assert list(shown) == ["S1", "S2"]
    sent = html(tab) + tab.words + str([each.options for each in tab.at.multiselect])
    assert CANARY not in sent
    given = [each for each in rated_study.scores(compared) if each.question == "q3"]
    means = sorted(
        sum(each.value for each in given if each.system == system
            and each.criterion == "relevance" and not each.is_repeat) / 3
        for system in rated_study.SYSTEMS
    )  # fmt: skip
    told = [float(re.findall(r"Relevance\s+(\d\.\d\d)", card)[0]) for card in shown.values()]
    assert sorted(told) == pytest.approx(means, abs=0.005)
    assert all(len(re.findall(r"P-\w{4}", card)) == 3 for card in shown.values())
    assert "until the study is unblinded" in tab.words.lower()
    assert "these figures are preliminary" in tab.words
    assert "bleu" not in sent


def test_one_walks_searches_and_draws_and_the_address_keeps_it(
    page: Callable[..., Browser],
) -> None:
    tab = page()
    assert "第 1 个，共 12 个" in tab.at.markdown[0].value
    tab.at.button(key="compare.next").click().run()
    assert tab.at.query_params["question"] == "q2"
    assert "第 2 个，共 12 个" in tab.at.markdown[0].value
    tab.at.text_input(key="compare.search").set_value("第 12").run()
    assert "第 1 个，共 1 个" in tab.at.markdown[0].value
    assert "第 12 个问题" in html(tab)
    tab.at.button(key="compare.draw").click().run()
    assert tab.at.query_params["question"] == "q12"
    tab.at.text_input(key="compare.search").set_value("没有这句").run()
    assert "没有符合的问题" in tab.words
    assert cards(tab) == {}


def test_the_systems_are_chosen(page: Callable[..., Browser]) -> None:
    tab = page("en", source="s", question="q2")
    assert len(cards(tab)) == 2
    tab.at.multiselect[0].set_value([rated_study.SYSTEMS[1]]).run()
    assert list(cards(tab)) == [rated_study.SYSTEMS[1]]
    assert tab.at.query_params["system"] == rated_study.SYSTEMS[1]
    assert "Also answered" in tab.words
    assert "These answers have no automatic scores yet; cbt score computes them." in tab.words


def test_a_question_of_somebody_in_danger_waits_for_a_word(
    open_app: OpenApp, made_sqlite: Any
) -> None:
    tab = open_app().sign_in("guo")
    tab.at.switch_page("screens/compare.py").run()
    tab.at.button(key="compare.next").click().run()
    assert "12356" in html(tab)
    assert "第 2 个问题" not in html(tab) + tab.words
    assert cards(tab) == {}
    tab.at.checkbox[0].check().run()
    assert "第 2 个问题" in html(tab)
    assert len(cards(tab)) == 2
    tab.at.button(key="compare.next").click().run()
    tab.at.button(key="compare.previous").click().run()
    assert cards(tab) == {}  # asked again each time


def test_who_still_rates_sees_nothing_and_is_told_why(open_app: OpenApp) -> None:
    tab = open_app().sign_in("wu")
    tab.at.switch_page("screens/compare.py").run()
    assert not tab.at.exception
    assert "要等您完成之后才能看" in tab.words
    assert cards(tab) == {}


@pytest.mark.parametrize("username", ["lin", "zhao"])
def test_raters_and_leads_have_no_such_page(open_app: OpenApp, username: str) -> None:
    tab = open_app().sign_in(username)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        tab.at.switch_page("screens/compare.py")


def test_an_address_of_another_store_says_what_to_do(page: Callable[..., Browser]) -> None:
    assert "没有这样的问题" in page(source="s", question="q99").words
    assert "没有这样的问题" in page(study="none").words


def test_a_store_without_answers_says_how_they_come(open_app: OpenApp, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        for table in (Assignment, Item, Response):
            session.execute(delete(table))
    tab = open_app().sign_in("guo")
    tab.at.switch_page("screens/compare.py").run()
    assert "cbt import responses" in tab.words
