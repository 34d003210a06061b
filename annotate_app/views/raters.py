"""The page on how each rater scores: severity, spread, drift, pace, agreement with the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot, Step
from annotate_app.deps import Deps
from annotate_app.services.statistics import About, Figures
from annotate_app.views import figures_notes, figures_page, raters_in_all, raters_tables
from annotate_app.views.numbers import rounded, with_interval
from annotate_app.views.wording import plain

Found = Mapping[str, Any]
THIRDS = ("first", "middle", "last")


def render(deps: Deps) -> None:
    figures_page.render(deps, "raters", _show)


def _show(deps: Deps, about: About, figures: Figures) -> None:
    found = figures.found
    st.caption(deps.t("raters.about"))
    raters_tables.notes(deps, about, found["raters"])
    for criterion, of in found["criteria"].items():
        name = about.called(criterion, deps.language)
        st.header(plain(name), anchor=False)
        _severity(deps, name, of["raters"])
        raters_tables.scores(deps, name, of["raters"])
        raters_tables.agreement(deps, name, of["raters"])
        _drift(deps, name, of["raters"])
        raters_in_all.consensus(deps, name, of)
    st.header(deps.t("raters.in_all"), anchor=False)
    raters_in_all.pace(deps, found["raters"])
    raters_in_all.halo(deps, found["raters"])
    st.header(deps.t("figures.notes"), anchor=False)
    how = found["analysis"]
    st.markdown(deps.t("raters.methods", resamples=f"{how['resamples']:,}", seed=how["seed"]))
    figures_notes.reasons(deps, found)


def _severity(deps: Deps, name: str, raters: Sequence[Found]) -> None:
    charts.intervals(
        [
            Dot(each["rater"], own["value"], own["low"], own["high"], with_interval(own))
            for each in raters
            for own in [each["against_others"]]
            if own["value"] is not None
        ],
        alt=deps.t("raters.alt_severity", criterion=name),
        axis=deps.t("raters.severity_axis"),
        mark=0,
    )


def _drift(deps: Deps, name: str, raters: Sequence[Found]) -> None:
    """Show each rater's own less others' over the study, in three parts of their order."""
    steps = [
        Step(each["rater"], place + 1, thirds[third], rounded(thirds[third]))
        for each in raters
        for thirds in [each["drift"]["position"]["thirds"]]
        for place, third in enumerate(THIRDS)
        if thirds[third] is not None
    ]
    st.subheader(deps.t("raters.drift"), anchor=False)
    if steps:
        charts.lines(
            steps,
            alt=deps.t("raters.alt_drift", criterion=name),
            across=deps.t("raters.thirds"),
            up=deps.t("raters.severity_axis"),
        )
    raters_tables.drift(deps, name, raters)
