"""The adjudication desk: one component that holds a lead's cases and saves by own routes."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from annotate_app.components import module
from annotate_app.components.desk import desk
from annotate_app.deps import Deps
from annotate_app.services.adjudicating import LONGEST_REASON

STYLE = desk.STYLE + Path(__file__).with_suffix(".css").read_text("utf-8")
SECTIONS = ("desk", "label", "adjudication", "word")


def render(deps: Deps, *, study: str, go_home: Callable[[], None]) -> None:
    """Show a study's next case, and those that follow; `go_home` is called to leave the desk."""
    component = st.components.v2.component("adjudication", js=module.SCRIPT, css=STYLE)
    script, limits = "adjudication/adjudication.js", {"reason": LONGEST_REASON}
    component(
        data=module.data(deps, script, SECTIONS, study=study, limits=limits),
        key="adjudication",
        on_home_change=go_home,
    )
