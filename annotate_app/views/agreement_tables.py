"""How far raters agree, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import NOTHING, percent, value, with_interval

Found = Mapping[str, Any]
KAPPAS = ("kappa", "kappa_linear", "kappa_quadratic")
METRICS = {"nominal", "ordinal", "interval", "identity", "linear", "quadratic"}


def called(deps: Deps, each: Found) -> str:
    """Return what a coefficient is called, with the metric or weights that it uses."""
    metric = each.get("metric")
    name = deps.t(f"agreement.{each['name']}")
    if not metric or each["name"].startswith("icc"):
        return name
    return f"{name}, {deps.t(f'agreement.metric_{metric}') if metric in METRICS else metric}"


def coefficients(deps: Deps, name: str, found: Sequence[Found]) -> None:
    headings = [deps.t("agreement.coefficient"), deps.t("agreement.value"), deps.t("agreement.n")]
    rows = [[called(deps, each), with_interval(each), f"{each['n']:,}"] for each in found]
    table.show(deps.t("agreement.alt_coefficients", criterion=name), headings, rows)


def pairs(deps: Deps, name: str, found: Sequence[Found]) -> None:
    columns = ("pair", "n", *KAPPAS, "prevalence", "bias", "pabak")
    rows = [
        [
            f"{each['a']} · {each['b']}",
            f"{each['n']:,}",
            *(with_interval(each["intervals"][kappa], digits=2) for kappa in KAPPAS),
            *(_index(each.get(index)) for index in ("prevalence_index", "bias_index", "pabak")),
        ]
        for each in found
    ]
    headings = [deps.t(f"agreement.{column}") for column in columns]
    table.show(deps.t("agreement.alt_pairs", criterion=name), headings, rows)


def _index(figure: float | None) -> str:
    return value({"value": figure if isinstance(figure, int | float) else None}, digits=2)


def scores(deps: Deps, name: str, of: Found) -> None:
    found = of["categories"]
    levels = list(found["share"])
    headings = [deps.t("agreement.rater"), deps.t("agreement.group"), deps.t("agreement.scored")]
    headings += [deps.t("results.share", score=level) for level in levels]
    headings.append(deps.t("results.mean"))
    rows = [
        [each["rater"], each["group"] or NOTHING, *_distribution(each, levels)]
        for each in found["raters"]
    ]
    rows.append([deps.t("figures.all_raters"), NOTHING, *_distribution(found, levels)])
    table.show(deps.t("agreement.alt_scores", criterion=name), headings, rows)


def _distribution(each: Found, levels: Sequence[str]) -> list[str]:
    shares = [percent(each["share"][level]) for level in levels]
    return [f"{each['n']:,}", *shares, value({"value": each["mean"]}, digits=2)]


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
    headings = [deps.t("agreement.rater"), deps.t("agreement.repeats_n")]
    headings += [deps.t("agreement.percent_agreement"), deps.t("agreement.krippendorff_alpha")]
    rows = [_repeated(each["rater"], each) for each in found["raters"]]
    rows.append(_repeated(deps.t("figures.all_raters"), found))
    table.show(deps.t("agreement.alt_repeats", criterion=name), headings, rows)


def _repeated(who: str, each: Found) -> list[str]:
    figures = (each[name] for name in ("percent_agreement", "krippendorff_alpha"))
    return [who, f"{each['n']:,}", *map(with_interval, figures)]


def plan(deps: Deps, found: Found | None) -> None:
    """Say what more items would bring, while there are more to come."""
    if not found or found["more"] is None:
        return
    values = {"more": f"{found['more']:,}", "wished": f"{found['wished']:g}"}
    values["name"] = called(deps, found)
    st.caption(deps.t("agreement.plan" if found["more"] else "agreement.plan_done", **values))
