"""How far labellers agree on whole sets of distortions, and on each of them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Dot
from annotate_app.deps import Deps
from annotate_app.services import quality
from annotate_app.views import agreement_coefficients, table
from annotate_app.views.numbers import with_interval
from annotate_app.views.wording import plain


def render(deps: Deps, found: Mapping[str, Any]) -> None:
    st.header(deps.t("agreement.sets"), anchor=False)
    st.caption(deps.t("agreement.sets_about", n=f"{found['n']:,}"))
    agreement_coefficients.show(deps, deps.t("agreement.sets"), found["coefficients"])
    if not found["labels"]:
        return
    st.subheader(deps.t("agreement.each_label"), anchor=False)
    given = [each for each in found["labels"] if each["votes"]]
    names = [quality.label_name(each["label"], deps.language) for each in given]
    charts.intervals(
        [
            Dot(name, each["value"], each["low"], each["high"], with_interval(each))
            for name, each in zip(names, given, strict=True)
            if each["value"] is not None
        ],
        alt=deps.t("agreement.each_label"),
        axis=deps.t("agreement.label_alpha"),
        mark=0,
    )
    rows = [
        [name, f"{each['votes']:,}", with_interval(each)]
        for name, each in zip(names, given, strict=True)
    ]
    headings = [deps.t(f"agreement.{column}") for column in ("label", "votes", "label_alpha")]
    table.show(deps.t("agreement.each_label"), headings, rows)
    never = [each["label"] for each in found["labels"] if not each["votes"]]
    if never:
        called = [plain(quality.label_name(label, deps.language)) for label in never]
        st.caption(deps.t("agreement.never_given", names=deps.t("word.and").join(called)))
