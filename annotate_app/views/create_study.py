"""A new study from a form, with a preview of what it will give."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import study_admin
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.study_admin import Choices
from annotate_app.views import create_fields, create_preview, refusal
from db.columns import StudyKind
from db.errors import KnownError
from pipeline.study.studyfile import KINDS, LONGEST_NAME


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    with st.container(key="wide"):
        st.page_link("screens/studies.py", label=deps.t("study.all"))
        st.title(deps.t("create.title"), anchor=False)
        try:
            choices = study_admin.choices(deps.store, by=person)
        except KnownError as error:
            refusal.show(deps, error)
            return
        kind = _kind(deps)
        if not (choices.systems if kind == "rating" else choices.sources):
            st.info(deps.t(f"create.nothing_{kind}"))
            return
        _form(deps, person, choices, kind)


def _kind(deps: Deps) -> StudyKind:
    return st.radio(
        deps.t("create.kind"),
        KINDS,
        format_func=lambda kind: deps.t(f"create.kind_{kind}"),
        horizontal=True,
        key="create.kind",
    )


def _form(deps: Deps, person: SignedIn, choices: Choices, kind: StudyKind) -> None:
    with st.form("create", enter_to_submit=False):
        name = st.text_input(
            deps.t("create.name"), max_chars=LONGEST_NAME, key="create.name"
        ).strip()
        given = {"name": name, **create_fields.render(deps, choices, kind)}
        file = st.file_uploader(deps.t("create.file"), type="toml", key="create.file")
        st.caption(deps.t(f"create.file_means_{kind}"))
        pressed = st.form_submit_button(deps.t("create.preview"), type="primary")
    if not pressed:
        return
    try:
        found = study_admin.preview(
            deps.store,
            by=person,
            plan=study_admin.planned(file.getvalue() if file else None, kind=kind, **given),
        )
    except KnownError as error:
        refusal.show(deps, error)
        return
    st.dialog(deps.t("create.preview_title"))(create_preview.render)(deps, person, found)
