"""The item in front of the rater: question, description and answer, all of it plain text."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.rating import RaterItem


def render(deps: Deps, item: RaterItem) -> None:
    with st.container(key="reading"):
        with st.container(key="question"):
            st.caption(deps.t("item.question"))
            st.text(item.question)
        if item.description:
            with st.container(key="description"):
                st.caption(deps.t("item.description"))
                st.text(item.description)
        with st.container(key="answer", border=True):
            st.caption(deps.t("item.answer"))
            st.text(item.answer)
        if item.hard:
            st.caption(deps.t("item.support"))
