"""The document model: what cannot be a report is refused where it is made."""

import doctest
from dataclasses import replace

import pytest

from pipeline.report.document import blocks
from pipeline.report.document.blocks import (
    Cell,
    Column,
    Group,
    Heading,
    Paragraph,
    Piece,
    Table,
    figure_ids,
)
from tests.pipeline.report.document import sample


def test_the_examples_hold() -> None:
    assert doctest.testmod(blocks).failed == 0


def test_a_figure_without_a_source_is_no_report() -> None:
    whole = sample.document()
    text = Paragraph(("alpha is ", Piece("0.61", id="agreement.alpha")))
    with pytest.raises(ValueError, match=r"figures without a source: agreement\.alpha"):
        replace(whole, blocks=(*whole.blocks, text))


def test_an_id_stands_for_one_thing() -> None:
    whole = sample.document()
    with pytest.raises(ValueError, match="ids that stand for two things: t5"):
        replace(whole, blocks=(*whole.blocks, Heading("t5", "Again")))
    with pytest.raises(ValueError, match=r"ids that stand for two things: n\.scores"):
        replace(whole, sources=(*whole.sources, whole.sources[0]))


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="t5: 1 cells for 2 columns"):
        Table("t5", "", (Column("a"), Column("b")), (Group(((Cell("1"),),)),))


def test_a_picture_has_panels_of_one_kind() -> None:
    dots, bars = sample.dots("a", ("x",)), sample.bars("b", ("x",))
    for panels in ((), (*dots.panels, *bars.panels)):
        with pytest.raises(ValueError, match="all of one kind"):
            replace(dots, panels=panels)


def test_figures_are_found_in_text_and_in_tables_in_their_order() -> None:
    ids = list(figure_ids(sample.document().blocks))
    assert ids[:2] == ["n.scores", "t5.relevance.Alpaca-Chinese-7B.mean"]
    assert len(ids) == 1 + 3 * 4 + 1
