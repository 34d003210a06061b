"""The fields of a new study: what is judged by whom, and what is drawn for it."""

from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.study_admin import Choices
from annotate_app.views.study_raters import named
from db.columns import StudyKind
from pipeline.study.labelling import ENOUGH, USUAL_SAMPLE
from pipeline.study.studyfile import LARGEST_SEED


def render(deps: Deps, choices: Choices, kind: StudyKind) -> dict[str, Any]:
    what = _rated(deps, choices) if kind == "rating" else _labelled(deps, choices)
    return {**what, **_drawn(deps, choices, kind), **_who(deps, choices, kind)}


def _rated(deps: Deps, choices: Choices) -> dict[str, Any]:
    systems = st.multiselect(
        deps.t("create.systems"),
        list(choices.systems),
        format_func=lambda name: deps.t("create.system", name=name, n=choices.systems[name]),
        placeholder=deps.t("create.systems_none"),
        key="create.systems",
        select_all=False,
    )
    return {"systems": tuple(systems)}


def _labelled(deps: Deps, choices: Choices) -> dict[str, Any]:
    system = st.selectbox(
        deps.t("create.labelled"),
        list(choices.systems),
        index=None,
        format_func=lambda name: deps.t("create.answers_of", name=name, n=choices.systems[name]),
        placeholder=deps.t("create.questions"),
        key="create.labelled",
    )
    return {"systems": (system,) if system else ()}


def _drawn(deps: Deps, choices: Choices, kind: StudyKind) -> dict[str, Any]:
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
        placeholder=deps.t(f"create.sample_none_{kind}", usual=USUAL_SAMPLE),
        key=f"create.sample.{kind}",
    )
    return {"source": source, "sample": sample}


def _who(deps: Deps, choices: Choices, kind: StudyKind) -> dict[str, Any]:
    raters = st.multiselect(
        deps.t(f"create.raters_{kind}"),
        choices.raters,
        format_func=named,
        placeholder=deps.t("create.raters_none", n=len(choices.raters)),
        key="create.raters",
        select_all=False,
    )
    first, second, third = st.columns(3)
    per_item = first.number_input(
        deps.t(f"create.per_item_{kind}"),
        1 if kind == "rating" else ENOUGH,
        None,
        None,
        placeholder=deps.t(f"create.per_item_none_{kind}", usual=ENOUGH),
        key=f"create.per_item.{kind}",
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
