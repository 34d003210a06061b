"""What comes back of a call: a reply, or a fault that says what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# The first seven pass: the call is made again ("not_run": a batch job ended before its turn). The
# next ones concern this request alone, and the last ones every request: they end the run.
FaultKind = Literal[
    "connection", "timeout", "cut_off", "malformed", "server", "rate_limit", "not_run",
    "filtered", "too_long",
    "key", "quota", "model", "bad_request",
]  # fmt: skip
PASSING = frozenset(
    {"connection", "timeout", "cut_off", "malformed", "server", "rate_limit", "not_run"}
)
FATAL = frozenset({"key", "quota", "model", "bad_request"})


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a call took, and all that the server said of them."""

    tokens_in: int
    tokens_out: int
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's text as it came ("" where there is none), and why it ended (stop, length, …)."""

    content: str
    finish_reason: str
    refusal: str | None
    model: str | None
    usage: Usage | None
    seconds: float


class Fault(Exception):
    """A call without a reply: `message` is one sentence for a person, and never holds the key.

    `retry_after` is how many seconds the server asks to wait; `may_be_billed` says that the model
    may have worked all the same, as when a connection breaks after the request went out. `about`
    names the setting that the server does not take, as response_format or max_tokens.
    """

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        *,
        retry_after: float | None = None,
        may_be_billed: bool = False,
        about: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message
        self.retry_after, self.may_be_billed = retry_after, may_be_billed
        self.about = about
