"""How far every two raters of a criterion agree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.components.charts import charts
from annotate_app.components.charts.charts import Cell
from annotate_app.deps import Deps
from annotate_app.views import figures_notes, table
from annotate_app.views.numbers import rounded, with_interval

Found = Mapping[str, Any]
KAPPAS = ("kappa", "kappa_linear", "kappa_quadratic")
INDICES = ("prevalence_index", "bias_index", "pabak")


def render(deps: Deps, name: str, found: Sequence[Found]) -> None:
    if not found:
        return
    st.subheader(deps.t("agreement.pairs"), anchor=False)
    if figures_notes.too_many(deps, found):
        return
    kappas = _kappas(found)
    kappa = kappas[-1]
    st.caption(deps.t("agreement.square", kappa=deps.t(f"agreement.{kappa}")))
    names = list(dict.fromkeys(pair[of] for of in ("a", "b") for pair in found))
    charts.matrix(
        [cell for pair in found for cell in _cells(deps, pair, kappa)],
        names=names,
        alt=deps.t("agreement.alt_pairs", criterion=name),
        largest=1,
    )
    with st.expander(deps.t("agreement.pairs_table", n=len(found)), expanded=len(found) == 1):
        _table(deps, name, found, kappas)


def shown(found: Sequence[Found]) -> list[Found]:
    """Return the figures of the table."""
    return [pair["intervals"][kappa] for pair in found for kappa in _kappas(found)]


def _kappas(found: Sequence[Found]) -> Sequence[str]:
    """Return which kappas there are: answers without an order have no weighted one."""
    ordered = all(pair["intervals"][KAPPAS[-1]].get("code") != "no_order" for pair in found)
    return KAPPAS if ordered else KAPPAS[:1]


def _told(pair: Found, kappa: str) -> float | None:
    value: float | None = pair["intervals"][kappa]["value"]
    return value


def _cells(deps: Deps, pair: Found, kappa: str) -> Iterator[Cell]:
    value = _told(pair, kappa)
    if value is None:
        return
    figure = with_interval(pair["intervals"][kappa], 2)
    says = f"{pair['a']} · {pair['b']}: {figure}, {deps.t('agreement.n')} = {pair['n']:,}"
    for row, column in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
        yield Cell(row, column, value, rounded(value, 2), says)


def _table(deps: Deps, name: str, found: Sequence[Found], kappas: Sequence[str]) -> None:
    columns = ("pair", "n", *kappas, *INDICES)
    rows = [
        [
            f"{each['a']} · {each['b']}",
            f"{each['n']:,}",
            *(with_interval(each["intervals"][kappa], 2) for kappa in kappas),
            *(_index(each[index]) for index in INDICES),
        ]
        for each in found
    ]
    headings = [deps.t(f"agreement.{column}") for column in columns]
    table.show(deps.t("agreement.alt_pairs", criterion=name), headings, rows)


def _index(figure: Any) -> str:
    """Return an index; where there is none, the command says why instead of a number."""
    return rounded(None if isinstance(figure, Mapping) else figure, 2)
