"""The report's pictures: the same bytes twice, and every text drawn as it is."""

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from pipeline import figures
from pipeline.report.document import drawings
from pipeline.report.document.blocks import Bar, Bars, Dot, Dots, Matrix, Picture
from pipeline.report.document.inline_svg import inlined
from tests.pipeline.report.document import sample

MANY = tuple(f"system-{number:02d}" for number in range(16))
PICTURES = {
    "dots": sample.dots("dots", sample.SYSTEMS),
    "severity": sample.severity("severity"),
    "bars": sample.bars("bars", sample.SYSTEMS),
    "matrix": sample.matrix("matrix"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_the_same_picture_twice_is_the_same_bytes_in_every_format(kind: str) -> None:
    first, second = (drawings.draw(PICTURES[kind]) for _ in range(2))
    assert first == second
    assert first.pdf.startswith(b"%PDF")
    assert b"CreationDate" not in first.pdf
    assert b"<dc:date>" not in first.svg
    ET.fromstring(first.svg)  # noqa: S314 - our own


@pytest.mark.parametrize(
    "picture",
    [
        PICTURES["severity"],
        sample.bars("bars of 16", MANY),
        sample.matrix("matrix of 20", raters=20),
        replace(PICTURES["dots"], panels=PICTURES["dots"].panels * 2),
        Picture("long", "", "", (Dots("t" * 90, "axis", (Dot("名" * 60, 1.0, 0.5, 2.0, "n"),)),)),
        Picture("none", "", "", (Dots("nothing", "", ()),)),
        Picture("one", "", "", (Matrix("one rater", ("a",), ((None,),)),)),
    ],
    ids=lambda picture: picture.id,
)  # fmt: skip
def test_a_picture_fits_a_page_and_leaves_its_edges_free(picture: Picture) -> None:
    drawn = drawings.draw(picture)
    image = Image.open(BytesIO(drawn.png)).convert("L")
    assert image.width == pytest.approx(drawn.width * drawings.DOTS_PER_INCH, abs=1)
    assert drawn.width <= drawings.WIDTH + 0.3
    right = image.crop((image.width - 2, 0, image.width, image.height))
    left = image.crop((0, 0, 2, image.height))
    assert right.getextrema() == left.getextrema() == (255, 255)


def test_what_cannot_be_told_has_no_dot_and_no_number() -> None:
    dots = Picture("a", "", "", (Dots("t", "", (Dot("x", None), Dot("y", 1.0))),))
    told = Picture("a", "", "", (Dots("t", "", (Dot("x", 1.0), Dot("y", 1.0))),))
    assert drawings.draw(dots).svg.count(b"<use") < drawings.draw(told).svg.count(b"<use")
    bars = Picture("b", "", "", (Bars("t", ("0", "1"), (Bar("x", (), 0),)),))
    assert b"%PDF" in drawings.draw(bars).pdf


def test_a_name_that_no_font_has_is_told_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "CHINESE_FONTS", ())
    named = drawings.draw(sample.dots("a", ("系统甲", "b")))
    placed = drawings.draw(sample.dots("a", ("no. 1", "b")))
    assert named.png == placed.png


def test_an_inlined_picture_has_ids_of_its_own_and_no_text_as_markup() -> None:
    drawn = drawings.draw(PICTURES["dots"])
    one, two = (inlined(drawn.svg, key=key, alt='a < "b"') for key in ("x", "y"))
    ids = [set(re.findall(r'\bid="([^"]*)"', svg)) for svg in (one, two)]
    assert not ids[0] & ids[1]
    links = set(re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', one))
    assert {first or second for first, second in links} <= ids[0]
    assert '<title id="x-alt">a &lt; &quot;b&quot;</title>' in one
    ET.fromstring(one.replace("xlink:href", "href"))  # noqa: S314 - our own
