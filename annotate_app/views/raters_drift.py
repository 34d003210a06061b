"""How each rater's scores move, relative to the others', in the course of a study."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Step
from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import rounded, with_interval

Found = Mapping[str, Any]
THIRDS = ("first", "middle", "last")


def render(deps: Deps, name: str, raters: Sequence[Found]) -> None:
    """Show own less others' in each third of a rater's order, and how it changes."""
    moved = [each for each in raters if each["drift"]["position"]["n"]]
    if not moved:
        return
    st.subheader(deps.t("raters.drift"), anchor=False)
    said = {third: deps.t(f"raters.third_{third}") for third in THIRDS}
    charts.moves(
        [
            Step(each["rater"], said[third], value, f"{said[third]}: {rounded(value, 2)}")
            for third in THIRDS
            for each in moved
            for value in [each["drift"]["position"]["thirds"][third]]
            if value is not None
        ],
        alt=deps.t("raters.alt_drift", criterion=name),
        axis=deps.t("raters.severity_axis"),
        legend=deps.t("raters.thirds"),
    )
    columns = ("rater", "change", "per_100", *(("per_day",) if by_day(moved) else ()))
    rows = [_row(each["rater"], each["drift"])[: len(columns)] for each in moved]
    headings = [deps.t(f"raters.{column}") for column in columns]
    table.show(deps.t("raters.alt_drift", criterion=name), headings, rows)


def by_day(raters: Sequence[Found]) -> bool:
    """Return whether anybody's trend from day to day is known."""
    return any(each["drift"]["time"]["trend_per_day"]["value"] is not None for each in raters)


def _row(rater: str, drift: Found) -> list[str]:
    position = drift["position"]
    figures = (position["change"], position["trend_per_100_positions"])
    told = [with_interval(figure, 2) for figure in (*figures, drift["time"]["trend_per_day"])]
    return [rater, *told]
