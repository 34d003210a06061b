"""What the mixed model of a criterion found: effects of systems and raters, and what varies."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot
from annotate_app.deps import Deps
from annotate_app.views import figures_notes, table
from annotate_app.views.numbers import NOTHING, p_said, p_value, rounded, with_interval
from annotate_app.views.results_differences import MANY, pair

Found = Mapping[str, Any]
SPREADS = ("question", "question_by_system")


def render(deps: Deps, name: str, found: Found) -> None:
    if "systems" not in found:
        why = figures_notes.why(deps, found["code"], found["reason"])
        st.info(deps.t("model.none", why=why))
        return
    size = {"n": f"{found['n']:,}", "questions": f"{found['questions']:,}"}
    st.caption(deps.t("model.size", **size))
    for of in ("system", "rater"):
        _effects(deps, name, of, found)
    _differences(deps, name, found["differences"])
    _spreads(deps, name, found)
    for note in (deps.t("model.methods"), *figures_notes.dashes(deps, found)):
        st.caption(note)


def _effects(deps: Deps, name: str, of: str, found: Found) -> None:
    effects = found[f"{of}s"]
    caption = deps.t(f"model.alt_{of}s", criterion=name)
    told = [each for each in effects if each["value"] is not None]
    if len(told) > 1:
        charts.intervals(
            [
                Dot(each[of], each["value"], each["low"], each["high"], with_interval(each))
                for each in told
            ],
            alt=caption,
            axis=deps.t(f"model.{of}s_axis"),
            mark=0,
        )
    headings = [deps.t(f"model.{of}"), deps.t("model.log_odds"), deps.t("model.odds")]
    table.show(caption, headings, [[each[of], *_both(each)] for each in effects])
    test = found[f"{of}_test"]
    if test:
        st.caption(deps.t(f"model.{of}s_alike", df=test["df"], p=p_said(test["p"])))


def _both(each: Found) -> list[str]:
    """Return an effect in log odds, and as a ratio of odds."""
    ends = (each.get(end) for end in ("value", "low", "high"))
    value, low, high = (None if end is None else exp(end) for end in ends)
    ratio = with_interval({"value": value, "low": low, "high": high}, digits=2)
    return [with_interval(each, digits=2), ratio]


def _differences(deps: Deps, name: str, found: Sequence[Found]) -> None:
    if not found or figures_notes.too_many(deps, found):
        return
    headings = [deps.t("results.pair"), deps.t("model.log_odds"), deps.t("model.odds")]
    with st.expander(deps.t("results.all_pairs", n=len(found)), expanded=len(found) <= MANY):
        caption = deps.t("model.alt_differences", criterion=name)
        table.show(caption, headings, [[pair(each), *_both(each)] for each in found])


def _spreads(deps: Deps, name: str, found: Found) -> None:
    rows = []
    for part in SPREADS:
        figure, test = found[part], found[part]["test"]
        p = p_value(test["p"]) if test else NOTHING
        rows.append([deps.t(f"model.{part}"), with_interval(figure, digits=2), p])
    headings = [deps.t("model.differ"), deps.t("model.deviation"), deps.t("results.p")]
    table.show(deps.t("model.alt_spreads", criterion=name), headings, rows)
    thresholds = ", ".join(rounded(each, 2) for each in found["thresholds"])
    st.caption(deps.t("model.thresholds", thresholds=thresholds))
