"""The report's colours: everyone can read them, on light paper and on dark."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.parts import PARTS
from pipeline.report.document import drawings, html, palette

CSS = (Path(html.__file__).parent / "page.css").read_text("utf-8")
TEXT = 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    """WCAG's relative luminance of a colour like 1a2b3c."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted(luminance(colour.removeprefix("#")) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def test_each_of_the_five_parts_has_a_colour_and_a_name() -> None:
    assert tuple(palette.PARTS) == PARTS
    for looks in ("name", "square", "edge", "tint", "dark_edge", "dark_tint"):
        assert len({getattr(look, looks) for look in palette.PARTS.values()}) == len(PARTS)


def test_words_on_a_parts_colour_can_be_read() -> None:
    light, dark = variables(CSS.partition("@media")[0]), variables(CSS.partition("@media")[2])
    for look in palette.PARTS.values():
        assert contrast(look.edge, look.tint) >= TEXT
        assert contrast(look.dark_edge, look.dark_tint) >= TEXT
        assert contrast(light["ink"], look.tint) >= TEXT
        assert contrast(dark["ink"], look.dark_tint) >= TEXT


@pytest.mark.parametrize("ground", ["paper", "sheet", "band"])
@pytest.mark.parametrize("text", ["ink", "faint", "accent"])
def test_the_pages_words_can_be_read(text: str, ground: str) -> None:
    for css in (CSS.partition("@media")[0], CSS.partition("@media")[2]):
        colours = variables(css)
        assert contrast(colours[text], colours[ground]) >= TEXT


def test_numbers_on_a_coloured_ground_can_be_read() -> None:
    for many in (2, 3, 5, 7):
        colours = drawings.level_colours(many)
        assert all(contrast(drawings.ON_COLOUR, colour) >= TEXT for colour in colours)
        assert all(one != other for one, other in pairwise(colours))
    for step in range(-100, 101):
        ground, text = drawings.matrix_colours(step / 100)
        assert contrast(ground, text) >= TEXT
