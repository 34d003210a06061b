"""Correlations of automatic metrics with people's scores, as the report tells them."""

from collections import defaultdict

import pytest
from scipy.stats import kendalltau, pearsonr, spearmanr
from sqlalchemy import select

from db.engine import Store
from db.ratings import Answer
from db.tables import Item, Question, Response, Study, System
from pipeline.report.document.blocks import Picture
from pipeline.report.sections.metrics_and_people import CORRELATIONS
from tests.pipeline.report.sections.test_metrics import add_scores, section
from tests.pipeline.report.studies import SYSTEMS, imported_study, rating_study, tables

CRITERION = "relevance"
BY_SCIPY = (spearmanr, kendalltau, pearsonr)


def by_hand(answers: tuple[Answer, ...]) -> dict[int, tuple[str, float]]:
    """The system and the mean score of each response, repeats left out."""
    scores: dict[int, list[int]] = defaultdict(list)
    system: dict[int, str] = {}
    for answer in answers:
        value = answer.values.get(CRITERION)
        if value is not None and not answer.item.is_repeat:
            scores[answer.item.unit].append(value)
            system[answer.item.unit] = answer.item.system.shown
    return {unit: (system[unit], sum(of) / len(of)) for unit, of in scores.items()}


def test_figures_are_those_of_mean_scores_and_values_without_repeats(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=12, repeats=0.2)
    given = add_scores(
        sqlite_store, metric="length", signature="length", value=lambda n: float((7 * n) % 11)
    )
    context, document = section(sqlite_store)
    assert any(answer.item.is_repeat for answer in context.known.answers)
    people = by_hand(context.known.answers)
    value = {score.response_id: score.value for scores in given.values() for score in scores}
    table = tables(document)[f"metrics-{CRITERION}"]
    within, pooled = table.groups
    assert (within.title, pooled.title) == ("Within systems", "All answers")
    for cell, theirs in zip(pooled.rows[0][1:4], BY_SCIPY, strict=True):
        expected = theirs([mean for _, mean in people.values()], [value[u] for u in people])
        assert cell.values[0] == pytest.approx(expected.statistic)
    for cell, theirs in zip(within.rows[0][1:4], BY_SCIPY, strict=True):
        each = []
        for name in SYSTEMS:
            units = [unit for unit, (system, _) in people.items() if system == name]
            scores = [people[unit][1] for unit in units]
            each.append(theirs(scores, [value[unit] for unit in units]).statistic)
        assert cell.values[0] == pytest.approx(sum(each) / 2)
    assert pooled.rows[0][4].values == (24,)
    assert "24" in pooled.rows[0][4].text
    assert any("resamples of questions, raters held fixed" in note for note in table.notes)
    assert any("no metric can reach 1" in note for note in table.notes)


def test_undefined_ones_are_said_in_words_and_missing_values_counted(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    add_scores(sqlite_store, metric="five-parts", signature="five", value=lambda _: 1.0)
    add_scores(
        sqlite_store, metric="rouge-l", signature="ROUGE", value=lambda n: n / 50, leave_out=4
    )
    context, document = section(sqlite_store)
    table = tables(document)[f"metrics-{CRITERION}"]
    assert "ROUGE-L: 4 answers that people scored have no value by it." in table.notes
    dash = {
        scope: context.sources.told[f"metrics.{CRITERION}.five-parts.{scope}.spearman"]
        for scope in ("pooled", "within")
    }
    assert (dash["pooled"].value, dash["within"].value) == (None, None)
    assert dash["pooled"].reason == "all answers have the same value by the metric"
    assert dash["within"].reason == "within no system both the scores and the values vary"
    picture = next(
        b for b in document.blocks if isinstance(b, Picture) and b.id == "metrics-people"
    )
    assert next(panel.title for panel in picture.panels) in picture.alt


def test_calibration_items_count_for_nothing(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8, repeats=0)
    add_scores(sqlite_store, metric="length", signature="length", value=float)
    with sqlite_store.writing() as session:
        study = session.scalars(select(Study)).one()
        item = session.scalars(select(Item).where(Item.study_id == study.id)).first()
        assert item is not None
        item.is_calibration = True
    _, document = section(sqlite_store)
    (within, _) = tables(document)[f"metrics-{CRITERION}"].groups
    assert within.rows[0][-1].values == (15,)


def test_one_system_has_no_part_within_systems(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8, systems=SYSTEMS[:1])
    add_scores(sqlite_store, metric="length", signature="length", value=lambda n: float(n * n % 7))
    _, document = section(sqlite_store)
    (group,) = tables(document)[f"metrics-{CRITERION}"].groups
    assert group.title == "All answers"
    assert "t4-differences" not in tables(document)


def test_a_study_without_scores_in_the_store_has_neither_table(
    sqlite_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rating_study(sqlite_store, questions=4, name="other")
    add_scores(sqlite_store, metric="length", signature="length", value=float)
    folder = tmp_path_factory.mktemp("paper")
    imported_study(sqlite_store, folder, items=4)
    context, document = section(sqlite_store, "paper")
    assert not tables(document)
    assert len(context.lacking) == 1


def test_scores_of_other_answers_than_people_scored_are_not_set_beside_them(
    sqlite_store: Store,
) -> None:
    rating_study(sqlite_store, questions=4)
    with sqlite_store.writing() as session:
        system = session.scalars(select(System).where(System.name == SYSTEMS[0])).one()
        other = Question(source="other", external_id="1", text="怎么办？", content_hash="other 1")
        session.add(other)
        session.flush()
        session.add(Response(question_id=other.id, system_id=system.id, text="先睡一觉。"))
    add_scores(sqlite_store, metric="length", signature="length", value=float, leave_out=8)
    context, document = section(sqlite_store)
    assert list(tables(document)) == ["t4"]
    (lacking,) = context.lacking
    assert lacking[0].startswith(f"{CORRELATIONS}: no answer has both a score by people and one")
