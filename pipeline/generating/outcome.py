"""What became of a reply: an answer to store, in which state, and why."""

from collections.abc import Sequence
from typing import NamedTuple

from db.columns import ResponseStatus
from pipeline.calling.work import Kept
from pipeline.generating.reading import Draft


class Found(NamedTuple):
    """What is wrong with an answer: a code, and a clause about the answer."""

    code: str
    why: str


def refused(found: Found) -> Kept:
    return _with_reason("refused", Draft(""), [found])


def set_aside(draft: Draft, found: Sequence[Found]) -> Kept:
    return _with_reason("set_aside", draft, found)


def _with_reason(status: ResponseStatus, draft: Draft, found: Sequence[Found]) -> Kept:
    """Return it with a reason that begins with the worst one's code: reasons are counted by it."""
    reason = "; ".join(f"{code}: {why}" for code, why in found)
    return Kept(status, draft, reason)
