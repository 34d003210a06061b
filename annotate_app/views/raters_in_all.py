"""How raters score over all criteria: severity, pace, what goes together, what they suggest."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot
from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views import figures_notes, table
from annotate_app.views.numbers import NOTHING, percent, rounded, with_interval

Found = Mapping[str, Any]


def severity(deps: Deps, about: About, found: Found) -> None:
    """Show how far each rater lies from the others, a column a criterion."""
    criteria = found["criteria"]
    st.subheader(deps.t("raters.severity"), anchor=False)
    st.caption(deps.t("raters.severity_about"))
    headings = [deps.t("raters.rater"), deps.t("raters.group"), deps.t("raters.answers")]
    headings += [about.names.called(criterion, deps.language) for criterion in criteria]
    rows = [
        [
            each["rater"],
            each["group"] or NOTHING,
            f"{each['judgements']:,}",
            *(with_interval(of["raters"][row]["against_others"], 2) for of in criteria.values()),
        ]
        for row, each in enumerate(found["raters"])
    ]
    table.show(deps.t("raters.severity"), headings, rows)


def pace(deps: Deps, raters: Sequence[Found]) -> None:
    st.subheader(deps.t("raters.pace"), anchor=False)
    known = [(each["rater"], each["seconds"]) for each in raters if each["seconds"].get("n")]
    if not known:
        st.caption(deps.t("raters.no_pace"))
        return
    charts.intervals(
        [
            Dot(rater, took["median"], took["lower"], took["upper"], " – ".join(_quartiles(took)))
            for rater, took in known
        ],
        alt=deps.t("raters.alt_pace"),
        axis=deps.t("raters.quartiles"),
    )
    timed = any(took["faster_than_reading"]["n"] for _, took in known)
    columns = ("rater", "lower", "median", "upper", *(("fast",) if timed else ()))
    rows = [
        [rater, *_quartiles(took), _fast(took["faster_than_reading"])][: len(columns)]
        for rater, took in known
    ]
    table.show(deps.t("raters.pace"), [deps.t(f"raters.{column}") for column in columns], rows)


def _quartiles(took: Found) -> list[str]:
    return [rounded(took[place], 0) for place in ("lower", "median", "upper")]


def _fast(found: Found) -> str:
    return f"{found['answers']:,} / {found['n']:,}" if found["n"] else NOTHING


def halo(deps: Deps, raters: Sequence[Found]) -> None:
    st.subheader(deps.t("raters.halo"), anchor=False)
    st.caption(deps.t("raters.halo_about"))
    figures = ("own", "others", "difference")
    rows = [
        [each["rater"], *(with_interval(each["halo"][figure], 2) for figure in figures)]
        for each in raters
    ]
    headings = [deps.t(f"raters.{column}") for column in ("rater", "own", "others", "less")]
    table.show(deps.t("raters.halo"), headings, rows)


def consensus(deps: Deps, name: str, of: Found) -> None:
    """Show which scores the raters' answers together suggest, and how each differs from them."""
    found = of["consensus"]
    with st.expander(deps.t("raters.consensus")):
        st.caption(deps.t("raters.consensus_about"))
        if "raters" not in found:
            said = figures_notes.why(deps, found["code"], found["reason"])
            st.markdown(deps.t("raters.no_consensus", why=said))
            return
        levels = [str(level) for level in of["levels"]]
        shares = ", ".join(f"{level}: {percent(found['shares'][level])}" for level in levels)
        st.text(deps.t("raters.consensus_shares", shares=shares))
        headings = [deps.t("raters.rater"), deps.t("raters.suggested")]
        headings += [deps.t("raters.gave", score=level) for level in levels]
        rows = [
            [each["rater"], level, *map(percent, row or [None] * len(levels))]
            for each in found["raters"]
            for level, row in zip(levels, each["confusion"], strict=True)
        ]
        table.show(deps.t("raters.alt_consensus", criterion=name), headings, rows)
