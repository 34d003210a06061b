import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from annotate_app.routes.desk import KINDS, routes
from annotate_app.services import sign_in
from db.engine import connect
from db.people import get, switch
from tests.annotate_app.asking import FULL, NONE, leave_unused, owner, set_status, stored
from tests.annotate_app.conftest import CANARY
from tests.annotate_app.labelling_study import add_labelling, label

AT = "/api/desk/judgement"
ODD = ["\0", "%00", "\ud800", "../etc", "<b>", "' OR 1=1 --", "é" * 500]


@pytest.fixture
def lin(made: Any, serve: Callable[..., Any]) -> Any:
    return serve(made.store, routes, who=made.people["lin"])


@pytest.fixture
def lin_sqlite(made_sqlite: Any, serve: Callable[..., Any]) -> Any:
    return serve(made_sqlite.store, routes, who=made_sqlite.people["lin"])


def sent(made: Any, who: str = "lin", **changes: Any) -> dict[str, Any]:
    """Return what the desk sends for the rater's first item."""
    usual = {
        "token": "t1",
        "base": 0,
        "values": FULL,
        "labels": [],
        "comment": "",
        "flags": {},
        "seconds": 3.5,
    }
    own = {"owner": owner(made, who), "item": made.codes["lin"][0]}
    return {**own, **usual, **changes}


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.body.keys() >= {"code", "message"}
    assert "Traceback" not in answer.raw.decode()
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, answer.code


def test_a_judgement_is_committed_before_it_is_acknowledged(made: Any, lin: Any) -> None:
    answer = lin.post(AT, sent(made))
    (row,) = stored(made.store)
    kept = {"revision": 1, "at": row.submitted_at.isoformat(), "known": False}
    assert (answer.status, answer.body) == (200, kept)
    assert lin.post(AT, sent(made)).body == {**kept, "known": True}
    assert len(stored(made.store)) == 1


def test_a_study_is_rated_from_its_beginning_to_its_end(made: Any, lin: Any) -> None:
    begun = lin.get("/api/desk?study=pilot").body
    for place, item in enumerate(begun["items"], start=1):
        assert lin.post(AT, sent(made, item=item["code"])).status == 200, place
    (last,) = lin.get("/api/desk?study=pilot").body["items"]
    assert last["position"] == 6
    assert lin.post(AT, sent(made, item=last["code"])).status == 200
    ended = lin.get("/api/desk?study=pilot").body
    assert (ended["done"], ended["items"]) == ([1, 2, 3, 4, 5, 6], [])
    asked = f"/api/desk/items?study=pilot&owner={begun['owner']}&at=1&at=4"
    given = [item["previous"]["values"] for item in lin.get(asked).body["items"]]
    assert given == [FULL, FULL]


def test_the_answers_have_these_keys_and_no_others(made: Any, lin: Any) -> None:
    lin.post(AT, sent(made, item=made.codes["lin"][1]))
    begun = lin.get("/api/desk?study=pilot")
    later = lin.get(f"/api/desk/items?study=pilot&owner={owner(made)}&at=1&at=2")
    assert keys(begun.body) | keys(later.body) == {
        *("study", "kind", "target", "total", "done", "owner", "key", "items"),
        *("criteria", "labels", "guidelines"),
        *("zh", "en", "id", "name", "question", "levels", "value", "label", "anchor", "example"),
        *("code", "position", "description", "answer", "hard", "previous"),
        *("revision", "values", "labels", "comment", "flags", "at", *FULL),
    }
    refused = lin.post(AT, sent(made, item=made.codes["lin"][1], token="t2"))
    told = {"code", "message", "newest"}
    given = {"revision", "values", "labels", "comment", "flags", "at", *FULL}
    assert keys(refused.body) == told | given
    for answer in (begun, later, refused):
        assert CANARY not in answer.raw.decode()


def keys(shown: Any) -> set[str]:
    if isinstance(shown, dict):
        return {*shown, *(key for inner in shown.values() for key in keys(inner))}
    return {key for inner in shown for key in keys(inner)} if isinstance(shown, list) else set()


def test_what_was_judged_in_another_window_is_told_with_the_refusal(made: Any, lin: Any) -> None:
    lin.post(AT, sent(made, comment="先来的"))
    answer = lin.post(AT, sent(made, token="t2"))
    assert refusal(answer) == (409, "changed_elsewhere")
    newest = answer.body["newest"]
    assert (newest["revision"], newest["values"], newest["comment"]) == (1, FULL, "先来的")
    assert len(stored(made.store)) == 1


