"""What a rater may see of the own ratings: pace, use of the scale, and at the end a little more."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Part
from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import percent, rounded

Found = Mapping[str, Any]
Criteria = Mapping[str, Found]  # by their names


def pace(deps: Deps, took: Found) -> None:
    if not took.get("n"):
        return
    st.subheader(deps.t("mine.pace"), anchor=False)
    seconds = {place: rounded(took[place], 0) for place in ("lower", "median", "upper")}
    st.markdown(deps.t("mine.pace_is", **seconds))


def scale(deps: Deps, criteria: Criteria) -> None:
    """Show shares alone: counts would tell that some answers come twice."""
    used = {name: of["share"] for name, of in criteria.items() if of["n"]}
    if not used:
        return
    st.subheader(deps.t("mine.scale"), anchor=False)
    charts.shares(
        [
            Part(name, level, share, f"{level}: {percent(share)}")
            for name, shares in used.items()
            for level, share in shares.items()
        ],
        alt=deps.t("mine.alt_scale"),
        axis=deps.t("results.share_axis"),
        legend=deps.t("results.score"),
    )
    levels = list(dict.fromkeys(level for shares in used.values() for level in shares))
    headings = [deps.t("mine.criterion"), *(deps.t("results.share", score=one) for one in levels)]
    rows = [[name, *(percent(of.get(level)) for level in levels)] for name, of in used.items()]
    table.show(deps.t("mine.scale"), headings, rows)


def again(deps: Deps, criteria: Criteria) -> None:
    """Say how often an answer that came again got the same score."""
    twice = {name: of["repeats"] for name, of in criteria.items() if of["repeats"]["n"]}
    if not twice:
        return
    st.subheader(deps.t("mine.again"), anchor=False)
    st.markdown(deps.t("mine.again_about"))
    headings = [deps.t(f"mine.{column}") for column in ("criterion", "repeats", "same")]
    rows = [[name, f"{of['n']:,}", f"{of['same']:,}"] for name, of in twice.items()]
    table.show(deps.t("mine.again"), headings, rows)


def others(deps: Deps, criteria: Criteria) -> None:
    """Say how near the scores are to the others' mean; of too few others it is not told."""
    near = {name: of["others"] for name, of in criteria.items() if of["others"].get("n")}
    st.subheader(deps.t("mine.others"), anchor=False)
    if not near:
        st.markdown(deps.t("mine.few_others"))
        return
    st.markdown(deps.t("mine.others_about"))
    columns = ("criterion", "answers", "distance", "difference")
    rows = [
        [name, f"{of['n']:,}", rounded(of["distance"], 2), rounded(of["difference"], 2)]
        for name, of in near.items()
    ]
    table.show(deps.t("mine.others"), [deps.t(f"mine.{column}") for column in columns], rows)
