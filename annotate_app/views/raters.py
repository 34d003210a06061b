"""The page on how each rater scores: severity, spread, drift, pace, agreement with the rest."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.statistics import Figures
from annotate_app.views import (
    figures_choice,
    figures_notes,
    figures_page,
    raters_drift,
    raters_in_all,
    raters_tables,
)
from annotate_app.views.figures_page import Opened
from annotate_app.views.wording import plain

Found = Mapping[str, Any]


def render(deps: Deps) -> None:
    figures_page.render(deps, "raters", _show)


def _show(deps: Deps, opened: Opened) -> Figures:
    found, about = opened.figures.found, opened.about
    st.caption(deps.t("raters.about"))
    if about.open:
        st.warning(deps.t("raters.while_open"))
    if len(found["raters"]) == 1:
        st.info(deps.t("raters.one_rater"))
    raters_tables.notes(deps, about, found["raters"])
    st.header(deps.t("raters.in_all"), anchor=False)
    several = len(found["criteria"]) > 1
    if several:
        raters_in_all.severity(deps, about, found)
    raters_in_all.pace(deps, found["raters"])
    if several:
        raters_in_all.halo(deps, found["raters"])
    criterion = figures_choice.criterion(deps, about, list(found["criteria"]))
    name, of = about.names.called(criterion, deps.language), found["criteria"][criterion]
    st.header(plain(name), anchor=False)
    if any(each["n"] for each in of["raters"]):
        raters_tables.severity(deps, name, of["raters"])
        raters_tables.agreement(deps, name, of["raters"])
        raters_drift.render(deps, name, of["raters"])
        raters_in_all.consensus(deps, name, of)
    else:
        st.info(deps.t("figures.no_scores"))
    figures_notes.show(deps, _notes(deps, found, of))
    return opened.figures


def _notes(deps: Deps, found: Found, of: Found) -> Iterator[str]:
    how = found["analysis"]
    yield deps.t("raters.methods", resamples=f"{how['resamples']:,}", seed=how["seed"])
    yield deps.t("raters.by_chance")
    if any(found["left_out"].values()):
        yield deps.t("agreement.left_out_items", **found["left_out"])
    halo = [each["halo"] for each in found["raters"] if len(found["criteria"]) > 1]
    yield from figures_notes.dashes(deps, halo, list(_shown(of["raters"])))


def _shown(raters: Sequence[Found]) -> Iterator[Any]:
    """Yield the figures of a criterion that stand on the page."""
    again = any(each["with_themselves"]["n"] for each in raters)
    by_day = raters_drift.by_day(raters)
    for each in raters:
        yield each["against_others"]
        yield each["with_others"]
        if again:
            yield each["with_themselves"]["percent_agreement"]
        if each["drift"]["position"]["n"]:
            yield each["drift"]["position"]
            yield each["drift"]["time"]["trend_per_day"] if by_day else None
