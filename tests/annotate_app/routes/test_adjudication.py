import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotate_app.routes.adjudication import routes
from annotate_app.services.adjudicating import LONGEST_REASON
from db import people
from db.engine import Store
from db.tables import AdjudicationCase, Assignment, Item, Judgement
from pipeline.study import adjudicating
from pipeline.study.adjudicating import Wanted
from tests.annotate_app.leads import (
    COMMENT,
    NO,
    Cases,
    labelling,
    make_cases,
    owner,
    steps,
)

OWN, DECISION = "/api/adjudication/own", "/api/adjudication/decision"
TEXTS = {"code", "position", "question", "description", "answer", "hard"}
PROGRESS = {"revision", "own", "votes", "decision", "at"}
ANSWER = {"values", "labels", "presence", "confidence"}


@pytest.fixture
def cases(store: Store) -> Cases:
    return make_cases(store)


@pytest.fixture
def zhao(cases: Cases, serve: Callable[..., Any]) -> Any:
    return serve(cases.store, routes, who=cases.people["zhao"])


def sent(cases: Cases, item: int = 1, **changes: Any) -> dict[str, Any]:
    """Return what the desk sends as an own answer to the lead's first case."""
    usual = {"token": "t1", "base": 0, "seconds": 3.5, **labelling("labeling")}
    return {"owner": owner(cases), "item": cases.codes[item - 1], **usual, **changes}


def decided(cases: Cases, item: int = 1, **changes: Any) -> dict[str, Any]:
    usual = {"token": "t2", "base": 1, "reason": "原文里没有证据", **NO}
    return sent(cases, item, **{**usual, **changes})


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.body.keys() >= {"code", "message"}
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, answer.code


def keys(shown: Any) -> set[str]:
    if isinstance(shown, dict):
        return {*shown, *(key for inner in shown.values() for key in keys(inner))}
    return {key for inner in shown for key in keys(inner)} if isinstance(shown, list) else set()


def test_a_lead_answers_then_sees_the_votes_then_decides(cases: Cases, zhao: Any) -> None:
    begun = zhao.get("/api/adjudication?study=labels").body
    assert (begun["total"], begun["done"], begun["target"]) == (4, [], "question")
    assert [case["position"] for case in begun["cases"]] == [1, 2]
    assert begun["cases"][0]["progress"] == {
        "revision": 0,
        "own": None,
        "votes": [],
        "decision": None,
        "at": None,
    }
    own = zhao.post(OWN, sent(cases)).body
    assert own["known"] is False
    assert own["progress"]["own"]["labels"] == labelling("labeling")["labels"]
    assert [vote["comment"] for vote in own["progress"]["votes"]].count(COMMENT) == 1
    assert all(vote["values"]["presence"] == "yes" for vote in own["progress"]["votes"])
    done = zhao.post(DECISION, decided(cases)).body["progress"]
    assert (done["revision"], done["decision"]["reason"]) == (2, "原文里没有证据")
    changed = zhao.post(DECISION, decided(cases, token="t3", base=2, reason="再想想")).body
    assert changed["progress"]["revision"] == 3
    first, second, third = steps(cases.store)
    assert (first.decision, first.reason, first.revision) == ({}, "", 1)
    assert first.before == second.before == third.before
    assert second.decision == {"presence": "no", "confidence": None, "labels": []}
    assert third.reason == "再想想"
    again = zhao.get("/api/adjudication?study=labels").body
    assert (again["done"], [case["position"] for case in again["cases"]]) == ([1], [2, 3])


def test_votes_come_in_the_order_that_was_drawn(cases: Cases, zhao: Any) -> None:
    with cases.store.reading() as session:
        for place, code in enumerate(cases.codes, start=1):
            zhao.post(OWN, sent(cases, place, token=f"t{place}"))
            shown = zhao.get(
                f"/api/adjudication/cases?study=labels&owner={owner(cases)}&at={place}"
            ).body["cases"][0]
            drawn = [
                session.get_one(Judgement, vote["judgement"]).labels
                for vote in case_of(session, code).votes
            ]
            assert [vote["labels"] for vote in shown["progress"]["votes"]] == drawn


def case_of(session: Session, code: str) -> AdjudicationCase:
    asked = select(AdjudicationCase).join(Item, Item.id == AdjudicationCase.item_id)
    return session.scalars(asked.where(Item.code == code)).one()


