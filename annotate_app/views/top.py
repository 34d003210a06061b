"""Bring each new item to its top."""

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).with_name("top.js").read_text("utf-8")


def render(item: str) -> None:
    """Scroll to the top once for each item."""
    component = st.components.v2.component("top", js=SCRIPT, isolate_styles=False)
    component(data={"item": item}, key="top")
