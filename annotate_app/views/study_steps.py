"""The steps of a study's life: a researcher opens it, and closes it, each asked again."""

from collections.abc import Callable

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import study_admin
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import Progress
from annotate_app.views import command, refusal, table
from db.errors import KnownError
from pipeline.study.blinding import Leak

LEAKS_SHOWN = 10


def render(deps: Deps, person: SignedIn, study: Progress) -> None:
    """Offer the step that comes next, if there is one on this page."""
    if study.status == "draft" and study.counts.raters:
        if st.button(deps.t("study.open"), key="open", type="primary"):
            st.dialog(deps.t("study.open_title"))(_ask_to_open)(deps, person, study)
    elif study.status == "open":
        if st.button(deps.t("study.close"), key="close"):
            st.dialog(deps.t("study.close_title"))(_ask_to_close)(deps, person, study)
    elif study.status == "closed" and study.systems and not study.unblinded:
        command.show(deps.t("study.unblind"), "cbt study unblind", study.name)


def _ask_to_open(deps: Deps, person: SignedIn, study: Progress) -> None:
    st.text(deps.t("study.open_means"))
    try:
        found = study_admin.leaks(deps.store, by=person, name=study.name)
    except KnownError as error:
        refusal.show(deps, error)
        return
    if study.systems:
        _leaks(deps, found)
    if st.button(deps.t("study.open_now"), key="open_now", type="primary"):
        _take(deps, lambda: study_admin.open_(deps.store, by=person, name=study.name))


def _leaks(deps: Deps, found: list[Leak]) -> None:
    if found:
        st.warning(deps.t("study.leaks", n=len(found)))
        table.show(
            deps.t("study.leaks_table"),
            [deps.t("study.column_question"), deps.t("study.column_words")],
            [[leak.question, ", ".join(leak.found)] for leak in found[:LEAKS_SHOWN]],
        )
        if len(found) > LEAKS_SHOWN:
            st.caption(deps.t("study.more_leaks", n=len(found) - LEAKS_SHOWN))
    else:
        st.caption(deps.t("study.no_leaks"))


def _ask_to_close(deps: Deps, person: SignedIn, study: Progress) -> None:
    left = study.counts.assigned - study.counts.answered
    st.text(deps.t("study.close_means"))
    if left:
        st.warning(deps.t("study.unanswered", n=left, total=study.counts.assigned))
    sure = st.checkbox(deps.t("study.close_sure"), key="close_sure")
    if st.button(deps.t("study.close_now"), key="close_now", type="primary", disabled=not sure):
        _take(deps, lambda: study_admin.close(deps.store, by=person, name=study.name))


def _take(deps: Deps, step: Callable[[], None]) -> None:
    try:
        step()
    except KnownError as error:
        refusal.show(deps, error)
        return
    st.rerun()
