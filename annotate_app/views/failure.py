"""What a person sees when a page fails for a reason that nobody foresaw."""

import streamlit as st

from annotate_app import state
from annotate_app.i18n.translator import translator


def render(_error: Exception) -> bool:
    """Show one calm sentence instead of the error, which the log has. Returns True: it is shown."""
    t = translator(state.tab().language)
    st.error(t("problem.other"))
    st.button(t("problem.again"), key="again")
    return True
