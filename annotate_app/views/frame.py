"""What stands on every page: the look, the title, the language, who is signed in."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from annotate_app import state
from annotate_app.components.browser import browser
from annotate_app.deps import Deps
from annotate_app.i18n.translator import LANGUAGES
from annotate_app.views.wording import plain

LOOK = Path(__file__).with_name("look.css")


def render(deps: Deps, *, links: Sequence[st.Page]) -> None:
    tab = state.tab()
    st.html(LOOK)
    browser.render(deps, tab)
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
            _account(deps, tab.person.username)


def _account(deps: Deps, username: str) -> None:
    with st.container(key="account", width="content"), st.popover(plain(username), type="tertiary"):
        st.caption(deps.t("frame.everywhere_hint"))
        _sign_out(deps, "sign_out_everywhere", everywhere=True)
    _sign_out(deps, "sign_out", everywhere=False)


def _sign_out(deps: Deps, name: str, *, everywhere: bool) -> None:
    st.button(
        deps.t(f"frame.{name}"),
        key=name,
        type="secondary" if everywhere else "tertiary",
        on_click=state.tab().leave,
        kwargs={"everywhere": everywhere},
    )


def _switch_language() -> None:
    state.tab().language = state.chosen("language")
