"""A page of figures as the tests read it: its tables, its charts, its notes."""

import json
import re
from base64 import b64decode
from html import escape, unescape
from typing import Any


def open_page(tab: Any, page: str, name: str, **asked: str) -> Any:
    tab.at.switch_page(f"screens/{page}.py")
    for key, value in {"name": name, **asked}.items():
        tab.at.query_params[key] = value
    tab.at.run()
    assert not tab.at.exception
    return tab


def table(tab: Any, caption: str) -> list[list[str]]:
    """The cells of the table of this caption, the headings first."""
    (found,) = [body for body in tables(tab) if f"<caption>{escape(caption)}</caption>" in body]
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in found.split("<tr")[1:]]
    return [list(map(unescape, row)) for row in cells]


def tables(tab: Any) -> list[str]:
    return [html.proto.body for html in tab.at.get("html") if "<table" in html.proto.body]


def charts(tab: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of each chart, by what is said of it to who cannot see it."""
    return {chart.proto.alt: _rows(chart) for chart in tab.at.get("vega_lite_chart")}


def _rows(chart: Any) -> list[dict[str, Any]]:
    address: str = json.loads(chart.proto.spec)["data"]["url"]
    found: list[dict[str, Any]] = json.loads(b64decode(address.partition("base64,")[2]))
    return found


def notes(tab: Any) -> str:
    return "\n".join(markdown.value for markdown in tab.at.markdown)


def headers(tab: Any) -> list[str]:
    return [each.value for kind in ("header", "subheader") for each in tab.at.get(kind)]
