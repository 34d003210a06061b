"""How each rater scores on one criterion, as tables and neutral notes."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot
from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views import table
from annotate_app.views.numbers import NOTHING, percent, rounded, with_interval

Found = Mapping[str, Any]
NOTES = {"one_level", "apart", "drift", "repeats", "alike", "fast"}


def notes(deps: Deps, about: About, raters: Sequence[Found]) -> None:
    """Say what is worth a second look; none of it is a fault."""
    seen = [(each["rater"], note) for each in raters for note in each["notes"]]
    if not seen:
        return
    st.header(deps.t("raters.looks"), anchor=False)
    st.caption(deps.t("raters.looks_about"))
    rows = []
    for rater, note in seen:
        code, criterion = note["code"], note["criterion"]
        on = about.names.called(criterion, deps.language) if criterion else NOTHING
        said = deps.t(f"raters.look_{code}") if code in NOTES else note["message"]
        rows.append([rater, on, said])
    headings = [deps.t(f"raters.{column}") for column in ("rater", "criterion", "seen")]
    table.show(deps.t("raters.looks"), headings, rows)


def severity(deps: Deps, name: str, raters: Sequence[Found]) -> None:
    charts.intervals(
        [
            Dot(each["rater"], own["value"], own["low"], own["high"], with_interval(own, 2))
            for each in raters
            for own in [each["against_others"]]
            if own["value"] is not None
        ],
        alt=deps.t("raters.alt_severity", criterion=name),
        axis=deps.t("raters.severity_axis"),
        mark=0,
    )
    columns = ("rater", "n", "missing", "mean", "severity", "spread", "most_used")
    rows = [
        [
            each["rater"],
            f"{each['n']:,}",
            f"{each['missing']:,}",
            rounded(each["mean"], 2),
            with_interval(each["against_others"], 2),
            f"{rounded(each['deviation'], 2)} / {rounded(each['others_deviation'], 2)}",
            _most(each["most_used"]),
        ]
        for each in raters
    ]
    headings = [deps.t(f"raters.{column}") for column in columns]
    table.show(deps.t("raters.alt_severity", criterion=name), headings, rows)


def _most(found: Found) -> str:
    if found["value"] is None:
        return NOTHING
    return f"{found['value']}: {percent(found['share'])} / {percent(found['others_share'])}"


def agreement(deps: Deps, name: str, raters: Sequence[Found]) -> None:
    """Show agreement with the others, and with themselves where anything came up twice."""
    st.subheader(deps.t("raters.agreement"), anchor=False)
    again = any(each["with_themselves"]["n"] for each in raters)
    columns = ["rater", "items", "with_others", "kappa"]
    columns += ["repeats", "with_themselves"] if again else []
    rows = [_agreeing(each)[: len(columns)] for each in raters]
    headings = [deps.t(f"raters.{column}") for column in columns]
    table.show(deps.t("raters.alt_agreement", criterion=name), headings, rows)
    if not again:
        st.caption(deps.t("agreement.no_repeats"))


def _agreeing(each: Found) -> list[str]:
    rest, own = each["with_others"], each["with_themselves"]
    return [
        each["rater"],
        f"{rest['items']:,}",
        with_interval(rest["percent_agreement"], 2),
        with_interval(rest["kappa_quadratic"], 2),
        f"{own['n']:,}",
        with_interval(own["percent_agreement"], 2),
    ]
