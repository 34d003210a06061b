"""Table 4, from scores of automatic metrics that are in the store."""

import pytest
from sqlalchemy import select

from db.engine import Store
from db.tables import MetricScore, Response, System
from pipeline.report.sections.metrics import mean
from pipeline.stats.resampling.intervals import Resampling
from tests.pipeline.report.studies import SYSTEMS, rating_study, tables, told, words

SIGNATURE = "BLEU|tok:zh|version:2.6.0"


def add_scores(store: Store) -> dict[str, list[float]]:
    """Give each answer a score: 0.1, 0.2, … in the order of the store; return them by system."""
    given: dict[str, list[float]] = {}
    with store.writing() as session:
        query = select(Response.id, System.name).join(System, System.id == Response.system_id)
        for place, (response, system) in enumerate(session.execute(query.order_by(Response.id)), 1):
            value = place / 10
            session.add(
                MetricScore(response_id=response, metric="BLEU", signature=SIGNATURE, value=value)
            )
            given.setdefault(system, []).append(value)
    return given


def test_each_system_has_its_mean_with_an_interval_and_the_signature(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    given = add_scores(sqlite_store)
    context, document, _ = told(sqlite_store, "pilot")
    table = tables(document)["t4"]
    assert [column.heading for column in table.columns] == ["system", "BLEU"]
    for row in table.rows():
        value, low, high = row[1].values
        expected = given[row[0].text]
        assert value == pytest.approx(sum(expected) / len(expected))
        assert float(low or 0) < float(value or 0) < float(high or 0)  # type: ignore[arg-type]
        assert context.sources.told[row[1].id].n == len(expected)
    assert SIGNATURE in "\n".join(table.notes)
    assert {row[0].text for row in table.rows()} == set(SYSTEMS)


def test_before_unblinding_scores_would_tell_the_systems_apart(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    add_scores(sqlite_store)
    _, document, _ = told(sqlite_store, "pilot")
    assert "t4" not in tables(document)
    assert "would tell which code is which system" in words(document)


def test_a_mean_weighs_each_score_alike_and_one_question_tells_no_interval() -> None:
    plan = Resampling(level=0.95, resamples=200, seed=7)
    # 1, 0, 0 on one question and 1 on the other: the mean over all scores is 2 / 4.
    assert mean([[1.0, 0.0, 0.0], [1.0]], plan).value == 0.5
    alone = mean([[0.25, 0.75]], plan)
    assert (alone.value, alone.low, alone.code) == (0.5, None, "one_question")