def test_one_judgement_that_arrives_many_times_at_once_is_one(made: Any, lin: Any) -> None:
    body = sent(made)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: lin.post(AT, body), range(16)))
    assert {answer.status for answer in answers} == {200}
    assert sorted(answer.body["known"] for answer in answers) == [False] + [True] * 15
    assert len(stored(made.store)) == 1


def test_a_closed_study_says_so_and_still_knows_what_was_kept(made: Any, lin: Any) -> None:
    lin.post(AT, sent(made))
    set_status(made.store, "closed")
    assert lin.post(AT, sent(made)).body["known"]
    later = lin.post(AT, sent(made, item=made.codes["lin"][1]))
    assert refusal(later) == (409, "study_not_open")
    assert refusal(lin.get("/api/desk?study=pilot")) == (409, "study_not_open")


@pytest.mark.parametrize("end", ["nobody", "signed out", "expired", "made up", "disabled"])
def test_who_is_not_signed_in_gets_and_keeps_nothing(made: Any, lin: Any, end: str) -> None:
    body = sent(made)
    if end in {"nobody", "made up"}:
        lin.token = None if end == "nobody" else "made-up"
    if end == "signed out":
        sign_in.sign_out(made.store, token=lin.token, everywhere=True)
    if end == "expired":
        leave_unused(made.store, hours=13)
    if end == "disabled":
        with made.store.writing() as session:
            switch(session, person=get(session, username="lin"), able=False)
    asked = f"/api/desk/items?study=pilot&at=1&owner={body['owner']}"
    for answer in (lin.post(AT, body), lin.get("/api/desk?study=pilot"), lin.get(asked)):
        assert refusal(answer) == (401, "not_signed_in")
    assert stored(made.store) == []


def test_a_tab_that_another_person_left_open_can_neither_read_nor_save(made: Any, lin: Any) -> None:
    of_lin = sent(made)
    lin.token = sign_in.begin(made.store, person_id=made.people["wu"])
    assert refusal(lin.post(AT, of_lin)) == (401, "not_signed_in")
    asked = f"/api/desk/items?study=pilot&at=1&owner={of_lin['owner']}"
    assert refusal(lin.get(asked)) == (401, "not_signed_in")
    assert stored(made.store) == []


def test_what_is_anothers_is_refused_in_the_words_for_what_does_not_exist(
    made: Any, serve: Callable[..., Any]
) -> None:
    he = serve(made.store, routes, who=made.people["he"])
    theirs, none = (
        he.post(AT, sent(made, "he", item=item)) for item in (made.codes["lin"][0], "no-such")
    )
    assert refusal(theirs) == refusal(none) == (403, "not_yours")
    assert theirs.raw == none.raw
    theirs, none = (he.get(f"/api/desk?study={study}") for study in ("pilot", "no-such"))
    assert refusal(theirs) == (403, "not_yours")
    assert theirs.raw == none.raw
    assert stored(made.store) == []


def test_who_researches_has_no_desk(made: Any, serve: Callable[..., Any]) -> None:
    guo = serve(made.store, routes, who=made.people["guo"])
    assert refusal(guo.get("/api/desk?study=pilot")) == (403, "not_yours")
    assert refusal(guo.post(AT, sent(made, "guo"))) == (403, "not_yours")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": {"relevance": 1}}, "scores_missing"),
        ({"values": {**FULL, "relevance": 3}}, "off_scale"),
        ({"values": {**FULL, "relevance": True}}, "off_scale"),
        ({"values": {**FULL, "relevance": {"a": [1]}}}, "off_scale"),
        ({"values": {**FULL, "\0": 1}}, "off_scale"),
        ({"flags": {"cannot_judge": ""}}, "scores_and_cannot_judge"),
        ({"flags": {"harmful": "长" * 501}}, "reason_too_long"),
        ({"flags": {"harmful": None}}, "not_understood"),
        ({"flags": ["harmful"]}, "not_understood"),
        ({"flags": {"worse": ""}}, "not_understood"),
        ({"comment": "长" * 5_001}, "comment_too_long"),
        ({"comment": None}, "not_understood"),
        ({"token": ""}, "not_understood"),
        ({"token": "t" * 65}, "not_understood"),
        ({"token": 5}, "not_understood"),
        ({"base": "0"}, "not_understood"),
        ({"base": True}, "not_understood"),
        ({"seconds": "3"}, "not_understood"),
        ({"item": ["x"]}, "not_understood"),
        ({"person": 2}, "not_understood"),
        ({"revision": 1}, "not_understood"),
    ],
)
def test_a_wrong_judgement_is_refused_in_one_sentence(
    made_sqlite: Any, lin_sqlite: Any, changes: dict[str, Any], code: str
) -> None:
    answer = lin_sqlite.post(AT, sent(made_sqlite, **changes))
    assert refusal(answer) == (422, code)
    assert "\n" not in answer.body["message"]
    assert stored(made_sqlite.store) == []


