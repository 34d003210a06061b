"""How far the raters of each group agree with each other, and with the other group's."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.agreement_coefficients import called
from annotate_app.views.numbers import with_interval

Found = Mapping[str, Any]
BETWEEN = ("percent_agreement", "kappa", "kappa_weighted")


def render(deps: Deps, name: str, found: Found) -> None:
    st.subheader(deps.t("agreement.groups"), anchor=False)
    columns = ("group", "raters", "coefficient", "value", "n")
    rows = [
        [
            group["group"],
            f"{group['raters']:,}",
            called(deps, each),
            with_interval(each),
            f"{each['n']:,}",
        ]
        for group in found["within"]
        for each in group["coefficients"]
    ]
    headings = [deps.t(f"agreement.{column}") for column in columns]
    table.show(deps.t("agreement.alt_groups", criterion=name), headings, rows)
    if found["between"]:
        _between(deps, name, found)
        _differences(deps, name, found)


def _between(deps: Deps, name: str, found: Found) -> None:
    headings = [deps.t("agreement.two_groups"), deps.t("agreement.n")]
    headings += [deps.t(f"agreement.{figure}") for figure in BETWEEN]
    rows = [
        [
            f"{each['a']} · {each['b']}",
            f"{each['n']:,}",
            *(with_interval(each[figure]) for figure in BETWEEN),
        ]
        for each in found["between"]
    ]
    table.show(deps.t("agreement.alt_between", criterion=name), headings, rows)


def _differences(deps: Deps, name: str, found: Found) -> None:
    """Show how much more one group agrees among itself than another."""
    rows = [
        [f"{each['a']} − {each['b']}", called(deps, one), with_interval(one)]
        for each in found["between"]
        for one in each["differences"]
    ]
    if rows:
        columns = ("two_groups", "coefficient", "difference")
        headings = [deps.t(f"agreement.{column}") for column in columns]
        table.show(deps.t("agreement.alt_group_differences", criterion=name), headings, rows)
