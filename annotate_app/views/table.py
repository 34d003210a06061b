"""Show rows as a table that wraps into cards on a phone, each cell as plain text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Bar:
    """A cell that shows how much of a whole is done; `text` says it in words."""

    done: int
    whole: int
    text: str


Cell = str | Bar


def show(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Show the rows; each begins with what it is about."""
    # Written as HTML, as Streamlit's own tables load pandas. A phone shows each row as a card,
    # which takes a table's meaning from its parts unless their roles say it.
    head = "".join(f'<th role="columnheader" scope="col">{escape(h)}</th>' for h in headings)
    body = "".join(f'<tr role="row">{_row(headings, row)}</tr>' for row in rows)
    st.html(
        f'<table class="rows" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def _row(headings: Sequence[str], row: Sequence[Cell]) -> str:
    first, *rest = zip(headings, row, strict=True)
    cells = [f'<th role="rowheader" scope="row">{_shown(first[1])}</th>']
    for heading, cell in rest:
        kind = ' class="figure"' if _figure(cell) else ""
        label = escape(heading)
        cells.append(f'<td{kind} role="cell" data-label="{label}">{_shown(cell)}</td>')
    return "".join(cells)


def _figure(cell: Cell) -> bool:
    """Return whether a cell holds a figure, which is not broken in its middle."""
    return isinstance(cell, str) and not any(each.isalpha() for each in cell.replace("n =", ""))


def _shown(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    bar = f'<progress max="{cell.whole}" value="{cell.done}" aria-label="{escape(cell.text)}">'
    return f"{bar}</progress> <span>{escape(cell.text)}</span>"