def test_missing_scores_are_told_by_their_criteria(made_sqlite: Any, lin_sqlite: Any) -> None:
    answer = lin_sqlite.post(AT, sent(made_sqlite, values={"structure": 1}))
    assert answer.body["criteria"] == ["relevance", "helpfulness"]


@pytest.mark.parametrize("name", KINDS)
def test_a_field_that_is_missing_is_named(made_sqlite: Any, lin_sqlite: Any, name: str) -> None:
    body = sent(made_sqlite)
    del body[name]
    if name in {"seconds", "labels"}:  # an unknown time, and what a rating has not, may be left out
        assert lin_sqlite.post(AT, body).status == 200
        return
    answer = lin_sqlite.post(AT, body)
    assert refusal(answer) == (422, "not_understood")
    assert name in answer.body["message"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_texts_never_fail_inside(made: Any, lin: Any, odd: str) -> None:
    kept = lin.post(AT, sent(made, comment=odd, flags={"harmful": odd}))
    assert kept.status == 200
    for name in ("item", "owner"):
        assert lin.post(AT, sent(made, **{name: odd, "token": "t2"})).status in {401, 403}
    assert lin.post(AT, sent(made, token=odd, base=1)).status in {200, 422}


@pytest.mark.parametrize(
    "odd", ["%00", "%ED%A0%80", "%FF", "a" * 4_000, "%27%20OR%201=1", "&study=b"]
)
def test_odd_questions_never_fail_inside(made: Any, lin: Any, odd: str) -> None:
    assert refusal(lin.get(f"/api/desk?study={odd}")) == (403, "not_yours")
    theirs = f"owner={owner(made)}"
    assert refusal(lin.get(f"/api/desk/items?study={odd}&{theirs}&at=1")) == (403, "not_yours")
    assert refusal(lin.get(f"/api/desk/items?study=pilot&owner={odd}&at=1"))[0] == 401


@pytest.mark.parametrize("position", ["", "-1", "1.5", "%EF%BC%91", "x", "9" * 10, "%00", "1e3"])
def test_a_position_is_a_whole_number(made_sqlite: Any, lin_sqlite: Any, position: str) -> None:
    asked = f"/api/desk/items?study=pilot&owner={owner(made_sqlite)}&at={position}"
    assert refusal(lin_sqlite.get(asked)) == (422, "not_understood")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"origin": "http://evil.example"}, "wrong_origin"),
        ({"origin": None}, "wrong_origin"),
        ({"content_type": "text/plain"}, "not_json"),
    ],
)
def test_only_the_desks_own_page_may_save(
    made_sqlite: Any, lin_sqlite: Any, headers: dict[str, str | None], code: str
) -> None:
    assert lin_sqlite.post(AT, sent(made_sqlite), **headers).code == code
    assert refusal(lin_sqlite.get(AT)) == (405, "wrong_method")
    assert refusal(lin_sqlite.ask("POST", "/api/desk?study=pilot")) == (405, "wrong_method")
    assert stored(made_sqlite.store) == []


def test_ten_megabytes_are_not_even_read(made_sqlite: Any, lin_sqlite: Any) -> None:
    body = json.dumps(sent(made_sqlite, comment="长" * 3_500_000)).encode()
    try:
        answer = lin_sqlite.post(AT, body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server hung up on the rest
    else:
        assert refusal(answer) == (413, "too_large")
    assert stored(made_sqlite.store) == []


def test_an_honest_desk_is_never_too_fast(made_sqlite: Any, lin_sqlite: Any) -> None:
    body = sent(made_sqlite)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: lin_sqlite.post(AT, body), range(300)))
    assert {answer.status for answer in answers} == {200}


