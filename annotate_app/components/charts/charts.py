"""Charts of figures that answer to a pointer, drawn in the browser by Streamlit's own Vega-Lite."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from unicodedata import east_asian_width

import streamlit as st

ROW = 30  # pixels that a row takes, …
TALL = 46  # … or one whose name stands above it
BESIDE = 20  # places of the longest name that stands beside its row
TICKS = 6
SQUARE = 34
# The page's own colours, which its style sheet has for light and for dark.
INK, LINE, TEXT = "var(--chart-ink)", "var(--chart-line)", "var(--chart-text)"
SAYS = {"field": "says", "type": "nominal"}

Spec = dict[str, Any]


@dataclass(frozen=True)
class Dot:
    """One row of `intervals`; `says` is its figure in words."""

    name: str
    value: float
    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True)
class Part:
    """One piece of a bar of `shares`; `says` is its figure in words."""

    name: str
    of: str
    value: float | None
    says: str


@dataclass(frozen=True)
class Cell:
    """One cell of `matrix`, in the row `name` and the column `of`.

    `shown` stands in it, and `says` is its figure in words; a `strong` one is set in bold.
    """

    name: str
    of: str
    value: float
    shown: str
    says: str
    strong: bool = False


@dataclass(frozen=True)
class Step:
    """One of the points of a row of `moves`, which is `at` some place of an order."""

    name: str
    at: str
    value: float
    says: str


def intervals(dots: Sequence[Dot], *, alt: str, axis: str, mark: float | None = None) -> None:
    """Draw a dot with its whisker for each row, the first on top; `mark` is a line to compare."""
    above = any(_wide(dot.name) > BESIDE for dot in dots)
    y, down = _rows([dot.name for dot in dots], above=above), 10 if above else 0
    x, said = _across(axis), _says(axis)
    whisker = {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y, "tooltip": said}
    dot = {"x": {"field": "value", **x}, "y": y, "tooltip": said}
    layers = [
        *_compared_with(mark),
        {"mark": {"type": "rule", "size": 2.5, "yOffset": down, "color": INK}, "encoding": whisker},
        {
            "mark": {"type": "circle", "size": 110, "opacity": 1, "yOffset": down, "color": INK},
            "encoding": dot,
        },
    ]
    if above:
        layers.append(_names_above(y))
    _show(dots, {"layer": layers}, alt=alt, high=TALL if above else ROW)


def shares(parts: Sequence[Part], *, alt: str, axis: str, legend: str | None = None) -> None:
    """Draw a bar for each name, of one piece for each `of`, in the order in which they come."""
    pieces = list(dict.fromkeys(part.of for part in parts))
    along = {"field": "value", "type": "quantitative", "stack": "zero", "title": axis}
    fill = {
        "field": "of",
        "type": "nominal",
        "title": legend,
        "legend": {"orient": "top", "symbolType": "square"},
        "scale": {"domain": pieces, "range": [_level(*each) for each in _places(pieces)]},
    }
    shared = {
        "y": _rows([part.name for part in parts]),
        "order": {"field": "place"},
        "tooltip": _says(axis),
    }
    room = {"condition": {"test": "datum.value * width > 38", "value": 1}, "value": 0}
    bars = {"x": {**along, "axis": {"format": "%", "tickCount": TICKS}}, "fill": fill}
    texts = {
        "x": {**along, "bandPosition": 0.5},
        "text": {"field": "shown"},
        "color": {"field": "ink", "scale": None},
        "opacity": room,
    }
    layers = [
        {"mark": {"type": "bar", "cornerRadius": 1}, "encoding": bars | shared},
        {"mark": {"type": "text", "fontSize": 12}, "encoding": texts | shared},
    ]
    rows = [
        {**asdict(part), "place": place, "ink": _on(place, of), "shown": f"{part.value:.0%}"}
        for part in parts
        if part.value is not None
        for place, of in [(pieces.index(part.of), len(pieces))]
    ]
    _show(rows, {"layer": layers}, alt=alt, high=ROW)


def matrix(cells: Sequence[Cell], *, names: Sequence[str], alt: str, largest: float) -> None:
    """Draw a square of the figures of every two of `names`, darker where they are larger.

    Those below 0 have another colour; a figure of the size `largest` has all of its colour.
    """
    side = {"type": "nominal", "sort": list(names), "title": None, "scale": {"padding": 0.04}}
    x = {"field": "of", **side, "axis": _on_top(names)}
    y = {"field": "name", **side, "axis": {**_beside(), "domain": False}}
    cell = {"fill": {"field": "colour", "scale": None}, "tooltip": {**SAYS}}
    text = {
        "text": {"field": "shown"},
        "color": {"field": "ink", "scale": None},
        "tooltip": {**SAYS},
    }
    size = {"expr": f"min(12, width / {2.9 * len(names)})"}
    legible = {"expr": f"width / {len(names)} < 22 ? 0 : 1"}
    weight = {"expr": "datum.weight"}
    layers = [
        {"mark": {"type": "rect", "cornerRadius": 3}, "encoding": cell},
        {
            "mark": {"type": "text", "fontSize": size, "fontWeight": weight, "opacity": legible},
            "encoding": text,
        },
    ]
    rows = [
        asdict(each) | _coloured(each.value / largest) | {"weight": 700 if each.strong else 400}
        for each in cells
    ]
    spec = {"layer": layers, "encoding": {"x": x, "y": y}}
    _show(rows, spec, alt=alt, high=SQUARE)


def moves(steps: Sequence[Step], *, alt: str, axis: str, legend: str) -> None:
    """Draw each name's points on a row, joined in their order and darker the later they are."""
    order = list(dict.fromkeys(step.at for step in steps))
    x, y = _across(axis), _rows([step.name for step in steps])
    point = {
        "field": "at",
        "type": "nominal",
        "title": legend,
        "legend": {"orient": "top"},
        "scale": {"domain": order, "range": [_level(*each) for each in _places(order)]},
    }
    line = {"detail": {"field": "name"}, "order": {"field": "place"}}
    layers = [
        *_compared_with(0),
        {
            "mark": {"type": "line", "strokeWidth": 2, "color": LINE},
            "encoding": {"x": {"field": "value", **x}, "y": y, **line},
        },
        {
            "mark": {"type": "point", "size": 90, "opacity": 1, "stroke": LINE, "strokeWidth": 1.5},
            "encoding": {
                "x": {"field": "value", **x},
                "y": y,
                "fill": point,
                "tooltip": _says(axis),
            },
        },
    ]
    rows = [{**asdict(step), "place": order.index(step.at)} for step in steps]
    _show(rows, {"layer": layers}, alt=alt, high=ROW)


