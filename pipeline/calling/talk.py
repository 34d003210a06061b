"""Ask a model until its reply can be used: as the server can, with more room, or once more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.work import Again, Kept

Output = Literal["auto", "schema", "text"]
LONGER = 2  # times the room of the first call
JSON_BEGINS = ("{", "[", "```")
REFUSAL_SHOWN = 300  # characters of a model's refusal that its reason holds
CUT_OFF = "cut off at the limit of tokens, with twice the room too"
REFUSED = "the model refused"  # the words that follow are about one text: reasons are counted
FILTERED = "the server's filter kept the answer back"


class Talk:
    """Settles how replies are asked for, and what is asked again.

    `output` is "auto" until a reply has shown whether the server follows a schema; `plain` says how
    the next request is made. `first` makes a request's first call anew, as it is to be made now.
    """

    def __init__(
        self, model: Model, *, output: Output, first: Callable[[Request], Request]
    ) -> None:
        self.model, self.output = model, output
        self.plain = output == "text"
        self._first = first
        self._otherwise: dict[tuple[int, int | None, int], Kept] = {}

    def heard(self, request: Request) -> None:
        """Note that a reply is there: what was kept in case there would be none is let go."""
        self._otherwise.pop(_key(request), None)

    def follows(self, request: Request, reply: Reply, *, readable: bool) -> bool:
        """Settle how replies are asked for; False where this one is to be asked for as text."""
        by_schema = readable or reply.content.lstrip().startswith(JSON_BEGINS)
        if not request.plain and self.output != "schema" and not by_schema:
            return False
        if self.output == "auto":
            self.output = "text" if request.plain else "schema"
        return True

    def plainly(self, request: Request) -> Again:
        """Ask for this one, and for all further ones, as text."""
        self.plain = True
        return Again(self._first(request), None)

    def longer(self, request: Request, otherwise: Kept) -> Kept | Again:
        """Ask for a reply that was cut off with more room, once."""
        if request.step != "first":
            return otherwise
        room = request.max_tokens * LONGER
        return self._again(replace(request, max_tokens=room, step="longer"), otherwise)

    def repaired(self, request: Request, reply: Reply, ask: str, otherwise: Kept) -> Kept | Again:
        """Tell the model what is to be mended, once."""
        if request.step == "repair":
            return otherwise
        said = {"role": "assistant", "content": reply.content}
        asked = {"role": "user", "content": ask}
        # Some servers take no empty turn: a model that said nothing is asked once more.
        further = (said, asked) if reply.content.strip() else ()
        messages = (*request.messages, *further)
        return self._again(replace(request, messages=messages, step="repair"), otherwise)

    def faulted(self, request: Request, fault: Fault, refused: Kept) -> Kept | Again | None:
        """Say what a fault means; `refused` is kept where a filter took the request."""
        otherwise = self._otherwise.pop(_key(request), None)
        if fault.kind == "filtered":
            return otherwise or refused
        if fault.kind in ("bad_request", "too_long") and otherwise is not None:
            return otherwise  # it is the longer conversation that the server does not take
        if fault.kind != "bad_request":
            return None
        if fault.about == "max_tokens" and self.model.limit_name == "max_tokens":
            self.model = replace(self.model, limit_name="max_completion_tokens")
            return Again(request, None)
        if self.output == "auto" and not request.plain and fault.about in (None, "response_format"):
            return self.plainly(request)
        return None

    def _again(self, request: Request, otherwise: Kept) -> Again:
        self._otherwise[_key(request)] = otherwise
        return Again(request, otherwise)


def refusal(reply: Reply) -> str | None:
    """Return why a model or its server's filter keeps an answer back, None where it does not."""
    if reply.refusal:
        return f"{REFUSED}: {reply.refusal[:REFUSAL_SHOWN]}"
    return FILTERED if reply.finish_reason == "content_filter" else None


def _key(request: Request) -> tuple[int, int | None, int]:
    return request.question_id, request.response_id, request.sample
