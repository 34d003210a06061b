"""Ask which of a study's figures to show; the address keeps the answer over a reload."""

from collections.abc import Callable, Sequence

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views.wording import plain

ONE_LINE = 60  # characters of all names that fit beside each other


def group(deps: Deps, about: About) -> str | None:
    """Ask whose ratings count."""
    if about.kind != "rating" or len(about.groups) < 2:
        return None
    asked = st.query_params.get("group")
    choices = [None, *about.groups]
    chosen: str | None = st.selectbox(
        deps.t("figures.group"),
        choices,
        index=choices.index(asked) if asked in choices else 0,
        format_func=lambda one: one or deps.t("figures.all_raters"),
        key="figures.group",
    )
    _keep("group", chosen)
    return chosen


def criterion(deps: Deps, about: About, criteria: Sequence[str]) -> str:
    """Ask which criterion to show in full; where there is one only, it is that."""
    if len(criteria) == 1:
        return criteria[0]
    names = {one: about.names.called(one, deps.language) for one in criteria}
    asked = st.query_params.get("criterion", "")
    first = asked if asked in criteria else criteria[0]
    ask = _beside if sum(map(len, names.values())) <= ONE_LINE else _in_a_list
    chosen = ask(deps.t("figures.criterion"), criteria, first, names.__getitem__)
    _keep("criterion", chosen)
    return chosen


def _beside(label: str, choices: Sequence[str], first: str, called: Callable[[str], str]) -> str:
    return st.segmented_control(
        label,
        choices,
        default=first,
        required=True,
        format_func=lambda one: plain(called(one)),
        key="figures.criterion",
    )


def _in_a_list(label: str, choices: Sequence[str], first: str, called: Callable[[str], str]) -> str:
    return st.selectbox(
        label, choices, index=choices.index(first), format_func=called, key="figures.criterion"
    )


def _keep(name: str, chosen: str | None) -> None:
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)