def _across(axis: str) -> Spec:
    scale = {"zero": False, "nice": True}
    return {"type": "quantitative", "title": axis, "axis": {"tickCount": TICKS}, "scale": scale}


def _compared_with(mark: float | None) -> list[Spec]:
    rule = {"type": "rule", "strokeDash": [3, 3], "color": LINE, "aria": False}
    return [] if mark is None else [{"mark": rule, "encoding": {"x": {"datum": mark}}}]


def _rows(names: Sequence[str], *, above: bool = False) -> Spec:
    order = list(dict.fromkeys(names))
    axis = {"labels": False, "ticks": False} if above else _beside()
    scale = {"type": "band", "paddingInner": 0.25, "paddingOuter": 0.12}
    row = {"field": "name", "type": "nominal", "sort": order, "title": None, "scale": scale}
    return row | {"axis": {**axis, "domain": False}}


def _on_top(names: Sequence[str]) -> Spec:
    """Return an axis above a square, whose labels stand the steeper the less room they have."""
    room = 700 / len(names)
    angle = 0 if max(map(_wide, names)) * 8 < room else -40 if room > 2 * SQUARE else -90
    look = {"labelAngle": angle, "labelLimit": 130, "labelOverlap": False, "ticks": False}
    size = {"expr": f"min(12, width / {len(names)})"}
    return {"orient": "top", "domain": False, "labelFontSize": size, **look}


def _wide(text: str) -> int:
    """Return how much room a text takes: a Chinese character as much as two letters."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def _beside() -> Spec:
    return {"labelLimit": {"expr": "windowSize()[0] < 640 ? 125 : 200"}, "ticks": False}


def _names_above(y: Spec) -> Spec:
    text = {"type": "text", "align": "left", "xOffset": 5, "yOffset": -9}
    encoding = {"x": {"value": 0}, "y": y, "text": {"field": "name"}}
    look = {"fontSize": 12, "color": TEXT, "limit": {"expr": "width"}}
    return {"mark": text | look, "encoding": encoding}


def _says(about: str) -> list[Spec]:
    """Return what a pointer shows: "title" is what Streamlit's own sets above the rest."""
    return [{"field": "name", "type": "nominal", "title": "title"}, {**SAYS, "title": about}]


def _places(pieces: Sequence[str]) -> list[tuple[int, int]]:
    return [(place, len(pieces)) for place in range(len(pieces))]


def _level(place: int, of: int) -> str:
    """Return the colour of a level of a scale, from pale to full."""
    part = 100 * place / max(1, of - 1)
    return f"color-mix(in oklab, var(--chart-full) {part:.0f}%, var(--chart-pale))"


def _on(place: int, of: int) -> str:
    """Return the colour of text that stands on `_level`."""
    return _legible(place / max(1, of - 1))


def _legible(part: float) -> str:
    return f"var(--chart-on-{'pale' if part < 0.4 else 'middle' if part <= 0.6 else 'full'})"


def _coloured(part: float) -> dict[str, str]:
    size = min(1.0, abs(part))
    full = "full" if part >= 0 else "below"
    mixed = f"color-mix(in oklab, var(--chart-{full}) {100 * size:.0f}%, var(--chart-pale))"
    return {"colour": mixed, "ink": _legible(size)}


def _show(rows: Sequence[Any], spec: Mapping[str, Any], *, alt: str, high: int) -> None:
    values = [row if isinstance(row, dict) else asdict(row) for row in rows]
    if not values:
        return
    # In an address, as Streamlit would load pandas for figures that come any other way.
    carried = b64encode(json.dumps(values).encode()).decode()
    st.vega_lite_chart(
        {
            **spec,
            "data": {
                "url": f"data:application/json;base64,{carried}",
                "format": {"type": "json"},
            },
            "height": high * len({value["name"] for value in values}),
            "autosize": {"type": "fit-x", "contains": "padding"},
            "config": {"view": {"stroke": None}},
            # Elsewhere than in the page itself, the page's own colours mean nothing.
            "usermeta": {"embedOptions": {"renderer": "svg"}},
        },
        alt=alt,
    )
