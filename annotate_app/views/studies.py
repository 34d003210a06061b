"""The list of all studies, and how far each is."""

from typing import Literal

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import studies
from annotate_app.services.studies import Overview
from annotate_app.views import refusal
from annotate_app.views.wording import plain
from db.columns import StudyStatus
from db.errors import KnownError

COLOURS: dict[StudyStatus, Literal["gray", "green", "blue"]] = {
    "draft": "gray",
    "open": "green",
    "closed": "blue",
}


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    with st.container(key="wide"):
        with st.container(key="heading", horizontal=True, vertical_alignment="center"):
            st.title(deps.t("studies.title"), anchor=False)
            if person.researches:
                st.page_link("screens/create.py", label=deps.t("studies.new"))
        try:
            found = studies.overview(deps.store, reader=person)
        except KnownError as error:
            refusal.show(deps, error)
            return
        if not found:
            none = "studies.none" if person.researches else "studies.none_yet"
            st.info(deps.t(none))
        for study in found:
            _study(deps, study)


def _study(deps: Deps, study: Overview) -> None:
    counts = study.counts
    with st.container(border=True):
        with st.container(
            key=f"study_name.{study.name}", horizontal=True, vertical_alignment="center"
        ):
            st.page_link(
                "screens/study.py",
                label=plain(study.name),
                width="stretch",
                query_params={"name": study.name},
            )
            badge(deps, study.status)
        size = {"items": counts.items, "repeats": counts.repeats, "raters": counts.raters}
        known = [deps.t(f"studies.kind_{study.kind}"), deps.t("studies.size", **size)]
        st.caption(" · ".join(known))
        progress(deps, counts.answered, counts.assigned)


def badge(deps: Deps, status: StudyStatus) -> None:
    st.badge(deps.t(f"studies.{status}"), color=COLOURS[status])


def progress(deps: Deps, answered: int, assigned: int) -> None:
    """Show how much of what was given out is rated, once something was."""
    if assigned:
        st.progress(
            answered / assigned, text=deps.t("studies.progress", done=answered, total=assigned)
        )
