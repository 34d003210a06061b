"""Raters in a report: described beside the others, with the way back to their rows."""

import pytest

from pipeline.report.document.blocks import Listing, Paragraph, Picture
from tests.pipeline.report.conftest import Told
from tests.pipeline.report.studies import tables, words


def test_each_raters_severity_is_the_own_mean_less_the_others(pilot: Told) -> None:
    context, document = pilot.context, pilot.document
    table = tables(document)["raters-helpfulness"]
    scores = {
        (a.rater.pseudonym, a.item.unit): int(a.values["helpfulness"] or 0)
        for a in context.known.answers
        if not a.item.is_repeat
    }
    for row in table.rows():
        own = [v for (rater, _), v in scores.items() if rater == row[0].text]
        others = [v for (rater, _), v in scores.items() if rater != row[0].text]
        expected = sum(own) / len(own) - sum(others) / len(others)  # all scored the same answers
        assert row[3].values[0] == pytest.approx(expected)
        source = context.sources.told[row[2].id]
        assert source.value == pytest.approx(sum(own) / len(own))
        assert source.rows["rater"] == row[0].text
    assert [b.id for b in document.blocks if isinstance(b, Picture) and b.id == "severity"]


def test_what_stands_out_is_a_list_and_no_verdict(pilot: Told) -> None:
    document = pilot.document
    assert "a rater who differs is not a worse one" in words(document)
    place = next(
        n
        for n, block in enumerate(document.blocks)
        if isinstance(block, Paragraph) and str(block.text).startswith("What stands out")
    )
    notes = document.blocks[place + 1]
    assert isinstance(notes, Listing)
    assert all(str(note).startswith("P-") for note in notes.items)


def test_labellers_have_no_points_to_be_severe_in(labels: Told) -> None:
    said = "labels have no points; agreement tells how labellers differ"
    assert said in words(labels.document)
