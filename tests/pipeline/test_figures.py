"""Pictures: the same bytes twice, every kind of ending, and names that no font here can draw."""

import re
from pathlib import Path

import pytest

from db.errors import NotWritten
from pipeline import figures
from pipeline.figures import Panel, Point, Series, check_ending, draw_bars, draw_points

POINTS = Panel(
    "Is it there?",
    "95% interval",
    (
        Series("detector", (Point("accuracy", 0.69, 0.65, 0.73), Point("kappa", -0.2, -0.3, -0.1))),
        Series("labellers", (Point("accuracy", 0.9, 0.85, 0.94), Point("F1", None))),
    ),
)
BARS = Panel("By $distortion_x", "answers (%)", (Series("a", (Point("过度概括", 35, note="35"),)),))


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_picture_twice_is_the_same_bytes(tmp_path: Path, ending: str) -> None:
    drawn = []
    for name in ("first", "second"):
        for draw, panel in ((draw_points, POINTS), (draw_bars, BARS)):
            path = tmp_path / f"{name}{ending}"
            draw(path, "Study 研究 with $ and _", [panel])
            drawn.append(path.read_bytes())
    assert drawn[:2] == drawn[2:]
    assert len(drawn[0]) > 1000


def test_an_svg_draws_its_text_as_shapes_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    draw_points(path, "A title", [POINTS])
    svg = path.read_text("utf-8")
    assert "<text" not in svg
    links = {link for link in re.findall(r'href="([^"]*)"', svg) if not link.startswith("#")}
    assert not links
    assert "<dc:date>" not in svg


def test_a_panel_without_rows_is_left_out_and_none_at_all_is_still_a_picture(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.svg"
    draw_points(path, "Nothing", [Panel("Empty", "", ())])
    assert path.read_text("utf-8").startswith("<?xml")


def test_a_name_that_no_font_has_is_told_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "CHINESE_FONTS", ())
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    draw_bars(paths[0], "研究", [BARS])  # a font without a glyph would warn, which fails the test
    named = Panel(BARS.title, BARS.axis, (Series("a", (Point("no. 1", 35, note="35"),)),))
    draw_bars(paths[1], "??", [named])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_another_ending_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NotWritten, match=r"a\.gif .* end its name with \.svg, \.png or \.pdf"):
        check_ending(Path("a.gif"))
