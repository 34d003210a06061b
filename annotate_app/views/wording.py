"""Put a study's texts and times into a page's words."""

import re
from datetime import datetime, timedelta, timezone
from typing import Literal

import streamlit as st

from db.columns import StudyKind

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=@/\"'])")


def plain(text: str) -> str:
    """Return text so that a label shows it as it is: Streamlit reads labels as Markdown."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def whose(kind: StudyKind, systems: int) -> Literal["systems", "questions", "answers"]:
    """Return what is judged, in the words by which the texts about it are found."""
    if kind == "rating":
        return "systems"
    return "answers" if systems else "questions"


def day_and_time(at: datetime) -> str:
    """Return date and time where the browser is."""
    minutes = st.context.timezone_offset or 0  # counted from local time to UTC, as browsers do
    return at.astimezone(timezone(timedelta(minutes=-minutes))).strftime("%Y-%m-%d %H:%M")
