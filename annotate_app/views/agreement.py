"""The page on how far raters agree: coefficients, pairs, each rater left out, repeats."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot, Part
from annotate_app.deps import Deps
from annotate_app.services.statistics import About, Figures
from annotate_app.views import (
    agreement_groups,
    agreement_labels,
    agreement_tables,
    figures_notes,
    figures_page,
)
from annotate_app.views.numbers import percent, with_interval
from annotate_app.views.wording import plain

Found = Mapping[str, Any]


def render(deps: Deps) -> None:
    figures_page.render(deps, "agreement", _show)


def _show(deps: Deps, about: About, figures: Figures) -> None:
    found = figures.found
    level = 100 * found["analysis"]["level"]
    st.caption(deps.t("agreement.about", level=level))
    for criterion, of in found["criteria"].items():
        _criterion(deps, _named(deps, about, criterion), of)
    if "labels" in found:
        agreement_labels.render(deps, found["labels"])
    st.header(deps.t("figures.notes"), anchor=False)
    how = found["analysis"]
    st.markdown(deps.t("agreement.methods", resamples=f"{how['resamples']:,}", seed=how["seed"]))
    st.markdown(deps.t("agreement.ordinal"))
    figures_notes.reasons(deps, found)


def _named(deps: Deps, about: About, criterion: str) -> str:
    if about.kind == "distortion":
        return deps.t("agreement.presence")
    return about.called(criterion, deps.language)


def _criterion(deps: Deps, name: str, of: Found) -> None:
    st.header(plain(name), anchor=False)
    counts = {key: f"{of[key]:,}" for key in ("items", "raters", "judgements", "missing")}
    st.caption(deps.t("agreement.counts", with_two=f"{of['items_with_two']:,}", **counts))
    agreement_tables.plan(deps, of.get("planning"))
    figures_notes.warnings(deps, of["warnings"])
    _coefficients(deps, name, of)
    _pairs(deps, name, of)
    _scores(deps, name, of)
    agreement_tables.left_out(deps, name, of["leave_one_out"])
    agreement_tables.repeats(deps, name, of["repeats"])
    if of["groups"]:
        agreement_groups.render(deps, name, of["groups"])


def _coefficients(deps: Deps, name: str, of: Found) -> None:
    told = [each for each in of["coefficients"] if each["value"] is not None]
    charts.intervals(
        [
            Dot(
                agreement_tables.called(deps, each),
                each["value"],
                each["low"],
                each["high"],
                with_interval(each),
            )
            for each in told
        ],
        alt=deps.t("agreement.alt_coefficients", criterion=name),
        axis=deps.t("agreement.value"),
        mark=0,
    )
    agreement_tables.coefficients(deps, name, of["coefficients"])


def _pairs(deps: Deps, name: str, of: Found) -> None:
    if not of["pairs"]:
        return
    st.subheader(deps.t("agreement.pairs"), anchor=False)
    cells = []
    for pair in of["pairs"]:
        kappa = pair["kappa_quadratic"]
        told = None if isinstance(kappa, Mapping) else kappa
        says = with_interval(pair["intervals"]["kappa_quadratic"])
        for name_of, other in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
            cells.append(Part(name_of, other, told, f"{pair['a']} · {pair['b']}: {says}"))
    charts.matrix(
        cells,
        alt=deps.t("agreement.alt_pairs", criterion=name),
        legend=deps.t("agreement.kappa_quadratic"),
    )
    with st.expander(deps.t("agreement.pairs_table")):
        agreement_tables.pairs(deps, name, of["pairs"])


def _scores(deps: Deps, name: str, of: Found) -> None:
    """Show how each rater used the scale, as every kappa depends on it."""
    st.subheader(deps.t("agreement.scores"), anchor=False)
    raters = of["categories"]["raters"]
    charts.shares(
        [
            Part(rater["rater"], level, share, f"{level}: {percent(share)}")
            for rater in raters
            for level, share in rater["share"].items()
        ],
        alt=deps.t("agreement.alt_scores", criterion=name),
        axis=deps.t("results.share_axis"),
        legend=deps.t("results.score"),
    )
    agreement_tables.scores(deps, name, of)
