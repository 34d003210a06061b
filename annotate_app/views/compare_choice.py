"""Ask which question and which answers to show; the address keeps it over a reload."""

from collections.abc import Callable, Sequence

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services.comparing import MOST, Asked, Compared, Key

SEARCH, STUDY, SYSTEMS, SET_ASIDE = (
    f"compare.{name}" for name in ("search", "study", "systems", "set_aside")
)


def asked() -> Asked:
    """Return what the address asks for."""
    asks = st.query_params
    key = Key(asks["source"], asks["question"]) if {"source", "question"} <= set(asks) else None
    return Asked(
        key=key,
        search=asks.get("search", ""),
        study=asks.get("study"),
        systems=asks.get_all("system"),
        set_aside="set_aside" in asks,
    )


def among(deps: Deps, studies: Sequence[str]) -> None:
    """Ask among which questions one looks, and whose ratings are shown."""
    now = asked()
    left, right = st.columns(2)
    left.text_input(
        deps.t("compare.search"),
        value=now.search,
        placeholder=deps.t("compare.search_how"),
        key=SEARCH,
        on_change=lambda: _begin_anew("search", state.chosen(SEARCH)),
    )
    if not studies:
        return
    choices = [None, *studies]
    right.selectbox(
        deps.t("compare.study"),
        choices,
        index=choices.index(now.study) if now.study in choices else 0,
        format_func=lambda one: one or deps.t("compare.no_study"),
        key=STUDY,
        on_change=lambda: _begin_anew("study", state.chosen(STUDY)),
    )


def walk(deps: Deps, found: Compared, draw: Callable[[], Key | None]) -> None:
    """Lead to the questions beside this one, and to one by lot."""
    with st.container(key="compare_walk", horizontal=True, vertical_alignment="center"):
        _step(deps, "previous", found.previous, "Shift+Left")
        st.markdown(deps.t("compare.place", place=f"{found.place:,}", of=f"{found.of:,}"))
        _step(deps, "next", found.next, "Shift+Right")
        st.button(deps.t("compare.draw"), key="compare.draw", on_click=lambda: _go(draw()))


def systems(deps: Deps, found: Compared, now: Asked) -> None:
    """Ask whose answers to show."""
    key = f"{SYSTEMS}.{now.study}"
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.multiselect(
        deps.t("compare.systems", most=MOST),
        found.systems,
        default=[each for each in now.systems if each in found.systems][:MOST],
        max_selections=MOST,
        placeholder=deps.t("compare.systems_first", most=MOST),
        key=key,
        select_all=False,
        on_change=lambda: _keep("system", state.chosen(key)),
    )
    if not found.shown.blinded:
        right.checkbox(
            deps.t("compare.show_set_aside"),
            value=now.set_aside,
            key=SET_ASIDE,
            on_change=lambda: _keep("set_aside", "yes" if state.chosen(SET_ASIDE) else None),
        )


def _step(deps: Deps, name: str, to: Key | None, shortcut: str) -> None:
    st.button(
        deps.t(f"compare.{name}"),
        key=f"compare.{name}",
        disabled=to is None,
        shortcut=shortcut,
        on_click=_go,
        args=(to,),
    )


def _go(to: Key | None) -> None:
    if to is not None:
        st.query_params.update(source=to.source, question=to.question)


def _begin_anew(name: str, chosen: str | None) -> None:
    """Show the first of other questions; what the systems are called may change with them."""
    for old in ("source", "question", *(("system",) if name == "study" else ())):
        st.query_params.pop(old, None)
    _keep(name, chosen)


def _keep(name: str, chosen: str | Sequence[str] | None) -> None:
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)
