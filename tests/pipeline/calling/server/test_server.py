import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from db.errors import NotCalled
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.server import connected
from tests.mixed_server import WAYS, Mixed
from tests.model_server import Answer, model_server
from tests.pipeline.calling.told import BODY, KEY, ask, told


def answered(answer: Answer, *, key: str | None = KEY, seconds: float = 5.0) -> Reply | Fault:
    with model_server(lambda _: answer) as served:
        return asyncio.run(ask(served.url, key=key, seconds=seconds))


def fault(answer: Answer, *, key: str | None = KEY, seconds: float = 5.0) -> Fault:
    got = answered(answer, key=key, seconds=seconds)
    assert isinstance(got, Fault)
    assert got.message.startswith("the server 127.0.0.1:")
    return got


def error(status: int, message: str, **more: Any) -> Answer:
    return Answer(status=status, body=json.dumps({"error": {"message": message, **more}}).encode())


def test_a_request_goes_out_as_it_is_and_its_reply_comes_back() -> None:
    with model_server(lambda _: Answer("别急。", finish_reason="length")) as served:
        got = asyncio.run(ask(served.url))
        assert isinstance(got, Reply)
        assert (got.content, got.finish_reason, got.model) == ("别急。", "length", "m")
        assert got.usage is not None
        assert (got.usage.tokens_in, got.usage.tokens_out) == (100, 50)
        assert 0 < got.seconds < 5
        assert served.asked == [BODY]
        assert served.keys == {KEY}


def test_calls_share_connections_and_none_stays_open() -> None:
    async def many(url: str) -> set[int]:
        async with connected(base_url=url, key=None) as server:
            for _ in range(3):
                await asyncio.gather(*(server.ask(BODY, timeout_seconds=5.0) for _ in range(8)))
                open_.add(served.connections)
        await asyncio.sleep(0.05)
        return {served.connections}

    open_: set[int] = set()
    with model_server(lambda _: Answer("ok")) as served:
        assert asyncio.run(many(served.url)) == {0}
        assert len(served.asked) == 24
        assert served.keys == {"no-key"}
    assert max(open_) <= 8


def test_what_a_server_cannot_give_is_told_in_one_sentence() -> None:
    got = fault(error(401, f"Incorrect API key provided: {KEY}", code="invalid_api_key"))
    assert got.kind == "key"
    assert got.message.endswith("does not take the key; check that it is one for this server")
    got = fault(error(401, "You didn't provide an API key"), key=None)
    assert got.message.endswith(
        "answers nobody without a key; set OPENAI_API_KEY in the environment"
    )
    got = fault(error(404, "The model `m` does not exist", code="model_not_found"))
    assert got.kind == "model"
    assert got.message.endswith("check its name (The model `m` does not exist)")
    got = fault(Answer(status=404, body=b'{"detail": "Not Found"}'))
    assert got.kind == "bad_request"
    assert "nothing at this base URL; check it, most end in /v1" in got.message


def test_a_server_that_asks_to_wait_says_for_how_long() -> None:
    answer = error(429, "slow down", code="rate_limit_exceeded")
    for headers, seconds in (({"retry-after": "3"}, 3.0), ({"retry-after-ms": "40"}, 0.04)):
        got = fault(Answer(status=429, body=answer.body, headers=headers))
        assert (got.kind, got.retry_after, got.may_be_billed) == ("rate_limit", seconds, False)


def test_a_setting_that_a_server_does_not_take_is_named() -> None:
    got = fault(error(400, "'response_format' is not supported", param="response_format"))
    assert (got.kind, got.about) == ("bad_request", "response_format")


def test_a_key_that_a_server_echoes_is_not_shown() -> None:
    async def all_told(url: str) -> list[Reply | Fault]:
        async with connected(base_url=url, key=KEY) as server:
            return [await told(server) for _ in answers]

    echoes = (KEY, KEY[:8] + "*****" + KEY[-4:], KEY.upper(), f"Bearer {KEY}", KEY[4:15])
    answers = [
        error(status, f"bad ({echo}), sorry") for echo in echoes for status in (400, 403, 429, 500)
    ]
    left = iter(answers)
    with model_server(lambda _: next(left)) as served:
        for got in asyncio.run(all_told(served.url)):
            assert isinstance(got, Fault)
            shown = got.message.replace("Bearer ", "")
            assert shown.endswith("(bad ([key]), sorry)")
    moved = fault(Answer(status=307, headers={"location": f"http://else/{KEY}?k={KEY}"}, body=b""))
    assert "sends calls on to another address" in moved.message
    assert KEY not in moved.message


