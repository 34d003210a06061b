"""How far labellers agree on whole sets of distortions, and on each of them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import quality
from annotate_app.views import agreement_tables, table
from annotate_app.views.numbers import with_interval


def render(deps: Deps, found: Mapping[str, Any]) -> None:
    st.header(deps.t("agreement.sets"), anchor=False)
    st.caption(deps.t("agreement.sets_about", n=f"{found['n']:,}"))
    agreement_tables.coefficients(deps, deps.t("agreement.sets"), found["coefficients"])
    if not found["labels"]:
        return
    st.subheader(deps.t("agreement.each_label"), anchor=False)
    rows = [
        [
            quality.label_name(each["label"], deps.language),
            f"{each['votes']:,}",
            with_interval(each),
        ]
        for each in found["labels"]
    ]
    headings = [deps.t(f"agreement.{column}") for column in ("label", "votes", "label_alpha")]
    table.show(deps.t("agreement.each_label"), headings, rows)
