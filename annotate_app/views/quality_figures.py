"""A detector's figures on a page: the table of the paper, the 2×2, the picture, and files."""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.quality import FIGURES, SHARED, Scored
from annotate_app.views import quality_labels, quality_notes, table
from annotate_app.views.numbers import value, with_interval
from annotate_app.views.wording import plain


def render(deps: Deps, scored: Scored, *, gold: str) -> None:
    found = scored.figures
    st.header(deps.t("quality.figures"), anchor=False)
    about = {"detector": plain(found["detector"]), "gold": gold, "n": f"{found['n']:,}"}
    st.caption(deps.t("quality.about", level=100 * found["analysis"]["level"], **about))
    _table_3(deps, found)
    _picture(deps, scored)
    st.header(deps.t("quality.two_by_two"), anchor=False)
    _two_by_two(deps, found["binary"])
    quality_labels.render(deps, found)
    st.header(deps.t("quality.notes"), anchor=False)
    quality_notes.render(deps, found)
    _files(deps, scored)


def _table_3(deps: Deps, found: Mapping[str, Any]) -> None:
    headings = [deps.t("quality.figure"), found["detector"]]
    labellers = found["ceiling"].get("between")
    if labellers:
        headings.append(deps.t("quality.labellers"))
    headings += [deps.t("quality.never"), deps.t("quality.always")]
    rows = []
    for name in FIGURES:
        row = [deps.t(f"quality.{name}"), with_interval(found["binary"][name])]
        if labellers:
            row.append(with_interval(labellers[name] if name in SHARED else {}))
        baselines = found["baselines"]
        row += [value(baselines[each][name]) for each in ("never_flag", "always_flag")]
        rows.append(row)
    table.show(deps.t("quality.figures"), headings, rows)


def _picture(deps: Deps, scored: Scored) -> None:
    # As a data address: the app serves no files of its own making, and a picture runs no script.
    drawn = b64encode(scored.picture).decode()
    alt = escape(deps.t("quality.picture", detector=scored.figures["detector"]))
    st.html(
        f'<div class="picture" role="region" tabindex="0" aria-label="{alt}">'
        f'<img src="data:image/svg+xml;base64,{drawn}" alt="{alt}"></div>'
    )


def _two_by_two(deps: Deps, binary: Mapping[str, Any]) -> None:
    tp, fp, fn, tn = (binary[cell] for cell in ("tp", "fp", "fn", "tn"))
    headings = [
        "",
        deps.t("quality.gold_yes"),
        deps.t("quality.gold_no"),
        deps.t("quality.total"),
    ]
    rows = {
        "detector_yes": (tp, fp, tp + fp),
        "detector_no": (fn, tn, fn + tn),
        "total": (tp + fn, fp + tn, tp + fp + fn + tn),
    }
    table.show(
        deps.t("quality.two_by_two"),
        headings,
        [[deps.t(f"quality.{name}"), *(f"{n:,}" for n in row)] for name, row in rows.items()],
    )


def _files(deps: Deps, scored: Scored) -> None:
    st.header(deps.t("quality.files"), anchor=False)
    with st.container(key="quality_files", horizontal=True):
        for name, content in scored.files.items():
            ending = name.rpartition(".")[2]
            st.download_button(
                deps.t("quality.download", ending=ending.upper()),
                content,
                file_name=name,
                on_click="ignore",
                key=f"quality.download.{ending}",
            )
    with st.expander(deps.t("quality.latex")):
        st.code(scored.figures["latex"], language=None, wrap_lines=True)
