"""The raters' desk: one component that holds the whole card, and saves by the app's own route."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from annotate_app.components import module
from annotate_app.deps import Deps
from annotate_app.services.answers import LONGEST_COMMENT, LONGEST_REASON

HERE = Path(__file__).parent
# A later one has the last word.
STYLES = ("desk.css", "panel.css", "voice.css", "sizes.css", "labels.css")
STYLE = "".join((HERE / name).read_text("utf-8") for name in STYLES)
SECTIONS = ("desk", "label", "word")


def render(deps: Deps, *, study: str, go_home: Callable[[], None]) -> None:
    """Show a study's next item, and those that follow; `go_home` is called to leave the desk."""
    component = st.components.v2.component("desk", js=module.SCRIPT, css=STYLE)
    limits = {"comment": LONGEST_COMMENT, "reason": LONGEST_REASON}
    component(
        data=module.data(deps, "desk/desk.js", SECTIONS, study=study, limits=limits),
        key="desk",
        on_home_change=go_home,
    )
