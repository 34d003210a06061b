"""How every two systems of a study differ on one criterion: a chart, a table, notes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Cell, Dot
from annotate_app.deps import Deps
from annotate_app.views import figures_notes, table
from annotate_app.views.numbers import NOTHING, p_said, p_value, rounded, with_interval

Found = Mapping[str, Any]
MANY = 15  # pairs, those of six systems; more are a square, and their table is folded


def render(deps: Deps, name: str, of: Found) -> None:
    found = of["differences"]
    if not found:
        return
    st.subheader(deps.t("results.differences"), anchor=False)
    if figures_notes.too_many(deps, found):
        return
    told = [each for each in found if each["value"] is not None]
    if len(found) <= MANY:
        _rows(deps, name, told)
        _table(deps, name, found)
        return
    st.caption(deps.t("results.square"))
    ranks = {each["system"]: each["value"] for each in of["ranks"]}
    names = [each["system"] for each in of["systems"] if each["value"] is not None]
    _square(deps, name, sorted(names, key=lambda one: ranks.get(one) or 0), told)
    with st.expander(deps.t("results.all_pairs", n=len(found))):
        _table(deps, name, found)


def _rows(deps: Deps, name: str, told: Sequence[Found]) -> None:
    charts.intervals(
        [
            Dot(pair(each), each["value"], each["low"], each["high"], with_interval(each))
            for each in told
        ],
        alt=deps.t("results.alt_differences", criterion=name),
        axis=deps.t("results.difference_axis"),
        mark=0,
    )


def _square(deps: Deps, name: str, names: Sequence[str], told: Sequence[Found]) -> None:
    charts.matrix(
        [cell for each in told for cell in _cells(each)],
        names=names,
        alt=deps.t("results.alt_differences", criterion=name),
        largest=max(abs(each["value"]) for each in told) or 1,
    )


def _cells(each: Found) -> Iterator[Cell]:
    """Yield a difference as it is seen from either system."""
    low, high = each["low"], each["high"]
    apart = low is not None and (low > 0 or high < 0)
    says = f"{pair(each)}: {with_interval(each)}"
    says += "" if each["p"] is None else f", {p_said(each['p'])}"
    for row, column, value in (
        (each["a"], each["b"], each["value"]),
        (each["b"], each["a"], -each["value"]),
    ):
        yield Cell(row, column, value, rounded(value, 2), says, apart)


def pair(each: Found) -> str:
    return f"{each['a']} − {each['b']}"


def _table(deps: Deps, name: str, found: Sequence[Found]) -> None:
    columns = ("pair", "difference", "p", "p_holm", "wins", "net", "questions")
    rows = [
        [
            pair(each),
            with_interval(each),
            p_value(each["p"]),
            p_value(each["p_holm"]),
            f"{each['wins']} : {each['losses']} : {each['ties']}" if each["n_pairs"] else NOTHING,
            rounded(each["net"], 2),
            f"{each['n_pairs']:,}",
        ]
        for each in found
    ]
    caption = deps.t("results.alt_differences", criterion=name)
    table.show(caption, [deps.t(f"results.{column}") for column in columns], rows)


def notes(deps: Deps, found: Found, criterion: str) -> Iterator[str]:
    """Yield how differences, tests and ranks are to be read."""
    differences, family = found["criteria"][criterion]["differences"], found["family"]
    uneven = any(each["n_pairs"] and not each["balanced"] for each in differences)
    yield deps.t("results.uneven" if uneven else "results.even")
    yield deps.t("results.tests")
    if any(each["n_pairs"] and not each["even"] for each in differences):
        yield deps.t("results.approximate")
    if family["tests"]:
        yield deps.t("results.family", tests=family["tests"])
        if not family["frozen"]:
            yield deps.t("results.not_frozen")
        if found["group"]:
            yield deps.t("results.exploratory")
    if found["status"] == "open":
        yield deps.t("results.looked_at")
    yield deps.t("results.ranks")
