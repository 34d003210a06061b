"""The page of an invite link, where a person chooses a password."""

import streamlit as st

from annotate_app.components.sign_in import forms
from annotate_app.deps import Deps


def render(deps: Deps) -> None:
    with st.container(key="sign_in"):
        st.title(deps.t("accept.title"), anchor=False)
        forms.accept(deps)
        st.info(deps.t("sign_in.research_use"))
