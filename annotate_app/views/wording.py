"""Put a study's texts, errors and times into a page's words."""

import re
from datetime import datetime, timedelta, timezone

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.rating import Criterion, ScoresMissing
from db.errors import KnownError

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=@/\"'])")
SAID = {
    "comment_too_long",
    "not_yours",
    "store_busy",
    "store_full",
    "study_not_open",
    "wrong_credentials",
}


def plain(text: str) -> str:
    """Return text so that a label shows it as it is: Streamlit reads labels as Markdown."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def problem(deps: Deps, error: KnownError, criteria: tuple[Criterion, ...] = ()) -> str:
    """Return one sentence for an error, in the reader's language."""
    if isinstance(error, ScoresMissing):
        names = [criterion.name for criterion in criteria if criterion.id in error.criteria]
        return deps.t("problem.scores_missing", names=plain(deps.t("word.and").join(names)))
    code = error.code if error.code in SAID else "other"
    return deps.t(f"problem.{code}")


def clock(at: datetime) -> str:
    """Return the time of day where the browser is."""
    return _there(at).strftime("%H:%M:%S")


def day_and_time(at: datetime) -> str:
    """Return date and time where the browser is."""
    return _there(at).strftime("%Y-%m-%d %H:%M")


def _there(at: datetime) -> datetime:
    minutes = st.context.timezone_offset or 0  # counted from local time to UTC, as browsers do
    return at.astimezone(timezone(timedelta(minutes=-minutes)))
