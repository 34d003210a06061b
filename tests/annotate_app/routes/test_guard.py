import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from annotate_app.routes import guard
from annotate_app.routes.pace import Pace
from annotate_app.services import sign_in
from db.errors import StoreBusy, StoreError, StoreFull
from db.people import get, switch

TROUBLE = {"busy": StoreBusy, "full": StoreFull, "away": StoreError}


async def echo(request: Request) -> Response:
    body = await guard.json_body(request)
    if "trouble" in body:
        raise TROUBLE[body["trouble"]]("the store /srv/secret/store.sqlite has a trouble")
    return JSONResponse(body)


async def name(request: Request) -> Response:
    person = await run_in_threadpool(guard.signed_in, request)
    return JSONResponse({"name": person.username})


ROUTES = [guard.post("/echo", echo, pace=Pace(1e6, 1e6)), guard.get("/name", name)]


@pytest.fixture
def caller(made_sqlite: Any, serve: Callable[..., Any]) -> Any:
    return serve(made_sqlite.store, ROUTES, who=made_sqlite.people["lin"])


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.body.keys() >= {"code", "message"}
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, answer.code


def test_what_a_page_of_ours_sends_arrives_whole(caller: Any) -> None:
    sent = {"comment": "慢慢来 🌱 \\u0000 é", "values": {"a": 2, "b": None}, "seconds": 1.5}
    answer = caller.post("/echo", sent)
    assert (answer.status, answer.body) == (200, sent)
    assert answer.headers["cache-control"] == "no-store"
    kind = "Application/JSON; charset=utf-8"
    assert caller.post("/echo", sent, content_type=kind).body == sent


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://["},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://evil.example", "sec_fetch_site": "same-origin"},
        {"origin": None},
        {"origin": None, "sec_fetch_site": "same-site"},
        {"origin": None, "sec_fetch_site": "cross-site"},
        {"origin": "http://é"},
    ],
)
def test_another_page_may_not_ask(caller: Any, headers: dict[str, str | None]) -> None:
    assert refusal(caller.post("/echo", **headers)) == (403, "wrong_origin")


def test_a_page_of_this_address_may_ask_by_either_sign(caller: Any) -> None:
    assert caller.post("/echo", origin=None, sec_fetch_site="same-origin").status == 200
    assert caller.post("/echo", origin=f"HTTP://{caller.host.upper()}").status == 200


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json5", "é", ""])
def test_only_json_is_taken(caller: Any, kind: str | None) -> None:
    assert refusal(caller.post("/echo", content_type=kind)) == (415, "not_json")


NESTED = 5_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe{}",
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 9007199254740993}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": ' + b"[" * NESTED + b"]" * NESTED + b"}",
        b'{"a": ' + b'{"a":' * NESTED + b"1" + b"}" * NESTED + b"}",
    ],
)
def test_what_is_not_one_plain_object_is_refused_in_one_sentence(caller: Any, body: bytes) -> None:
    answer = caller.post("/echo", body)
    assert refusal(answer) == (422, "not_understood")
    assert "Traceback" not in answer.body["message"]


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_deep_nesting_with_escapes_never_fails_inside(caller: Any, depth: int) -> None:
    body = b'{"\\u0041": ' + b"[" * depth + b"]" * depth + b"}"
    assert caller.post("/echo", body).status in {200, 422}


def test_characters_that_no_store_keeps_are_taken_out(caller: Any) -> None:
    body = rb'{"comment": "a\u0000b\ud800c \ud83c\udf31", "list": ["\u0000"], "k\u0000": {"x": 1}}'
    kept = {"comment": "ab\ufffdc 🌱", "list": [""], "k": {"x": 1}}
    assert caller.post("/echo", body).body == kept
    json.dumps(kept).encode()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
def test_what_is_too_large_is_refused_and_the_connection_still_answers(
    caller: Any, size: int
) -> None:
    body = b'{"comment": "' + b"x" * size + b'"}'
    assert refusal(caller.post("/echo", body)) == (413, "too_large")
    assert caller.post("/echo", {}).status == 200


