"""The lines of a batch's files: the requests, and what the server made of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.calling.asking import Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.completions import Unreadable, reply_of
from pipeline.calling.server.faults import Faults
from pipeline.calling.server.server import as_json

ENDPOINT: Final = "/v1/chat/completions"
CUSTOM_ID = re.compile(
    r"(\d+)-q(\d+)(?:-a(\d+))?-s(\d+)-(first|longer|repair)(-plain)?(?:-h(\d+(?:\.\d+)*))?"
)
OURS = re.compile(rb'\{"custom_id":"([^"]+)"')
NOT_RUN = frozenset({"batch_expired", "batch_cancelled"})


@dataclass(frozen=True, slots=True)
class Row:
    """Which request a line holds: all of it but its messages, as its custom id tells it.

    `number` counts the lines of a file from 0. `held` are the calls whose replies wait for it.
    """

    number: int
    question_id: int
    response_id: int | None
    sample: int
    step: Any
    plain: bool
    held: tuple[int, ...]

    @property
    def custom_id(self) -> str:
        answer = "" if self.response_id is None else f"-a{self.response_id}"
        plain = "-plain" if self.plain else ""
        held = f"-h{'.'.join(map(str, self.held))}" if self.held else ""
        about = f"q{self.question_id}{answer}-s{self.sample}"
        return f"{self.number}-{about}-{self.step}{plain}{held}"


def row_of(request: Request, *, number: int, held: tuple[int, ...]) -> Row:
    return Row(
        number,
        request.question_id,
        request.response_id,
        request.sample,
        request.step,
        request.plain,
        held,
    )


def row_called(custom_id: object) -> Row | None:
    """Return the row that a custom id names; None if it is none of ours.

    >>> row_called("17-q4394-s0-repair-h881").held
    (881,)
    """
    match = CUSTOM_ID.fullmatch(custom_id) if isinstance(custom_id, str) else None
    if match is None:
        return None
    number, question, answer, sample, step, plain, held = match.groups()
    return Row(
        int(number),
        int(question),
        None if answer is None else int(answer),
        int(sample),
        step,
        plain is not None,
        tuple(map(int, held.split("."))) if held else (),
    )


def request_line(row: Row, body: Mapping[str, Any]) -> bytes:
    """Return a line of the file that is sent, in UTF-8: escaped, Chinese takes twice the bytes."""
    line = {"custom_id": row.custom_id, "method": "POST", "url": ENDPOINT, "body": body}
    return as_json(line).encode() + b"\n"


def row_in(line: bytes) -> Row | None:
    """Return the row of a line of the file that was sent, without reading the whole line."""
    match = OURS.match(line)
    return row_called(match[1].decode("latin-1")) if match else None


def request_of(row: Row, line: bytes = b"", *, texts: dict[str, str] | None = None) -> Request:
    """Return the request of a row; its messages are in the line of the file that was sent.

    `texts` holds those that all requests begin with, once for all of them.
    """
    body = json.loads(line)["body"] if line else {}
    *begun, last = body.get("messages") or ({"role": "user", "content": ""},)
    if texts is not None:
        for message in begun:
            message["content"] = texts.setdefault(message["content"], message["content"])
    return Request(
        row.question_id,
        (*begun, last) if line else (),
        body.get("max_tokens") or body.get("max_completion_tokens") or 0,
        response_id=row.response_id,
        step=row.step,
        sample=row.sample,
        plain=row.plain,
    )


@dataclass(frozen=True, slots=True)
class Result:
    """A line of what the server made: for which row, and what came of it."""

    row: Row | None
    got: Reply | Fault


def result_in(line: bytes, faults: Faults) -> Result | None:
    """Return what a line of the output or error file says; None if it is no such line."""
    try:
        said = faults.secret.left_out_of(json.loads(line))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, Mapping):
        return None
    return Result(row_called(said.get("custom_id")), _got(said, faults))


def _got(said: Mapping[str, Any], faults: Faults) -> Reply | Fault:
    response, error = said.get("response"), said.get("error")
    if isinstance(response, Mapping):
        return _answered(response, faults)
    if isinstance(error, Mapping) and error.get("code") in NOT_RUN:
        return not_run()
    # An error outside of a response is the server's own: the model was never asked.
    return faults.refused(500, {"error": error}, {})


def _answered(response: Mapping[str, Any], faults: Faults) -> Reply | Fault:
    status, body = response.get("status_code"), response.get("body")
    if isinstance(status, int) and status != 200:
        return faults.refused(status, body, {})
    try:
        return reply_of(body, seconds=0.0)
    except Unreadable as error:
        return faults.unreadable(str(error))


def not_run() -> Fault:
    return Fault("not_run", "the batch ended before this request was asked")
