"""How far the raters of a criterion agree, by every coefficient."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot
from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import p_said, rounded, with_interval

Found = Mapping[str, Any]
# What most readers look for; the table has all. Averages of raters are higher, and stay there.
DRAWN = (
    "percent_agreement",
    "krippendorff_alpha",
    "gwet_ac1",
    "gwet_ac2",
    "fleiss_kappa",
    "icc_a_1",
)
IN_SHORT = ("percent_agreement", "krippendorff_alpha", "gwet_ac2")
NAMED = {*DRAWN, "brennan_prediger", "conger_kappa", "light_kappa", "icc_1", "icc_k"}
NAMED |= {"icc_a_k", "icc_c_1", "icc_c_k"}
METRICS = {"nominal", "ordinal", "interval", "identity", "linear", "quadratic", "radical"}
METRICS |= {"masi", "jaccard", "equal_sets"}
PRESENCE = {"yes": "yes", "no": "no", "cannot tell": "cannot_tell"}


def called(deps: Deps, each: Found) -> str:
    """Return what a coefficient is called, with the metric or weights that it uses."""
    name = deps.t(f"agreement.{each['name']}") if each["name"] in NAMED else each["name"]
    metric = (each.get("metric") or "").replace(" ", "_")
    if not metric or each["name"].startswith("icc"):
        return name
    by = deps.t(f"agreement.metric_{metric}") if metric in METRICS else metric
    return deps.t("agreement.by", name=name, metric=by)


def level(deps: Deps, value: str) -> str:
    """Return what a value of a scale, or an answer about distortions, is called."""
    if value in PRESENCE:
        return deps.t(f"label.presence.{PRESENCE[value]}")
    return deps.t("results.share", score=value)


def overview(deps: Deps, names: Mapping[str, str], criteria: Mapping[str, Found]) -> None:
    """Show the coefficients that most readers look for, a row a criterion."""
    of = next(iter(criteria.values()))["coefficients"]
    places = [_place(of, name) for name in IN_SHORT]
    headings = [deps.t("agreement.criterion"), deps.t("agreement.n")]
    headings += [called(deps, of[place]) for place in places]
    rows = [
        [
            names[criterion],
            f"{each['items_with_two']:,}",
            *(with_interval(each["coefficients"][place]) for place in places),
        ]
        for criterion, each in criteria.items()
    ]
    table.show(deps.t("agreement.alt_overview"), headings, rows)


def _place(of: Sequence[Found], name: str) -> int:
    """Return where the coefficient stands, an alpha by the metric of ranks."""
    places = [place for place, each in enumerate(of) if each["name"] == name]
    ordinal = [place for place in places if of[place]["metric"] == "ordinal"]
    return (ordinal or places)[0]


def render(deps: Deps, name: str, of: Found) -> None:
    found = of["coefficients"]
    charts.intervals(
        [
            Dot(called(deps, each), each["value"], each["low"], each["high"], with_interval(each))
            for each in found
            if each["name"] in DRAWN and each["value"] is not None
        ],
        alt=deps.t("agreement.alt_coefficients", criterion=name),
        axis=deps.t("agreement.value"),
        mark=0,
    )
    show(deps, deps.t("agreement.alt_coefficients", criterion=name), found)
    _concordance(deps, of["concordance"])
    _categories(deps, name, of["category_kappas"])


def show(deps: Deps, caption: str, found: Sequence[Found]) -> None:
    headings = [deps.t("agreement.coefficient"), deps.t("agreement.value"), deps.t("agreement.n")]
    rows = [[called(deps, each), with_interval(each), f"{each['n']:,}"] for each in found]
    table.show(caption, headings, rows)


def _concordance(deps: Deps, found: Found | None) -> None:
    if not found or found["value"] is None:
        return
    told = {"w": rounded(found["value"]), "n": f"{found['n']:,}", "p": p_said(found["p"])}
    st.caption(deps.t("agreement.kendall_w", raters=found["raters"], **told))


def _categories(deps: Deps, name: str, found: Sequence[Found]) -> None:
    """Show how far raters agree on each value against all others."""
    if all(each["value"] is None for each in found):
        return
    headings = [deps.t("agreement.category"), deps.t("agreement.fleiss_kappa")]
    rows = [[level(deps, each["category"]), with_interval(each)] for each in found]
    st.subheader(deps.t("agreement.categories"), anchor=False)
    table.show(deps.t("agreement.alt_categories", criterion=name), headings, rows)
