"""Lead from a page about a study back to the study itself."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views.wording import plain


def show(deps: Deps, study: str) -> None:
    label = deps.t("study.back", study=plain(study))
    st.page_link("screens/study.py", label=label, query_params={"name": study})
