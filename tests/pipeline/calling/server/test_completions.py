import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.replies import Reply
from pipeline.calling.server.completions import Unreadable, error_status, parsed, reply_of
from tests.model_server import Answer, completion

WHOLE = completion(Answer("别急，慢慢说。\n“我很难过” 😔" * 3), "m")
NAMES = st.sampled_from(
    ["choices", "message", "content", "refusal", "usage", "prompt_tokens", "completion_tokens",
     "model", "finish_reason", "text", "type", "error", "code"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def read(said: object) -> Reply:
    return reply_of(parsed(json.dumps(said).encode()), seconds=0.5)


def saying(content: object = "ok", *, usage: object = None, **choice: Any) -> Reply:
    message = {"role": "assistant", "content": content, **choice.pop("message", {})}
    choice = {"message": message, "finish_reason": "stop", **choice}
    return read({"model": "m", "choices": [choice], "usage": usage})


def every_store_holds(reply: Reply) -> bool:
    """Whether no text, number or JSON in it is refused by SQLite or PostgreSQL."""
    told = json.dumps(dict(reply.usage.told) if reply.usage else {}, ensure_ascii=False)
    json.loads(told, parse_constant=pytest.fail)
    texts = [reply.content, reply.finish_reason, reply.refusal or "", reply.model or "", told]
    counts = [reply.usage.tokens_in, reply.usage.tokens_out] if reply.usage else []
    return not any(
        "\0" in text or "\\u0000" in text or re.search("[\ud800-\udfff]", text) for text in texts
    ) and all(0 <= count < 2**31 for count in counts)


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_raise_anything_but_that_they_are_unreadable(raw: bytes) -> None:
    with suppress(Unreadable):
        said = parsed(raw)
        error_status(said)
        assert every_store_holds(reply_of(said, seconds=0.0))


@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.binary(max_size=4))
def test_a_damaged_completion_is_read_or_unreadable(start: int, length: int, put: bytes) -> None:
    with suppress(Unreadable):
        said = parsed(WHOLE[:start] + put + WHOLE[start + length :])
        assert every_store_holds(reply_of(said, seconds=0.0))


@given(JSON, JSON, JSON, JSON)
def test_a_completion_with_anything_in_its_places_is_read_or_unreadable(
    content: Any, usage: Any, ended: Any, refusal: Any
) -> None:
    with suppress(Unreadable):
        reply = saying(content, usage=usage, finish_reason=ended, message={"refusal": refusal})
        assert every_store_holds(reply)


def test_text_comes_as_it_is_but_for_what_no_store_holds() -> None:
    assert saying("  别急。\n").content == "  别急。\n"
    assert saying("half \ud83d, whole \ud83d\ude14, zero \0").content == "half ?, whole 😔, zero ?"


def test_content_may_be_missing_or_come_in_parts() -> None:
    assert saying(None).content == ""
    parts = [{"type": "text", "text": "a"}, "b", {"type": "image"}, {"text": "c"}, 3]
    assert saying(parts).content == "abc"
    with pytest.raises(Unreadable, match="whose content is no text"):
        saying({"text": "a"})


def test_a_refusal_is_found_beside_the_content_or_in_it() -> None:
    assert saying(None, message={"refusal": "I can't."}).refusal == "I can't."
    assert saying([{"type": "refusal", "refusal": "No."}]).refusal == "No."
    assert saying("ok", message={"refusal": ""}).refusal is None


def test_usage_keeps_all_that_is_told_of_it() -> None:
    told = {
        "prompt_tokens": 7,
        "completion_tokens": 3.0,
        "prompt_tokens_details": {"cached_tokens": 5, "deep": {"deeper": {"deepest": 1}}},
        "price": float("nan"),
        "odd": 10**400,
    }
    usage = saying(usage=told).usage
    assert usage is not None
    assert (usage.tokens_in, usage.tokens_out) == (7, 3)
    assert usage.told["prompt_tokens_details"] == {"cached_tokens": 5, "deep": {"deeper": None}}
    assert (usage.told["price"], usage.told["odd"]) == (None, None)


@pytest.mark.parametrize("usage", [None, {}, [], 3, {"prompt_tokens": 1}], ids=json.dumps)
def test_usage_that_is_not_told_is_none(usage: object) -> None:
    assert saying(usage=usage).usage is None


@pytest.mark.parametrize("count", [None, -1, 2**31, "7", True, 1.5, 1e999, []], ids=str)
def test_a_count_that_is_none_makes_usage_none(count: object) -> None:
    assert saying(usage={"prompt_tokens": count, "completion_tokens": 1}).usage is None
    assert saying(usage={"prompt_tokens": 1, "completion_tokens": count}).usage is None


def test_a_reply_without_a_reason_to_end_says_so() -> None:
    assert saying(finish_reason=None).finish_reason == "unknown"
    assert saying(finish_reason="length").finish_reason == "length"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "nothing"),
        (b"  \n", "nothing"),
        (b"\n<!doctype html><title>x</title>", "a web page"),
        (b'data: {"choices": []}\n\n', "a stream of events"),
        (b": ping\n\n", "a stream of events"),
        (WHOLE[:-20], "text that is no JSON"),
        (b"[" * 100_000, "text that is no JSON"),
        (b"9" * 5_000, "text that is no JSON"),
        (b"\xff\xfe{", "text that is no JSON"),
        (b"[]", "JSON that is no object"),
        (b"{}", "a completion without choices"),
        (b'{"choices": []}', "a completion without choices"),
        (b'{"choices": [null]}', "a completion without choices"),
        (b'{"choices": {"0": {}}}', "a completion without choices"),
        (b'{"choices": [{"text": "old"}]}', "a completion without a message"),
    ],
)
def test_what_is_no_completion_is_told_by_what_it_is(raw: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=f"^{told}$"):
        reply_of(parsed(raw), seconds=0.0)


def test_an_error_that_a_proxy_sends_as_if_all_were_well_is_found() -> None:
    assert error_status({"error": {"code": 502, "message": "Provider error"}}) == 502
    assert error_status({"error": {"code": "502"}}) is None
    assert error_status({"error": {"code": 200}}) is None
    assert error_status({"error": {"code": 502}, "choices": [{}]}) is None
