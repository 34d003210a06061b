"""Say in one sentence what went wrong with a call to a server, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.calling.replies import Fault, FaultKind
from pipeline.calling.server.completions import storable
from pipeline.calling.server.refusals import refusal
from pipeline.calling.server.secrets import Secret
from pipeline.calling.server.waiting import retry_after

REFUSED: Mapping[FaultKind, str] = {
    "key": "does not take the key; check that it is one for this server",
    "quota": "has no quota or money left for this key; add some, then run this again",
    "model": "has no such model for this key; check its name",
    "rate_limit": "asks for fewer calls at a time",
    "server": "failed with status {status}; try again later",
    "filtered": "filters this question out",
    "too_long": "finds the question too long for the model",
    "bad_request": "refuses the call with status {status}",
}
NOTHING_HERE = "has nothing at this base URL; check it, most end in /v1"
NO_KEY = "answers nobody without a key; set OPENAI_API_KEY in the environment"
MOVED = "sends calls on to another address; give that as the base URL if you trust it"


@dataclass(frozen=True)
class Faults:
    """Makes the faults of the server that messages call `name`."""

    name: str
    secret: Secret

    def refused(self, status: int, said: object, headers: Mapping[str, str]) -> Fault:
        """Return the fault in an answer with this status; `said` is its JSON, or its text."""
        if not 300 <= status < 600:
            return self.unreadable(f"the status {status}")
        found = refusal(status, said)
        what, words = REFUSED[found.kind].format(status=status), found.words
        if status < 400:
            what, words = MOVED, headers.get("location", "").partition("?")[0]
        elif status == 404 and found.kind == "bad_request":
            what = NOTHING_HERE
        elif status == 401:
            # A server's own words are about the key then, and often show it.
            what, words = NO_KEY if self.secret.key is None else what, ""
        return Fault(
            found.kind,
            self._sentence(what, words),
            retry_after=retry_after(headers),
            may_be_billed=found.may_be_billed,
            about=found.about if found.kind == "bad_request" else None,
        )

    def unreadable(self, what: str) -> Fault:
        """Return the fault of an answer that holds `what` instead of a completion."""
        return Fault(
            "malformed",
            self._sentence(f"answered with {what}; check the base URL if it always does"),
            may_be_billed=True,
        )

    def late(self, seconds: float) -> Fault:
        """Return the fault of an answer that was not there in time."""
        return Fault(
            "timeout",
            self._sentence(f"gave no whole answer within {seconds:g} seconds; allow it more time"),
            may_be_billed=True,
        )

    def unreached(self, why: str) -> Fault:
        """Return the fault of a call that never went out."""
        return Fault(
            "connection",
            self._sentence("cannot be reached; check the base URL, and that it runs", why),
        )

    def broken(self) -> Fault:
        """Return the fault of a connection that broke before an answer came."""
        return Fault(
            "connection",
            self._sentence("hung up without an answer; look whether it still runs"),
            may_be_billed=True,
        )

    def cut_off(self) -> Fault:
        """Return the fault of an answer whose end is missing."""
        return Fault(
            "cut_off",
            self._sentence("broke off in the middle of its answer; try again later"),
            may_be_billed=True,
        )

    def _sentence(self, what: str, words: str = "") -> str:
        more = f" ({words})" if words else ""
        return self.secret.hidden_in(storable(f"the server {self.name} {what}{more}"))
