"""A study's ratings as a file, made when a researcher asks for it."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import exports
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import Progress
from annotate_app.views import refusal
from db.errors import KnownError


def render(deps: Deps, person: SignedIn, study: Progress) -> None:
    with st.form(f"export.{study.name}"):
        form = st.selectbox(
            deps.t("study.format"),
            exports.FORMAT_NAMES,
            format_func=lambda name: deps.t(f"study.format_{name}"),
            key="export.format",
        )
        wide = st.checkbox(deps.t("study.wide"), key="export.wide")
        if not study.unblinded:
            st.caption(deps.t("study.by_code"))
        pressed = st.form_submit_button(deps.t("study.export"))
    if not pressed:
        return
    with st.spinner(deps.t("study.exporting")):
        try:
            made = exports.ratings(deps.store, by=person, study=study.name, form=form, wide=wide)
        except KnownError as error:
            refusal.show(deps, error)
            return
    st.download_button(
        deps.t("study.download", name=made.name, rows=made.rows),
        made.content,
        file_name=made.name,
        on_click="ignore",
        type="primary",
    )