def test_before_the_own_answer_nothing_tells_the_votes_or_whether_they_differ(
    cases: Cases, zhao: Any
) -> None:
    begun = zhao.get("/api/adjudication?study=labels")
    later = zhao.get(f"/api/adjudication/cases?study=labels&owner={owner(cases)}&at=3&at=4")
    assert keys(begun.body) == {
        *("study", "target", "total", "done", "owner", "key", "labels", "guidelines", "cases"),
        *("zh", "en", "id", "name", "definition", "boundary", "examples", "near_miss"),
        *("progress", *TEXTS, *PROGRESS),
    }
    assert keys(later.body) == {"cases", "progress", *TEXTS, *PROGRESS}
    for answer in (begun, later):
        assert COMMENT not in answer.raw.decode()
        for case in answer.body["cases"]:
            assert case["progress"] == begun.body["cases"][0]["progress"]
    shown = zhao.post(OWN, sent(cases))
    told = {"known", "progress", *PROGRESS, *ANSWER, "comment", "label", "primary", "spans"}
    assert keys(shown.body) == told


def test_the_same_token_twice_is_one_step(cases: Cases, zhao: Any) -> None:
    body = sent(cases)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: zhao.post(OWN, body), range(12)))
    assert {answer.status for answer in answers} == {200}
    assert sorted(answer.body["known"] for answer in answers) == [False] + [True] * 11
    zhao.post(DECISION, decided(cases))
    again = zhao.post(DECISION, decided(cases)).body
    assert (again["known"], again["progress"]["revision"]) == (True, 2)
    assert len(steps(cases.store)) == 2


def test_what_another_window_changed_is_told_with_the_refusal(cases: Cases, zhao: Any) -> None:
    assert refusal(zhao.post(DECISION, decided(cases, base=0))) == (409, "own_answer_first")
    zhao.post(OWN, sent(cases))
    second = zhao.post(OWN, sent(cases, token="other"))
    assert refusal(second) == (409, "changed_elsewhere")
    assert len(second.body["newest"]["votes"]) == 2
    zhao.post(DECISION, decided(cases))
    late = zhao.post(DECISION, decided(cases, token="late", reason="也许"))
    assert refusal(late) == (409, "changed_elsewhere")
    assert late.body["newest"]["decision"]["reason"] == "原文里没有证据"
    assert len(steps(cases.store)) == 2


def test_evidence_is_kept_in_characters_of_the_labelled_text(cases: Cases, zhao: Any) -> None:
    spans = [
        {"field": "description", "start": 8, "end": 9},
        {"field": "question", "start": 0, "end": 2},
    ]
    assert zhao.post(OWN, sent(cases, **labelling("labeling", spans=spans))).status == 200
    (row,) = steps(cases.store)
    assert row.before is not None
    assert row.before["labels"][0]["spans"] == spans[::-1]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (labelling("sadness"), "label_unknown"),
        (
            labelling("labeling", spans=[{"field": "question", "start": 0, "end": 99}]),
            "span_outside",
        ),
        (labelling("labeling", spans=[{"field": "answer", "start": 0, "end": 1}]), "span_outside"),
        (labelling("labeling", presence="no"), "labels_without_presence"),
        ({"values": {"presence": None, "confidence": None}, "labels": []}, "presence_missing"),
        ({"values": {"presence": "maybe", "confidence": None}, "labels": []}, "not_understood"),
        ({"token": ""}, "not_understood"),
        ({"labels": [7]}, "not_understood"),
        ({"base": "0"}, "not_understood"),
        ({"reason": "an own answer has none"}, "not_understood"),
    ],
)
def test_an_own_answer_that_cannot_be_kept_is_refused(
    cases: Cases, zhao: Any, given: dict[str, Any], code: str
) -> None:
    answer = zhao.post(OWN, sent(cases, **given))
    assert refusal(answer) == (422, code)
    assert COMMENT not in answer.raw.decode()
    assert not steps(cases.store)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": " \n"}, "reason_missing"),
        ({"reason": "\u200b \u2060"}, "reason_missing"),
        ({"reason": "长" * (LONGEST_REASON + 1)}, "reason_too_long"),
        (labelling("sadness"), "label_unknown"),
        ({"reason": None}, "not_understood"),
    ],
)
def test_a_decision_that_cannot_be_kept_is_refused(
    cases: Cases, zhao: Any, given: dict[str, Any], code: str
) -> None:
    zhao.post(OWN, sent(cases))
    assert refusal(zhao.post(DECISION, decided(cases, **given))) == (422, code)
    assert len(steps(cases.store)) == 1
    longest = decided(cases, reason="长" * LONGEST_REASON)
    assert zhao.post(DECISION, longest).status == 200


