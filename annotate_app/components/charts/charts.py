"""Charts of figures that answer to a pointer, drawn in the browser by Streamlit's own Vega-Lite."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

ROW = 28  # pixels that a row takes
SMALLEST = 60
TICKS = 6
BLUES = ["#d7e8f2", "#6fa8cc", "#1f5f8b"]  # light to dark, so that they differ without colour too


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
    """One piece of a bar of `shares`, or one cell of `matrix`; `says` is its figure in words."""

    name: str
    of: str
    value: float | None
    says: str


@dataclass(frozen=True)
class Step:
    """One point of a line of `lines`."""

    name: str
    at: float
    value: float
    says: str


def intervals(dots: Sequence[Dot], *, alt: str, axis: str, mark: float | None = None) -> None:
    """Draw a dot with its whisker for each row, the first on top; `mark` is a line to compare."""
    y = _rows([dot.name for dot in dots])
    layers: list[dict[str, Any]] = []
    if mark is not None:
        line = {"type": "rule", "strokeDash": [3, 3], "opacity": 0.6}
        layers.append({"mark": line, "encoding": {"x": {"datum": mark}}})
    scale = {"zero": False, "nice": True}
    x = {"type": "quantitative", "title": axis, "axis": {"tickCount": TICKS}, "scale": scale}
    whisker = {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y, "tooltip": _says()}
    dot = {"x": {"field": "value", **x}, "y": y, "tooltip": _says()}
    layers.append({"mark": {"type": "rule", "strokeWidth": 2}, "encoding": whisker})
    layers.append({"mark": {"type": "point", "filled": True, "size": 90}, "encoding": dot})
    _show(dots, {"layer": layers}, alt=alt, high=len({dot.name for dot in dots}))


def shares(parts: Sequence[Part], *, alt: str, axis: str, legend: str) -> None:
    """Draw a bar for each name, of one piece for each `of`, in the order in which they come."""
    pieces = list(dict.fromkeys(part.of for part in parts))
    colour = {
        "field": "of",
        "type": "nominal",
        "sort": pieces,
        "title": legend,
        "legend": {"orient": "top"},
    }
    if len(pieces) == len(BLUES):
        colour["scale"] = {"domain": pieces, "range": BLUES}
    encoding = {
        "x": {
            "field": "value",
            "type": "quantitative",
            "title": axis,
            "axis": {"format": "%", "tickCount": TICKS},
        },
        "y": _rows([part.name for part in parts]),
        "color": colour,
        "order": {"field": "place"},
        "tooltip": _says(),
    }
    placed = [{**asdict(part), "place": pieces.index(part.of)} for part in parts]
    spec = {"mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.5}, "encoding": encoding}
    _show(placed, spec, alt=alt, high=len({part.name for part in parts}))


def matrix(parts: Sequence[Part], *, alt: str, legend: str) -> None:
    """Draw a square of figures of every two; one that is missing stays empty."""
    names = sorted({part.name for part in parts} | {part.of for part in parts})
    axis = {"orient": "top", "labelAngle": 0 if len(names) < 7 else -40, "domain": False}
    x = {"field": "of", "type": "nominal", "sort": names, "title": None, "axis": axis}
    y = {"field": "name", "type": "nominal", "sort": names, "title": None}
    fill = {
        "field": "value",
        "type": "quantitative",
        "title": legend,
        "scale": {"scheme": "blues", "domain": [0, 1], "clamp": True},
        "legend": {"orient": "bottom"},
    }
    dark = {"condition": {"test": "datum.value > 0.55", "value": "white"}, "value": "#222222"}
    layers = [
        {"mark": "rect", "encoding": {"color": fill, "tooltip": _says()}},
        {
            "mark": {"type": "text", "fontSize": 12},
            "encoding": {
                "text": {"field": "value", "type": "quantitative", "format": ".2f"},
                "color": dark,
                "tooltip": _says(),
            },
        },
    ]
    some = [part for part in parts if part.value is not None]
    _show(some, {"layer": layers, "encoding": {"x": x, "y": y}}, alt=alt, high=len(names))


def lines(steps: Sequence[Step], *, alt: str, across: str, up: str) -> None:
    """Draw a line for each name through its points."""
    encoding = {
        "x": {"field": "at", "type": "quantitative", "title": across},
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": up,
            "scale": {"zero": False, "nice": True},
        },
        "color": {"field": "name", "type": "nominal", "title": None, "legend": {"orient": "top"}},
        "tooltip": _says(),
    }
    _show(steps, {"mark": {"type": "line", "point": True}, "encoding": encoding}, alt=alt, high=8)


def _rows(names: Sequence[str]) -> dict[str, Any]:
    order = list(dict.fromkeys(names))
    return {
        "field": "name",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"labelLimit": 280},
    }


def _says() -> dict[str, str]:
    return {"field": "says", "type": "nominal"}


def _show(rows: Sequence[Any], spec: Mapping[str, Any], *, alt: str, high: int) -> None:
    values = [row if isinstance(row, dict) else asdict(row) for row in rows]
    # In an address, as Streamlit would load pandas for figures that come any other way.
    carried = b64encode(json.dumps(values).encode()).decode()
    st.vega_lite_chart(
        {
            **spec,
            "data": {
                "url": f"data:application/json;base64,{carried}",
                "format": {"type": "json"},
            },
            "description": alt,
            "height": max(SMALLEST, ROW * high),
            "autosize": {"type": "fit-x", "contains": "padding"},
        }
    )