def test_a_question_follows_no_redirect() -> None:
    with model_server(lambda _: Answer("stolen")) as other:
        got = fault(Answer(status=308, headers={"location": f"{other.url}/chat/completions"}))
        assert got.kind == "bad_request"
        assert other.asked == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("x" * 5_000, cut=0.5), "cut_off"),
        (Answer("x", cut=0.0), "cut_off"),
        (Answer(reset=True), "connection"),
        (Answer(body=b"<html><title>Sign in</title></html>"), "malformed"),
        (Answer(body=b'{"choices": [{"mess'), "malformed"),
        (Answer(status=204, body=b""), "malformed"),
        (Answer("x", headers={"content-encoding": "gzip"}), "malformed"),
        (Answer(status=502, body=b"<html><title>502 Bad Gateway</title></html>"), "server"),
        (Answer(status=408, body=b""), "server"),
    ],
)
def test_an_answer_that_breaks_may_have_been_paid_for(answer: Answer, kind: str) -> None:
    got = fault(answer)
    assert (got.kind, got.may_be_billed) == (kind, True)


def test_an_error_inside_a_good_status_counts_as_its_own() -> None:
    got = fault(Answer(body=b'{"error": {"code": 429, "message": "upstream is busy"}}'))
    assert got.kind == "rate_limit"


@pytest.mark.parametrize(
    "answer", [Answer(hang=True), Answer("ok" * 500, drip=30.0)], ids=["hang", "drip"]
)
def test_no_server_can_draw_a_call_out(answer: Answer) -> None:
    got = fault(answer, seconds=0.3)
    assert (got.kind, got.may_be_billed) == ("timeout", True)
    assert "no whole answer within 0.3 seconds" in got.message


def test_a_slow_answer_within_its_time_is_whole() -> None:
    got = answered(Answer("ok" * 500, drip=0.2))
    assert isinstance(got, Reply)
    assert got.content == "ok" * 500
    assert got.seconds >= 0.15


FAULTS = {
    "limited": "rate_limit", "limited_ms": "rate_limit", "limited_until": "rate_limit",
    "server_error": "server", "bad_gateway": "server", "hang": "timeout", "cut": "cut_off",
    "reset": "connection", "malformed": "malformed", "page": "malformed",
    "wrong_schema": "malformed", "filtered": "filtered",
}  # fmt: skip


def test_each_way_of_a_server_gives_the_reply_or_the_fault_that_it_is() -> None:
    async def all_told(url: str) -> list[Reply | Fault]:
        async with connected(base_url=url, key=KEY) as server:
            return [await told(server, seconds=0.5) for _ in ways]

    ways = list(WAYS)
    left = iter(ways)
    with model_server(lambda _: WAYS[next(left)](Answer("别急，慢慢说。" * 20))) as served:
        got = dict(zip(ways, asyncio.run(all_told(served.url)), strict=True))
    faults = {way: fault.kind for way, fault in got.items() if isinstance(fault, Fault)}
    assert faults == FAULTS
    waits = {way: got[way].retry_after for way in ("limited", "limited_ms")}  # type: ignore[union-attr]
    assert waits == {"limited": 1.0, "limited_ms": 0.05}
    until = got["limited_until"]
    assert isinstance(until, Fault)
    assert until.retry_after is not None
    assert 0 <= until.retry_after <= 1
    ended = {way: reply.finish_reason for way, reply in got.items() if isinstance(reply, Reply)}
    assert {way for way, reason in ended.items() if reason != "stop"} == {"length", "filter"}


def test_a_mixed_server_draws_the_same_ways_in_the_same_run() -> None:
    def ways(seed: int) -> list[str]:
        mixed = Mixed(lambda _: "ok", {"hang": 0.2, "limited": 0.3}, seed)
        return [mixed.way(bytes([number % 50])) for number in range(1_000)]

    assert ways(1) == ways(1) != ways(2)
    assert 400 < ways(1).count("good") < 600
    assert 130 < ways(1).count("hang") < 270


@pytest.mark.parametrize(
    ("url", "key", "told"),
    [
        (None, None, "OpenAI answers nobody without a key; set OPENAI_API_KEY"),
        ("https://eu.api.openai.com/v1", "  ", "OpenAI answers nobody without a key"),
        ("https://user:secret@host/v1", "k", "holds more than an address"),
        ("host/v1", "k", "not the address of a server"),
        ("http://127.0.0.1:1/v1", "sk-1\nsk-2", "the key is none: it has spaces, line breaks"),
        ("http://127.0.0.1:1/v1", "sk-密钥", "the key is none: it has spaces, line breaks"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    url: str | None, key: str | None, told: str
) -> None:
    async def enter() -> None:
        async with connected(base_url=url, key=key):
            pytest.fail("connected")

    with pytest.raises(NotCalled, match=told) as caught:
        asyncio.run(enter())
    assert "secret" not in caught.value.message
    assert "sk-" not in caught.value.message


def test_without_the_extra_one_sentence_says_what_to_install() -> None:
    program = """
import asyncio, sys
sys.modules["openai"] = None
from db.errors import NotCalled
from pipeline.calling.server.server import Server, connected
async def enter():
    async with connected(base_url="http://127.0.0.1:1/v1", key="k"):
        pass
try:
    asyncio.run(enter())
except NotCalled as error:
    sys.stdout.write(error.message)
"""
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said == (
        "to call a language model needs an extra; run: pip install 'cbt-annotate[generate]'"
    )