@pytest.mark.parametrize("who", ["qian", "guo", "li"])
def test_a_case_is_for_its_own_lead_only(cases: Cases, serve: Callable[..., Any], who: str) -> None:
    other = serve(cases.store, routes, who=cases.people[who])
    assert refusal(other.get("/api/adjudication?study=labels")) == (403, "not_yours")
    theirs = owner(cases, who)
    asked = f"/api/adjudication/cases?study=labels&owner={theirs}&at=1"
    assert refusal(other.get(asked)) == (403, "not_yours")
    assert refusal(other.post(OWN, sent(cases, owner=theirs))) == (403, "not_yours")
    assert not steps(cases.store)


def test_who_has_signed_in_to_this_browser_since_gets_nothing(
    cases: Cases, serve: Callable[..., Any]
) -> None:
    other = serve(cases.store, routes, who=cases.people["qian"])
    assert refusal(other.post(OWN, sent(cases))) == (401, "not_signed_in")
    asked = f"/api/adjudication/cases?study=labels&owner={owner(cases)}&at=1"
    owner(cases, "qian")
    assert refusal(other.get(asked)) == (401, "not_signed_in")


def test_who_is_no_longer_a_lead_or_signed_in_is_refused(cases: Cases, zhao: Any) -> None:
    with cases.store.writing() as session:
        people.get(session, username="zhao").roles = ["rater"]
    assert refusal(zhao.get("/api/adjudication?study=labels")) == (403, "not_yours")
    assert refusal(zhao.post(OWN, sent(cases))) == (403, "not_yours")
    with cases.store.writing() as session:
        people.switch(session, person=people.get(session, username="zhao"), able=False)
    assert refusal(zhao.post(OWN, sent(cases))) == (401, "not_signed_in")
    assert not steps(cases.store)


def test_who_labelled_the_item_cannot_decide_it(cases: Cases, zhao: Any) -> None:
    with cases.store.writing() as session:
        case = case_of(session, cases.codes[0])
        zhao_id = cases.people["zhao"]
        mine = Assignment(study_id=case.study_id, item_id=case.item_id, person_id=zhao_id)
        session.add(mine)
        session.flush()
        session.add(Judgement(assignment_id=mine.id, revision=1, token="z", **NO))
    assert refusal(zhao.post(OWN, sent(cases))) == (403, "labelled_by_you")
    assert zhao.post(OWN, sent(cases, 2)).status == 200


def test_a_page_of_another_address_cannot_decide(cases: Cases, zhao: Any) -> None:
    answer = zhao.post(OWN, sent(cases), origin="https://elsewhere.example")
    assert refusal(answer) == (403, "wrong_origin")
    assert not steps(cases.store)


def test_who_takes_over_a_case_answers_anew_without_the_votes(
    cases: Cases, zhao: Any, serve: Callable[..., Any]
) -> None:
    zhao.post(OWN, sent(cases))
    with cases.store.writing() as session:
        people.switch(session, person=people.get(session, username="zhao"), able=False)
    adjudicating.run(cases.store, Wanted("labels"))
    qian = serve(cases.store, routes, who=cases.people["qian"])
    begun = qian.get("/api/adjudication?study=labels").body
    assert all(not case["progress"]["votes"] for case in begun["cases"])
    mine = {"owner": owner(cases, "qian"), **NO}
    assert qian.post(OWN, sent(cases, **mine, token="q1")).body["progress"]["revision"] == 2
    assert qian.post(DECISION, decided(cases, **mine, token="q2", base=2)).status == 200
    before = [row.before and row.before["presence"] for row in steps(cases.store)]
    assert before == ["yes", "no", "no"]


def test_answers_of_one_system_are_decided_with_evidence_in_the_answer(
    store: Store, serve: Callable[..., Any]
) -> None:
    cases = make_cases(store, system="kanarienvogel")
    zhao = serve(cases.store, routes, who=cases.people["zhao"])
    begun = zhao.get("/api/adjudication?study=labels")
    assert begun.body["target"] == "answer"
    assert "kanarienvogel" not in json.dumps(begun.body)
    spans = [{"field": "answer", "start": 0, "end": 4}]
    assert zhao.post(OWN, sent(cases, **labelling("labeling", spans=spans))).status == 200
