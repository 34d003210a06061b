"""The fields of a new study: what is rated by whom, and what is drawn for it."""

from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.study_admin import Choices
from annotate_app.views.study_raters import named
from pipeline.study.studyfile import LARGEST_SEED


def render(deps: Deps, choices: Choices) -> dict[str, Any]:
    return {**_what(deps, choices), **_who(deps, choices)}


def _what(deps: Deps, choices: Choices) -> dict[str, Any]:
    systems = st.multiselect(
        deps.t("create.systems"),
        list(choices.systems),
        format_func=lambda name: deps.t("create.system", name=name, n=choices.systems[name]),
        placeholder=deps.t("create.systems_none"),
        key="create.systems",
        select_all=False,
    )
    left, right = st.columns(2)
    source = left.selectbox(
        deps.t("create.source"),
        choices.sources,
        index=None,
        placeholder=deps.t("create.source_none"),
        key="create.source",
    )
    sample = right.number_input(
        deps.t("create.sample"),
        1,
        None,
        None,
        placeholder=deps.t("create.sample_none"),
        key="create.sample",
    )
    return {"systems": tuple(systems), "source": source, "sample": sample}


def _who(deps: Deps, choices: Choices) -> dict[str, Any]:
    raters = st.multiselect(
        deps.t("create.raters"),
        choices.raters,
        format_func=named,
        placeholder=deps.t("create.raters_none", n=len(choices.raters)),
        key="create.raters",
        select_all=False,
    )
    first, second, third = st.columns(3)
    per_item = first.number_input(
        deps.t("create.per_item"),
        1,
        None,
        None,
        placeholder=deps.t("create.per_item_none"),
        key="create.per_item",
    )
    percent = second.number_input(
        deps.t("create.repeats"),
        0,
        100,
        None,
        placeholder=deps.t("create.repeats_none"),
        key="create.repeats",
    )
    seed = third.number_input(
        deps.t("create.seed"),
        0,
        LARGEST_SEED,
        None,
        placeholder=deps.t("create.seed_none"),
        key="create.seed",
    )
    return {
        "raters": tuple(rater.username for rater in raters),
        "per_item": per_item,
        "repeats": None if percent is None else percent / 100,
        "seed": seed,
    }
