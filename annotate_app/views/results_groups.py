"""What each group of raters found of the systems, side by side, and how far apart they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views import table
from annotate_app.views.numbers import with_interval

Found = Mapping[str, Any]


def render(deps: Deps, name: str, criterion: str, found: Found) -> None:
    """Show each group's means beside the other's; a small group is only described."""
    groups = found["groups"]
    if not groups:
        return
    st.subheader(deps.t("results.groups"), anchor=False)
    st.caption(deps.t("results.groups_about"))
    headings = [deps.t("results.system")]
    headings += [
        deps.t("results.group", group=_called(deps, group["group"]), raters=group["raters"])
        for group in groups
    ]
    caption = deps.t("results.alt_groups", criterion=name)
    table.show(caption, headings, _rows(groups, criterion))
    differences = found["group_differences"].get(criterion)
    if differences:
        columns = ("system", "group_pair", "difference", "questions")
        table.show(
            deps.t("results.alt_group_differences", criterion=name),
            [deps.t(f"results.{column}") for column in columns],
            [_difference(deps, each) for each in differences],
        )


def _rows(groups: Sequence[Found], criterion: str) -> Iterator[list[str]]:
    each = [
        {system["system"]: system for system in group["criteria"][criterion]["systems"]}
        for group in groups
    ]
    for system in dict.fromkeys(name for group in each for name in group):
        yield [system, *(_with_n(group.get(system, {})) for group in each)]


def _with_n(figure: Found) -> str:
    told = with_interval(figure)
    return told if figure.get("value") is None else f"{told}, n = {figure['n']:,}"


def _difference(deps: Deps, each: Found) -> list[str]:
    groups = f"{_called(deps, each['a'])} − {_called(deps, each['b'])}"
    return [each["system"], groups, with_interval(each), f"{each['n_pairs']:,}"]


def _called(deps: Deps, group: str | None) -> str:
    return group or deps.t("figures.no_group")
