"""The page on what a study found of its systems: means, differences, ranks, groups."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot, Part
from annotate_app.deps import Deps
from annotate_app.services.statistics import Figures
from annotate_app.views import (
    figures_choice,
    figures_notes,
    figures_page,
    results_differences,
    results_groups,
    results_model,
    results_tables,
)
from annotate_app.views.figures_page import Opened
from annotate_app.views.numbers import percent, with_interval
from annotate_app.views.wording import plain

Found = Mapping[str, Any]
NARROW = 30  # questions; with fewer, intervals by the bootstrap hold the truth too seldom


def render(deps: Deps) -> None:
    figures_page.render(deps, "results", _show)


def _show(deps: Deps, opened: Opened) -> Figures:
    found, about = opened.figures.found, opened.about
    counts = {name: f"{found[name]:,}" for name in ("raters", "questions", "items")}
    st.caption(deps.t("results.about", level=100 * found["analysis"]["level"], **counts))
    _wary(deps, found)
    st.header(deps.t("results.table_5"), anchor=False)
    results_tables.table_5(deps, about, found)
    criterion = figures_choice.criterion(deps, about, list(found["criteria"]))
    name, of = about.names.called(criterion, deps.language), found["criteria"][criterion]
    st.header(plain(name), anchor=False)
    figures = opened.figures
    if any(each["value"] is not None for each in of["systems"]):
        _means(deps, name, of)
        results_differences.render(deps, name, of)
        results_groups.render(deps, name, criterion, found)
        figures = results_model.render(deps, opened, criterion)
    else:
        st.info(deps.t("figures.no_scores"))
    figures_notes.show(deps, _notes(deps, found, criterion))
    return figures


def _wary(deps: Deps, found: Found) -> None:
    if found["raters"] == 1:
        st.warning(deps.t("results.one_rater"))
    if 1 < found["questions"] < NARROW:
        st.warning(deps.t("results.narrow", questions=found["questions"], enough=NARROW))


def _means(deps: Deps, name: str, of: Found) -> None:
    told = [each for each in of["systems"] if each["value"] is not None]
    charts.intervals(
        [
            Dot(each["system"], each["value"], each["low"], each["high"], with_interval(each))
            for each in told
        ],
        alt=deps.t("results.alt_means", criterion=name),
        axis=deps.t("results.mean"),
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
    results_tables.systems(deps, name, of)


def _notes(deps: Deps, found: Found, criterion: str) -> Iterator[str]:
    """Yield how the figures were come by, and why some are missing."""
    how, of = found["analysis"], found["criteria"][criterion]
    yield deps.t("results.methods", resamples=f"{how['resamples']:,}", seed=how["seed"])
    if of["differences"]:
        yield from results_differences.notes(deps, found, criterion)
    else:
        yield deps.t("results.one_system")
    left_out = found["left_out"]
    if any(left_out.values()):
        yield deps.t("figures.left_out", **left_out)
    group = [one["criteria"][criterion] for one in found["groups"]]
    shown = [of["systems"], of["differences"], of["ranks"]]
    apart = found["group_differences"].get(criterion)
    yield from figures_notes.dashes(deps, *shown, group, apart, results_tables.all_means(found))
