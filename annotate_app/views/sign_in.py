"""The sign-in page."""

import streamlit as st

from annotate_app import provider, state
from annotate_app.components.sign_in import forms
from annotate_app.deps import Deps


def render(deps: Deps) -> None:
    tab = state.tab()
    with st.container(key="sign_in"):
        st.title(deps.t("sign_in.title"), anchor=False)
        if tab.ended and not tab.ticket:
            st.info(deps.t("sign_in.ended"))
        if tab.unknown:
            st.warning(deps.t("sign_in.unknown"))
            st.button(deps.t("sign_in.another"), key="another", on_click=st.logout)
        forms.sign_in(deps, ticket=tab.ticket)
        if provider.offered():
            st.button(
                deps.t("sign_in.organisation"),
                key="organisation",
                width="stretch",
                on_click=st.login,
            )
        st.info(deps.t("sign_in.research_use"))
