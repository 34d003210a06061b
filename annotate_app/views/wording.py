"""Put a study's texts and times into a page's words."""

import re
from datetime import datetime, timedelta, timezone

import streamlit as st

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=@/\"'])")


def plain(text: str) -> str:
    """Return text so that a label shows it as it is: Streamlit reads labels as Markdown."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def day_and_time(at: datetime) -> str:
    """Return date and time where the browser is."""
    minutes = st.context.timezone_offset or 0  # counted from local time to UTC, as browsers do
    return at.astimezone(timezone(timedelta(minutes=-minutes))).strftime("%Y-%m-%d %H:%M")
