"""The researcher's page: how far each study and each rater is, and nothing of the ratings."""

from typing import Literal

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import studies
from annotate_app.services.studies import RaterProgress, StudyProgress
from annotate_app.views.wording import day_and_time, plain, problem
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
        st.title(deps.t("studies.title"), anchor=False)
        try:
            found = studies.progress(deps.store, reader=person)
        except KnownError as error:
            st.warning(problem(deps, error))
            return
        if not found:
            st.info(deps.t("studies.none"))
        for study in found:
            _study(deps, study)


def _study(deps: Deps, study: StudyProgress) -> None:
    status = study.status
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(study.name), anchor=False, width="content")
            st.badge(deps.t(f"studies.{status}"), color=COLOURS[status])
        st.caption(deps.t("studies.size", items=study.items, repeats=study.repeats))
        if study.assigned:
            st.progress(
                study.answered / study.assigned,
                text=deps.t("rate.progress", done=study.answered, total=study.assigned),
            )
        for rater in study.raters:
            _rater(deps, rater)
        st.caption(deps.t("studies.own") if study.own else deps.t("studies.results"))


def _rater(deps: Deps, rater: RaterProgress) -> None:
    who, how_far, when = st.columns([2, 5, 2], vertical_alignment="center")
    who.text(f"{rater.pseudonym} · {rater.group}" if rater.group else rater.pseudonym)
    how_far.progress(
        rater.answered / rater.assigned,
        text=deps.t("rate.progress", done=rater.answered, total=rater.assigned),
    )
    when.text(day_and_time(rater.last_at) if rater.last_at else deps.t("studies.not_begun"))
