import json
from collections.abc import Callable
from typing import Any

import pytest

from db import people
from db.engine import Store
from db.labels import Labelling, to_json
from db.tables import Adjudication, AdjudicationCase
from tests.annotate_app.conftest import Browser
from tests.annotate_app.leads import COMMENT, Cases, make_cases

PAGE = "screens/adjudicate.py"
Open = Callable[[], Browser]


@pytest.fixture
def cases(sqlite_store: Store) -> Cases:
    return make_cases(sqlite_store, items=2)


@pytest.fixture
def open_cases(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the app on those cases, in a new tab."""
    monkeypatch.setenv("CBT_DATABASE_URL", str(cases.store.engine.url))
    return lambda: Browser(cases.store)


def told(tab: Browser) -> Any:
    """What the desk's script is given, or None where there is no desk."""
    for component in tab.at.get("bidi_component"):
        (given,) = json.loads(component.proto.json)
        if given["module"].endswith("/adjudication/adjudication.js"):
            return given
    return None


def links(tab: Browser) -> list[str]:
    return [link.proto.label for link in tab.at.get("page_link")]


def decide_all(cases: Cases) -> None:
    with cases.store.writing() as session:
        for case in session.query(AdjudicationCase).all():
            answer = to_json(Labelling("no"))
            about = {"item_id": case.item_id, "person_id": case.person_id, "before": answer}
            session.add(Adjudication(revision=1, decision={}, reason="", **about))
            session.add(Adjudication(revision=2, decision=answer, reason="因为", **about))


def test_the_only_study_with_waiting_cases_opens_at_once(open_cases: Open) -> None:
    tab = open_cases().sign_in("zhao")
    assert "裁定" in links(tab)
    tab.at.switch_page(PAGE).run()
    given = told(tab)
    assert given["study"] == "labels"
    assert given["limits"] == {"reason": 2_000}
    page = json.dumps(given, ensure_ascii=False)
    assert COMMENT not in page
    assert "问题1" not in page


def test_once_all_is_decided_the_list_offers_to_look_back(open_cases: Open, cases: Cases) -> None:
    decide_all(cases)
    tab = open_cases().sign_in("zhao")
    tab.at.switch_page(PAGE).run()
    assert told(tab) is None
    assert "已裁定 2 / 2" in tab.words
    tab.click("回看或修改")
    assert told(tab)["study"] == "labels"


@pytest.mark.parametrize("who", ["qian", "guo"])
def test_who_has_no_cases_has_no_link(open_cases: Open, who: str) -> None:
    tab = open_cases().sign_in(who)
    assert "裁定" not in links(tab)


def test_a_lead_without_cases_is_told_so(open_cases: Open) -> None:
    tab = open_cases().sign_in("qian")
    tab.at.switch_page(PAGE).run()
    assert "现在没有需要您裁定的条目。" in tab.words


def test_who_is_no_longer_a_lead_sees_no_cases(open_cases: Open, cases: Cases) -> None:
    with cases.store.writing() as session:
        people.get(session, username="zhao").roles = ["researcher"]
    tab = open_cases().sign_in("zhao")
    assert "裁定" not in links(tab)
