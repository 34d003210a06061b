"""The mixed model of one criterion, for who asks for it: fitting takes some seconds."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import statistics
from annotate_app.services.statistics import Figures
from annotate_app.views import model_tables, refusal
from annotate_app.views.figures_page import Opened
from db.errors import KnownError


def render(deps: Deps, opened: Opened, criterion: str) -> Figures:
    """Offer the model, or show it; return the figures with it, if it was fitted."""
    if not opened.by.researches:
        return opened.figures
    st.subheader(deps.t("model.title"), anchor=False)
    st.caption(deps.t("model.about"))
    if "model" not in st.query_params:
        st.button(deps.t("model.fit"), key="model.fit", on_click=_ask)
        return opened.figures
    about = opened.about
    with st.spinner(deps.t("model.fitting")):
        try:
            figures = statistics.work_out(
                deps.store,
                by=opened.by,
                study=about.study,
                what="results",
                group=opened.group,
                model=True,
            )
        except KnownError as error:
            refusal.show(deps, error)
            return opened.figures
    name = about.names.called(criterion, deps.language)
    model_tables.render(deps, name, figures.found["criteria"][criterion]["model"])
    return figures


def _ask() -> None:
    st.query_params["model"] = "yes"
