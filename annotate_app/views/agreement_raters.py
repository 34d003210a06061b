"""What agreement rests on: how each rater used the scale, each one left out, the repeats."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Part
from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views import table
from annotate_app.views.agreement_coefficients import called, level
from annotate_app.views.numbers import NOTHING, percent, rounded, with_interval

Found = Mapping[str, Any]


def scores(deps: Deps, about: About, name: str, of: Found) -> None:
    """Show how each rater used the scale, as every kappa depends on it."""
    found = of["categories"]
    st.subheader(deps.t(f"agreement.scores_{about.kind}"), anchor=False)
    charts.shares(
        [
            Part(
                each["rater"], level(deps, value), share, f"{level(deps, value)}: {percent(share)}"
            )
            for each in found["raters"]
            for value, share in each["share"].items()
        ],
        alt=deps.t("agreement.alt_scores", criterion=name),
        axis=deps.t("results.share_axis"),
    )
    mean = found["mean"] is not None
    columns = ("rater", "group", "given")
    headings = [deps.t(f"agreement.{column}") for column in columns]
    headings += [level(deps, value) for value in found["share"]]
    headings += [deps.t("results.mean")] if mean else []
    everybody = {"rater": deps.t("figures.all_raters"), "group": None, **found}
    rows = [_used(each, mean=mean) for each in [*found["raters"], everybody]]
    table.show(deps.t("agreement.alt_scores", criterion=name), headings, rows)


def _used(each: Found, *, mean: bool) -> list[str]:
    row = [each["rater"], each["group"] or NOTHING, f"{each['n']:,}"]
    row += [percent(share) for share in each["share"].values()]
    return [*row, rounded(each["mean"], 2)] if mean else row


def left_out(deps: Deps, name: str, found: Sequence[Found]) -> None:
    if not found:
        return
    st.subheader(deps.t("agreement.left_out"), anchor=False)
    columns = ("without", "coefficient", "value", "change")
    rows = [
        [each["rater"], called(deps, each), with_interval(each), with_interval(each["change"])]
        for each in found
    ]
    headings = [deps.t(f"agreement.{column}") for column in columns]
    table.show(deps.t("agreement.alt_left_out", criterion=name), headings, rows)


def repeats(deps: Deps, name: str, found: Found) -> None:
    """Show how far raters agree with themselves, on items that came up twice."""
    st.subheader(deps.t("agreement.repeats"), anchor=False)
    if not found["n"]:
        st.caption(deps.t("agreement.no_repeats"))
        return
    figures = ("percent_agreement", "krippendorff_alpha")
    headings = [deps.t("agreement.rater"), deps.t("agreement.repeats_n")]
    headings += [called(deps, {"name": name}) for name in figures]
    everybody = {"rater": deps.t("figures.all_raters"), **found}
    rows = [
        [each["rater"], f"{each['n']:,}", *(with_interval(each[figure]) for figure in figures)]
        for each in [*found["raters"], everybody]
    ]
    table.show(deps.t("agreement.alt_repeats", criterion=name), headings, rows)
