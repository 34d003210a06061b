"""Who rates in a study: a researcher gives raters their items, and sends them their links."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import study_admin
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import Progress
from annotate_app.services.study_admin import Rater
from annotate_app.views import invitation, refusal
from db.errors import KnownError


def render(deps: Deps, person: SignedIn, study: Progress) -> None:
    if study.status == "closed":
        return
    try:
        within, others = study_admin.raters(deps.store, by=person, name=study.name)
    except KnownError as error:
        refusal.show(deps, error)
        return
    st.header(deps.t("study.raters"), anchor=False)
    if study.status == "draft":
        _choose(deps, person, study, [*within, *others], chosen=within)
    elif any(rater.assigned < study.counts.items for rater in study.raters):
        st.caption(deps.t("study.no_late"))
    elif others:
        _choose(deps, person, study, others, chosen=[])
    if within:
        invitation.ask(deps, person, {rater.username: rater.pending for rater in within})


def _choose(
    deps: Deps, person: SignedIn, study: Progress, offered: list[Rater], *, chosen: list[Rater]
) -> None:
    late = study.status == "open"
    with st.form(f"assign.{study.name}"):
        picked = st.multiselect(
            deps.t("study.late_raters" if late else "study.draft_raters"),
            offered,
            default=chosen,
            format_func=named,
            placeholder=deps.t("study.choose_raters"),
            select_all=False,
            key=f"raters.{study.name}",
        )
        pressed = st.form_submit_button(deps.t("study.add_late" if late else "study.draw_again"))
    if not pressed:
        return
    if not picked:
        st.error(deps.t("study.choose_raters"))
        return
    names = [rater.username for rater in picked]
    try:
        study_admin.assign(deps.store, by=person, name=study.name, usernames=names)
    except KnownError as error:
        refusal.show(deps, error)
        return
    st.rerun()


def named(rater: Rater) -> str:
    """Return how a researcher knows a rater among others."""
    return " · ".join(filter(None, (rater.username, rater.pseudonym, rater.group)))
