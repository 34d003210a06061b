"""What stands on every page: the look, the title, the language, who is signed in."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.i18n.translator import LANGUAGES
from annotate_app.views.wording import plain

LOOK = Path(__file__).with_name("look.css")


def render(deps: Deps, *, links: Sequence[st.Page]) -> None:
    tab = state.tab()
    st.html(LOOK)
    with st.container(key="frame", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="brand">{deps.t("app.name")}</p>', width="stretch")
        for page in links:
            st.page_link(page, width="content")
        st.segmented_control(
            deps.t("frame.language"),
            LANGUAGES,
            default=tab.language,
            required=True,
            format_func=lambda language: deps.t(f"frame.language_{language}"),
            key="language",
            label_visibility="collapsed",
            on_change=_switch_language,
        )
        if tab.person:
            with st.container(key="username", width="content"):
                st.caption(plain(tab.person.username))
            st.button(
                deps.t("frame.sign_out"), key="sign_out", type="tertiary", on_click=state.sign_out
            )


def _switch_language() -> None:
    tab = state.tab()
    tab.language = state.chosen("language")
    if tab.study:
        tab.pause()  # a scale's words change, so an open item is begun anew, never half-translated
