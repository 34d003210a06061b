"""What the raters' answers suggest together, their pace, and which criteria go together."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import NOTHING, percent, with_interval

Found = Mapping[str, Any]


def consensus(deps: Deps, name: str, of: Found) -> None:
    found = of["consensus"]
    if "raters" not in found:
        return
    levels = [str(level) for level in of["levels"]]
    with st.expander(deps.t("raters.consensus")):
        st.caption(deps.t("raters.consensus_about"))
        shares = ", ".join(f"{level}: {percent(found['shares'][level])}" for level in levels)
        st.text(deps.t("raters.consensus_shares", shares=shares))
        headings = [deps.t("raters.rater"), deps.t("raters.suggested"), *levels]
        rows = [
            [each["rater"], level, *map(percent, row or [None] * len(levels))]
            for each in found["raters"]
            for level, row in zip(levels, each["confusion"], strict=True)
        ]
        table.show(deps.t("raters.alt_consensus", criterion=name), headings, rows)


def pace(deps: Deps, raters: Sequence[Found]) -> None:
    st.subheader(deps.t("raters.pace"), anchor=False)
    rows = []
    for each in raters:
        took = each["seconds"]
        if took.get("n"):
            times = [f"{took[place]:.0f}" for place in ("lower", "median", "upper")]
            fast = took["faster_than_reading"]
            rows.append([each["rater"], *times, f"{fast['answers']:,} / {fast['n']:,}"])
        else:
            rows.append([each["rater"], *[NOTHING] * 4])
    columns = ("rater", "lower", "median", "upper", "fast")
    headings = [deps.t(f"raters.{column}") for column in columns]
    table.show(deps.t("raters.pace"), headings, rows)


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