def test_a_machine_that_saves_without_end_is_slowed_down(made_sqlite: Any, lin_sqlite: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: lin_sqlite.post(AT, b"{}"), range(1_500)))
    slowed = [answer for answer in answers if answer.status == 429]
    assert slowed
    assert slowed[0].headers["retry-after"] == "1"


def test_while_the_store_is_busy_a_save_is_told_to_wait_and_reading_goes_on(
    made_sqlite: Any, lin_sqlite: Any
) -> None:
    lin_sqlite.get("/api/desk?study=pilot")
    body = sent(made_sqlite)
    other = connect(made_sqlite.store.engine.url.render_as_string(hide_password=False))
    answers: list[Any] = []
    saving = threading.Thread(target=lambda: answers.append(lin_sqlite.post(AT, body)))
    with other.writing() as session:
        session.execute(text("UPDATE study SET seed = seed"))
        saving.start()
        assert lin_sqlite.get("/api/desk?study=pilot").status == 200
        saving.join()
    assert refusal(answers[0]) == (503, "store_busy")
    assert lin_sqlite.post(AT, body).status == 200
    assert len(stored(made_sqlite.store)) == 1


def test_a_labelling_is_kept_and_comes_back_with_its_evidence(
    made: Any, serve: Callable[..., Any]
) -> None:
    labels = add_labelling(made)
    lin = serve(made.store, routes, who=made.people["lin"])
    begun = lin.get("/api/desk?study=labels").body
    assert (begun["kind"], begun["target"]) == ("distortion", "question")
    assert begun["labels"]["en"][0].keys() == {
        *("id", "name", "definition", "boundary", "examples", "near_miss"),
    }
    given = {
        "values": {"presence": "yes", "confidence": 3},
        "labels": [label("labeling", ("description", 0, 4))],
    }
    item = labels.codes["lin"][0]
    assert lin.post(AT, sent(made, item=item, **given)).status == 200
    asked = f"/api/desk/items?study=labels&owner={begun['owner']}&at=1"
    (shown,) = lin.get(asked).body["items"]
    assert shown["previous"].items() >= given.items()
    refused = lin.post(AT, sent(made, item=item, token="t2", **given))
    assert refused.body["newest"].items() >= given.items()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": {}}, "presence_missing"),
        ({"labels": [label("rumination")]}, "label_unknown"),
        ({"labels": [label("labeling", ("description", 0, 5_000))]}, "span_outside"),
        ({"labels": [label("labeling", primary=False)]}, "primary_missing"),
        ({"values": {"presence": "no"}, "labels": [label("labeling")]}, "labels_without_presence"),
        ({"labels": {}}, "not_understood"),
        ({"labels": [[]]}, "not_understood"),
        ({"flags": {"harmful": ""}}, "not_understood"),
    ],
)
def test_a_wrong_labelling_is_refused_under_its_own_code(
    made_sqlite: Any, lin_sqlite: Any, changes: dict[str, Any], code: str
) -> None:
    labels = add_labelling(made_sqlite)
    own = {"item": labels.codes["lin"][0], "values": {"presence": "yes"}, **changes}
    answer = lin_sqlite.post(AT, sent(made_sqlite, **own))
    assert refusal(answer) == (422, code)
    assert stored(made_sqlite.store) == []


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
AN_ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "token": st.text(max_size=70) | anything,
        "base": st.integers(-3, 3) | anything,
        "values": st.dictionaries(st.sampled_from([*FULL, "x"]), st.integers(-1, 4) | anything)
        | st.sampled_from([FULL, NONE]),
        "labels": st.just([]) | anything,
        "comment": st.text() | anything,
        "flags": st.dictionaries(
            st.sampled_from(["harmful", "overwhelming", "cannot_judge", "x"]), st.text() | anything
        ),
        "seconds": st.floats(allow_nan=False, allow_infinity=False) | anything,
    },
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=AN_ANSWER)
def test_whatever_arrives_is_kept_whole_or_refused_whole(
    made_sqlite: Any, lin_sqlite: Any, changes: dict[str, Any]
) -> None:
    before = len(stored(made_sqlite.store))
    answer = lin_sqlite.post(AT, sent(made_sqlite, **changes))
    after = stored(made_sqlite.store)
    if answer.status == 200:
        assert len(after) == before + (not answer.body["known"])
        newest = after[-1]
        scores = set(newest.values.values())
        assert newest.values.keys() == FULL.keys()
        assert scores <= {0, 1, 2} or scores == {None}
    else:
        assert answer.status in {409, 422}
        assert refusal(answer)[1]
        assert len(after) == before
