"""Lines of batch files: what is written is read, and nothing that a server writes is trusted."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.asking import Model, Request, body
from pipeline.calling.batch.lines import (
    Row,
    request_line,
    request_of,
    result_in,
    row_called,
    row_in,
    row_of,
)
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.faults import Faults
from pipeline.calling.server.secrets import Secret

FAULTS = Faults("localhost:8000", Secret("sk-secret-0123456789"))
NUMBERS = st.integers(0, 10**9)
ROWS = st.builds(
    Row,
    NUMBERS,
    NUMBERS,
    st.none() | NUMBERS,
    NUMBERS,
    st.sampled_from(["first", "longer", "repair"]),
    st.booleans(),
    st.lists(NUMBERS, max_size=4).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
RESPONSES = st.fixed_dictionaries({"status_code": JSON | st.just(200), "body": JSON})
RESULTS = st.fixed_dictionaries({"custom_id": JSON, "response": JSON | RESPONSES, "error": JSON})


@given(ROWS)
def test_a_custom_id_tells_its_row(row: Row) -> None:
    assert row_called(row.custom_id) == row


@given(
    ROWS,
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["max_tokens", "max_completion_tokens"]),
)
def test_a_request_is_read_as_it_was_written(row: Row, text: str, limit_name: Any) -> None:
    messages = ({"role": "system", "content": "请回答。"}, {"role": "user", "content": text})
    asked = Request(
        row.question_id,
        messages,
        700,
        response_id=row.response_id,
        step=row.step,
        sample=row.sample,
        plain=row.plain,
    )
    model = Model("m", limit_name=limit_name)
    line = request_line(row_of(asked, number=row.number, held=row.held), body(model, asked))
    assert line.count(b"\n") == 1
    assert row_in(line) == row
    assert request_of(row, line, texts={}) == asked


@given(st.binary() | JSON.map(json.dumps).map(str.encode) | RESULTS.map(json.dumps).map(str.encode))
def test_whatever_a_server_writes_is_a_result_or_none(line: bytes) -> None:
    result = result_in(line, FAULTS)
    assert result is None or isinstance(result.got, Reply | Fault)


def got(**said: Any) -> Reply | Fault:
    result = result_in(json.dumps({"custom_id": "3-q5-s0-first", **said}).encode(), FAULTS)
    assert result is not None
    assert result.row == Row(3, 5, None, 0, "first", plain=False, held=())
    return result.got


def test_errors_are_told_as_those_of_live_calls_are() -> None:
    error = {"message": "no: sk-secret-0123456789", "code": "invalid_value"}
    kinds = {
        "filtered": {"status_code": 400, "body": {"error": {"code": "content_filter"}}},
        "rate_limit": {"status_code": 429, "body": {"error": {"code": "rate_limit_exceeded"}}},
        "quota": {"status_code": 429, "body": {"error": {"code": "insufficient_quota"}}},
        "bad_request": {"status_code": 400, "body": {"error": error}},
        "server": {"status_code": 503, "body": "busy"},
        "malformed": {"status_code": 200, "body": {"choices": []}},
    }
    for kind, response in kinds.items():
        fault = got(response=response, error=None)
        assert isinstance(fault, Fault)
        assert fault.kind == kind
        assert "secret" not in fault.message
    expired = got(response=None, error={"code": "batch_expired", "message": "…"})
    assert isinstance(expired, Fault)
    assert (expired.kind, expired.may_be_billed) == ("not_run", False)
    failed = got(response=None, error={"code": "server_error", "message": "…"})
    assert isinstance(failed, Fault)
    assert failed.kind == "server"