def raw(caller: Any, sent: bytes) -> bytes:
    answer = b""  # its head and its body may come one after the other
    with socket.create_connection(("127.0.0.1", caller.port), timeout=10) as connection:
        connection.sendall(sent)
        with suppress(ConnectionResetError):  # what was not read is thrown away with the connection
            while part := connection.recv(65_536):
                answer += part
    return answer


def head(caller: Any, *more: str) -> bytes:
    lines = ["POST /echo HTTP/1.1", f"Host: {caller.host}", f"Origin: http://{caller.host}"]
    lines += ["Content-Type: application/json", "Connection: close", *more, "", ""]
    return "\r\n".join(lines).encode()


def test_a_body_that_has_no_length_is_read_no_further_than_allowed(caller: Any) -> None:
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    sent = head(caller, "Transfer-Encoding: chunked") + chunk * 17
    assert b"413" in raw(caller, sent)[:20]


def test_a_body_longer_than_it_says_is_cut_where_it_says(caller: Any) -> None:
    assert b"422" in raw(caller, head(caller, "Content-Length: 3") + b'{"a": 1}')[:20]


def test_a_body_that_does_not_arrive_is_not_waited_for(caller: Any) -> None:
    guard.SECONDS_TO_SEND, usual = 0.2, guard.SECONDS_TO_SEND
    try:
        answer = raw(caller, head(caller, "Content-Length: 30") + b'{"a": 1')
    finally:
        guard.SECONDS_TO_SEND = usual
    assert b"408" in answer[:20]
    assert b"too_slow" in answer


def test_who_leaves_in_the_middle_of_a_request_harms_nobody(caller: Any) -> None:
    with socket.create_connection(("127.0.0.1", caller.port), timeout=10) as connection:
        connection.sendall(head(caller, "Content-Length: 30") + b'{"a": 1')
    assert caller.post("/echo", {}).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW"])
def test_another_method_is_refused_by_our_own_route(caller: Any, method: str) -> None:
    answer = caller.ask(method, "/echo")
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    if method != "HEAD":
        assert answer.code == "wrong_method"


def test_haste_is_slowed_down_with_the_time_to_wait(
    made_sqlite: Any, serve: Callable[..., Any]
) -> None:
    caller = serve(made_sqlite.store, [guard.post("/echo", echo, pace=Pace(0.1, 3))], who=1)
    answers = [caller.post("/echo") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert refusal(answers[-1]) == (429, "slow_down")
    assert answers[-1].body["seconds"] == int(answers[-1].headers["retry-after"]) == 10
    assert serve(made_sqlite.store, [], who=2).token != caller.token
    assert caller.ask("POST", "/echo", b"{}", {"cookie": "cbt_sign_in=another"}).status == 403


@pytest.mark.parametrize(
    ("trouble", "code"), [("busy", "store_busy"), ("full", "store_full"), ("away", "store_busy")]
)
def test_a_store_in_trouble_is_told_without_its_path(caller: Any, trouble: str, code: str) -> None:
    answer = caller.post("/echo", {"trouble": trouble})
    assert refusal(answer) == (503, code)
    assert "secret" not in answer.raw.decode()


@pytest.mark.parametrize("token", ["", "made-up", "é", '"quoted"', "x" * 4_000])
def test_a_made_up_cookie_is_nobodys(caller: Any, token: str) -> None:
    assert caller.get("/name").body == {"name": "lin"}
    caller.token = token
    assert refusal(caller.get("/name")) == (401, "not_signed_in")


def test_a_sign_in_that_has_ended_is_refused(caller: Any, made_sqlite: Any) -> None:
    sign_in.sign_out(made_sqlite.store, token=caller.token, everywhere=False)
    assert refusal(caller.get("/name")) == (401, "not_signed_in")


def test_a_person_who_is_disabled_is_refused_at_once(caller: Any, made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        switch(session, person=get(session, username="lin"), able=False)
    assert refusal(caller.get("/name")) == (401, "not_signed_in")
