"""Say what becomes of a model's text: kept, or set aside and why, with its parts."""

from dataclasses import dataclass
from typing import Any

from db.columns import ResponseStatus
from pipeline import parts
from pipeline.calling.said.said import said
from pipeline.inferring.collapse import goes_in_circles, said_before

EMPTY = "empty: the answer says nothing"


@dataclass(frozen=True)
class Judged:
    """An answer as it is stored; a reason begins with its code."""

    text: str
    status: ResponseStatus
    reason: str | None
    parts: list[dict[str, Any]] | None


def judged(content: str, *, stopped: bool, room: int) -> Judged:
    """Return what becomes of a text that its model `stopped` by itself, or had no more room for.

    An answer that is cut off is set aside with its text: whoever scores it knows that it is none.
    What a model wrote well enough to end is kept, however good it is: that is to be scored.
    """
    text = said(content)
    if not text:
        return Judged("", "set_aside", EMPTY, None)
    reasons = []
    if goes_in_circles(text):
        share = round(100 * said_before(text))
        reasons.append(f"repetition: {share} % of the answer stands in it before")
    if not stopped:
        reasons.append(f"no_room: the answer ends at the limit of {room} tokens")
    marked = parts.marked(text) or None
    return Judged(text, "set_aside" if reasons else "kept", "; ".join(reasons) or None, marked)
