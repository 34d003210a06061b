"""A detector's figures for each distortion, and how well the labellers match each other."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import quality
from annotate_app.services.quality import AVERAGES, SHARED
from annotate_app.views import table
from annotate_app.views.numbers import NOTHING, value, with_interval


def render(deps: Deps, found: Mapping[str, Any]) -> None:
    if found["labels"]:
        st.header(deps.t("quality.by_label"), anchor=False)
        _by_label(deps, found)
    if "between" in found["ceiling"]:
        st.header(deps.t("quality.labellers"), anchor=False)
        st.caption(deps.t("quality.ceiling_means"))
        _labellers(deps, found["ceiling"])


def _by_label(deps: Deps, found: Mapping[str, Any]) -> None:
    figures = [deps.t(f"quality.{name}") for name in ("precision", "recall", "f1")]
    counts = [deps.t("quality.in_gold"), deps.t("quality.found")]
    rows = [
        [_label(deps, each), f"{each['support']:,}", f"{each['found']:,}", *_three(each)]
        for each in found["labels"]
    ]
    rows += [
        [deps.t(f"quality.{average}"), NOTHING, NOTHING, *_three(found[average])]
        for average in AVERAGES
    ]
    headings = [deps.t("quality.label"), *counts, *figures]
    table.show(deps.t("quality.by_label"), headings, rows)
    st.caption(deps.t("quality.exact_match", share=with_interval(found["exact_match"])))


def _label(deps: Deps, each: Mapping[str, Any]) -> str:
    name = quality.label_name(each["label"], deps.language)
    return f"{name} *" if each["definition"] in {"changed", "removed", "new"} else name


def _three(figures: Mapping[str, Any]) -> list[str]:
    return [
        value(figures["precision"]),
        value(figures["recall"]),
        with_interval(figures["f1"]),
    ]


def _labellers(deps: Deps, ceiling: Mapping[str, Any]) -> None:
    between = ceiling["between"]
    rows = [
        [f"{pair['a']} · {pair['b']}", *_agreement(pair, pair["n"])] for pair in ceiling["pairs"]
    ]
    rows.append([deps.t("quality.all_pairs"), *_agreement(between, between["items"])])
    figures = [deps.t(f"quality.{name}") for name in SHARED]
    items = deps.t("quality.items")
    table.show(deps.t("quality.labellers"), [deps.t("quality.pair"), items, *figures], rows)
    if ceiling["against_gold"]:
        st.caption(deps.t("quality.own_votes"))
        table.show(
            deps.t("quality.against_gold"),
            [deps.t("quality.labeller"), items, *figures],
            [[each["labeller"], *_agreement(each, each["n"])] for each in ceiling["against_gold"]],
        )


def _agreement(figures: Mapping[str, Any], items: int) -> list[str]:
    return [f"{items:,}", *(value(figures[name]) for name in SHARED)]
