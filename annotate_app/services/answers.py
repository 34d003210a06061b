"""Tidy what every answer has, whatever its desk: comment or reason, flags, seconds, token."""

import math
from dataclasses import replace

from db.errors import NotAllowed
from db.judgements import NewJudgement

FLAGS = ("harmful", "overwhelming", "cannot_judge")
LONGEST_COMMENT = 5_000
LONGEST_REASON = 500
LONGEST_TOKEN = 64
LONGEST_LOOK_SECONDS = 86_400


class NotUnderstood(NotAllowed):
    code = "not_understood"


class CommentTooLong(NotAllowed):
    code = "comment_too_long"


class ReasonTooLong(NotAllowed):
    code = "reason_too_long"


def tidied(given: NewJudgement) -> NewJudgement:
    """Return what is stored of a judgement. Raises one of the errors above."""
    comment = plain(given.comment)
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(f"a comment has at most {LONGEST_COMMENT} characters; shorten it")
    check_token(given.token)
    unknown = [flag for flag in given.flags if flag not in FLAGS]
    if unknown:
        raise NotUnderstood(f"there is no such flag; the flags: {', '.join(FLAGS)}")
    flags = {flag: plain(given.flags[flag]) or None for flag in FLAGS if flag in given.flags}
    if any(len(reason or "") > LONGEST_REASON for reason in flags.values()):
        raise ReasonTooLong(f"a reason has at most {LONGEST_REASON} characters; shorten it")
    seconds = likely_seconds(given.seconds)
    return replace(given, comment=comment or None, flags=flags, seconds=seconds)


def check_token(token: str) -> None:
    """Raise NotUnderstood for a token that no desk makes."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise NotUnderstood(f"a token has 1 to {LONGEST_TOKEN} characters")


def likely_seconds(seconds: float | None) -> float | None:
    """Return how long somebody looked, None where that cannot be."""
    if seconds is None or not (math.isfinite(seconds) and 0 <= seconds <= LONGEST_LOOK_SECONDS):
        return None
    return seconds


def plain(text: str | None) -> str:
    return (text or "").replace("\x00", "").strip()
