"""Squares of figures: the same bytes twice, gaps left white, names that no font has."""

from pathlib import Path

import pytest

from pipeline import figures
from pipeline.figures import Panel, Point, Series
from pipeline.heatmap import Matrix, draw_over

PANEL = Panel("relevance", "95% interval", (Series("a", (Point("alpha", 0.6, 0.5, 0.7),)),))
VALUES = ((None, 0.81, None), (0.81, None, -0.2), (None, -0.2, None))
MATRIX = Matrix("Cohen's kappa", ("R1", "王", "R$3"), VALUES)


def drawn(path: Path, matrix: Matrix) -> bytes:
    draw_over(path, "Agreement in 研究", [PANEL], [matrix])
    return path.read_bytes()


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_matrix_twice_is_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first, second = (drawn(tmp_path / f"{name}{ending}", MATRIX) for name in "ab")
    assert first == second
    assert len(first) > 1000


def test_each_figure_and_each_gap_shows_in_the_picture(tmp_path: Path) -> None:
    other = ((None, 0.81, 0.3), (0.81, None, -0.2), (0.3, -0.2, None))
    filled = Matrix(MATRIX.title, MATRIX.names, other)
    assert drawn(tmp_path / "a.svg", MATRIX) != drawn(tmp_path / "b.svg", filled)


def test_a_name_that_no_font_has_is_told_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "CHINESE_FONTS", ())
    named = Matrix(MATRIX.title, ("R1", "no. 2", "R$3"), VALUES)
    assert drawn(tmp_path / "a.svg", MATRIX) == drawn(tmp_path / "b.svg", named)


def test_without_anybody_to_compare_the_figures_are_drawn_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    draw_over(path, "One rater", [PANEL, PANEL], [MATRIX, Matrix("nobody", (), ())])
    assert path.read_text("utf-8").startswith("<?xml")
    draw_over(path, "One rater", [PANEL], [])
    assert path.stat().st_size > 1000


def test_many_raters_are_coloured_and_not_written(tmp_path: Path) -> None:
    many = 40
    row = tuple(0.5 for _ in range(many))
    matrix = Matrix("all", tuple(f"P-{n:04}" for n in range(many)), (row,) * many)
    written = Matrix("all", matrix.names[:10], ((0.5,) * 10,) * 10)
    assert len(drawn(tmp_path / "a.svg", matrix)) < 4 * len(drawn(tmp_path / "b.svg", written))
