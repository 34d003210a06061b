"""The page on what a study found of its systems: means, differences, ranks, groups."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot, Part
from annotate_app.deps import Deps
from annotate_app.services.statistics import About, Figures
from annotate_app.views import figures_page, results_tables
from annotate_app.views.numbers import percent, with_interval
from annotate_app.views.wording import plain

Found = Mapping[str, Any]


def render(deps: Deps) -> None:
    figures_page.render(deps, "results", _show)


def _show(deps: Deps, about: About, figures: Figures) -> None:
    found = figures.found
    counts = {name: f"{found[name]:,}" for name in ("raters", "questions", "items")}
    st.caption(deps.t("results.about", level=100 * found["analysis"]["level"], **counts))
    st.header(deps.t("results.table_5"), anchor=False)
    results_tables.table_5(deps, about, found)
    for criterion, of in found["criteria"].items():
        name = about.called(criterion, deps.language)
        st.header(plain(name), anchor=False)
        _means(deps, name, of["systems"])
        results_tables.systems(deps, name, of)
        if of["differences"]:
            _differences(deps, name, of["differences"])
            results_tables.differences(deps, name, of["differences"])
    results_tables.groups(deps, about, found)
    st.header(deps.t("figures.notes"), anchor=False)
    results_tables.notes(deps, found)


def _means(deps: Deps, name: str, systems: Sequence[Found]) -> None:
    told = [each for each in systems if each["value"] is not None]
    if not told:
        return
    with st.container(key=f"charts_{name}"):
        charts.intervals(
            [
                Dot(each["system"], each["value"], each["low"], each["high"], with_interval(each))
                for each in told
            ],
            alt=deps.t("results.alt_means", criterion=name),
            axis=deps.t("results.mean_axis", criterion=name),
        )
        charts.shares(
            [
                Part(each["system"], level, share, f"{level}: {percent(share)}")
                for each in told
                for level, share in each["share"].items()
            ],
            alt=deps.t("results.alt_shares", criterion=name),
            axis=deps.t("results.share_axis"),
            legend=deps.t("results.score"),
        )


def _differences(deps: Deps, name: str, differences: Sequence[Found]) -> None:
    st.subheader(deps.t("results.differences"), anchor=False)
    told = [each for each in differences if each["value"] is not None]
    charts.intervals(
        [
            Dot(_pair(each), each["value"], each["low"], each["high"], with_interval(each))
            for each in told
        ],
        alt=deps.t("results.alt_differences", criterion=name),
        axis=deps.t("results.difference_axis"),
        mark=0,
    )


def _pair(each: Found) -> str:
    return f"{each['a']} − {each['b']}"
