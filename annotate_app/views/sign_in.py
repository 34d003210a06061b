"""The sign-in page."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import sign_in
from annotate_app.views.wording import problem
from db.errors import KnownError


def render(deps: Deps) -> None:
    tab = state.tab()
    with st.container(key="sign_in"):
        st.title(deps.t("sign_in.title"), anchor=False)
        if tab.signed_out:
            st.success(deps.t("sign_in.signed_out"))
        with st.form("sign_in_form"):
            st.text_input(
                deps.t("sign_in.username"),
                key="sign_in.username",
                autocomplete="username",
                max_chars=100,
            )
            st.text_input(
                deps.t("sign_in.password"),
                key="sign_in.password",
                type="password",
                autocomplete="current-password",
            )
            st.form_submit_button(
                deps.t("sign_in.enter"),
                type="primary",
                width="stretch",
                on_click=_enter,
                args=(deps,),
            )
        if tab.problem:
            st.error(problem(deps, tab.problem))
        st.info(deps.t("sign_in.research_use"))


def _enter(deps: Deps) -> None:
    tab = state.tab()
    tab.signed_out = False
    try:
        tab.person = sign_in.sign_in(
            deps.store,
            username=state.chosen("sign_in.username") or "",
            password=state.chosen("sign_in.password") or "",
        )
    except KnownError as error:
        tab.problem = error
    else:
        tab.problem = None
