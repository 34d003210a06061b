"""Table 4, from scores of automatic metrics that are in the store."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.engine import Store
from db.tables import MetricScore, Question, Response, Split, System
from pipeline.metrics import whole
from pipeline.report import findings
from pipeline.report.context import Context
from pipeline.report.document.blocks import Document, Piece
from pipeline.report.findings import Findings
from pipeline.report.sections import metrics
from pipeline.report.sections.metrics import TABLE_4
from pipeline.report.sources import Finding, Sources
from tests.pipeline.report.studies import SYSTEMS, rating_study, tables

BLEU = "BLEU|nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:2.6.0"
COUNTS = (20.0, 22.0, 12.0, 8.0, 5.0, 3.0, 20.0, 19.0, 18.0, 17.0)
Given = dict[str, list[MetricScore]]


def add_scores(
    store: Store,
    *,
    metric: str,
    signature: str,
    value: Callable[[int], float],
    counts: Callable[[int], list[float] | None] = lambda _: None,
    leave_out: int = 0,
) -> Given:
    """Give each answer a score by its place in the store; return the scores by system."""
    given: Given = {}
    with store.writing() as session:
        reference = session.scalar(select(Response).join(System).where(System.name == "chatgpt"))
        query = select(Response.id, System.name).join(System, System.id == Response.system_id)
        query = query.where(System.name.in_(SYSTEMS)).order_by(Response.id)
        for place, (response, system) in enumerate(session.execute(query).all()):
            if place < leave_out:
                continue
            score = MetricScore(
                response_id=response,
                reference_id=reference.id if reference else None,
                metric=metric,
                signature=signature,
                value=value(place),
                statistics=counts(place),
            )
            session.add(score)
            given.setdefault(system, []).append(score)
        session.flush()
        session.expunge_all()
    return given


def section(store: Store, name: str = "pilot") -> tuple[Context, Document]:
    """The section by itself: the stages that it does not need take seconds."""
    known, none = findings.known(store, name), Finding()
    found = Findings(none, (), none, none, none, none, {}, findings.metrics_of(known))
    context = Context(known, found, Sources(name, "ratings.csv"))
    blocks = tuple(metrics.blocks(context))
    return context, Document("", "", "", blocks, tuple(context.sources.told.values()))


def add_bleu(store: Store, *, leave_out: int = 0) -> Given:
    return add_scores(
        store,
        metric="bleu",
        signature=BLEU,
        value=float,
        counts=lambda place: [count + place % 3 for count in COUNTS],
        leave_out=leave_out,
    )


def add_reference(store: Store) -> None:
    with store.writing() as session:
        system = System(name="chatgpt", kind="api")
        session.add(system)
        session.flush()
        question = session.scalars(select(Question)).first()
        assert question is not None
        session.add(Response(question_id=question.id, system_id=system.id, text="好的。"))


def test_a_corpus_metric_is_worked_out_from_the_sums_of_its_counts(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    add_reference(sqlite_store)
    given = add_bleu(sqlite_store)
    context, document = section(sqlite_store)
    table = tables(document)["t4"]
    (row,) = table.rows()
    assert row[0].text == "BLEU, of 100"
    shown = [column.heading for column in table.columns[1:-1]]
    assert set(shown) == set(SYSTEMS)
    for system, cell in zip(shown, row[1:-1], strict=True):
        scores = given[system]
        adds = whole.adds("bleu", [s.value for s in scores], [s.statistics for s in scores])
        (expected,) = whole.figure("bleu")(adds.sum(axis=1, keepdims=True))
        value, low, high = cell.values
        assert value == pytest.approx(expected)
        assert value != pytest.approx(sum(s.value for s in scores) / len(scores))
        assert float(low or 0) < float(value or 0) < float(high or 0)  # type: ignore[arg-type]
        assert context.sources.told[cell.id].n == 8
    assert row[-1].text == "8"
    assert f"BLEU, against chatgpt: {BLEU.replace('|', ' | ')}" in table.notes


def test_differences_are_tested_on_common_questions_and_adjusted(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    higher = add_scores(
        sqlite_store, metric="rouge-l", signature="ROUGE-L", value=lambda n: (n % 2) / 2 + n / 100
    )
    add_bleu(sqlite_store)
    _, document = section(sqlite_store)
    table = tables(document)["t4-differences"]
    assert [group.title for group in table.groups] == ["BLEU, of 100", "ROUGE-L"]
    difference, p, holm, n = table.groups[1].rows[0][1:]
    a, b = table.groups[1].rows[0][0].text.split(" − ")
    means = [sum(s.value for s in higher[name]) / 8 for name in (a, b)]
    assert difference.values[0] == pytest.approx(means[0] - means[1])
    assert p.values[0] == pytest.approx(2 / 2**8, abs=0.003)  # one way in 2^8 each side
    assert holm.values[0] == pytest.approx(2 * float(p.values[0] or 0))  # the smaller one of two
    assert n.values == (8,)
    assert "Holm's method over all 2 tests" in " ".join(table.notes)
    assert any("interval: bootstrap BCa" in note for note in table.notes)


def test_scores_that_are_missing_are_counted_and_never_zero(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    add_scores(
        sqlite_store, metric="length", signature="length", value=lambda _: 500.0, leave_out=3
    )
    _, document = section(sqlite_store)
    table = tables(document)["t4"]
    (row,) = table.rows()
    assert {cell.values[0] for cell in row[1:-1]} == {500.0}
    assert sorted(row[-1].values) == [6, 7]
    assert row[-1].text in {"6 / 7", "7 / 6"}
    notes = " ".join(table.notes)
    assert "6 of 8 kept answers have scores" in notes
    assert "7 of 8 kept answers have scores" in notes
    assert "only the differences are of common questions" in notes


def test_questions_that_a_model_may_have_learned_from_are_told(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    add_bleu(sqlite_store)
    with sqlite_store.writing() as session:
        for system in session.scalars(select(System)).all():
            system.kind = "local" if system.name == SYSTEMS[0] else "api"
        for place, question in enumerate(session.scalars(select(Question)).all()):
            part = "train" if place < 3 else "test"
            session.add(Split(name="paper", question_id=question.id, subset=part, seed=1))
    _, document = section(sqlite_store)
    notes = [note for note in tables(document)["t4"].notes if "train part" in note]
    (told,) = notes
    assert told.startswith(f"Of {SYSTEMS[0]}, 3 scored questions of the train part of split paper:")
    assert not any("common questions" in note for note in tables(document)["t4"].notes)


def test_two_ways_of_one_metric_are_told_apart(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    for layer in (8, 9):
        add_scores(
            sqlite_store,
            metric="bertscore",
            signature=f"BERTScore-F1|layer:{layer}",
            value=lambda n, add=layer: n / 100 + add / 10,  # type: ignore[misc]
            counts=lambda n: [1.0 + (n < 5)],
        )
    _, document = section(sqlite_store)
    table = tables(document)["t4"]
    assert [row[0].text for row in table.rows()] == ["BERTScore (1)", "BERTScore (2)"]
    notes = "\n".join(table.notes)
    assert "BERTScore (1): BERTScore-F1 | layer:8" in notes
    assert "BERTScore (2): too long with its reference to be read at once" in notes
    assert "never cut: 5 answers of 16." in notes


def test_before_unblinding_scores_would_tell_the_systems_apart(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    add_bleu(sqlite_store)
    context, document = section(sqlite_store)
    assert not tables(document)
    assert not context.sources.told
    (lacking,) = context.lacking
    assert "would tell which code is which system" in str(lacking[0])


def test_without_scores_the_report_says_which_command_makes_them(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4)
    context, document = section(sqlite_store)
    assert not tables(document)
    (lacking,) = context.lacking
    assert lacking[0] == f"{TABLE_4}: the store holds no score of an automatic metric."
    assert isinstance(lacking[2], Piece)
    assert lacking[2].text == "cbt score --system NAME --reference NAME"


def test_a_score_against_a_reference_that_was_set_aside_does_not_count(
    sqlite_store: Store,
) -> None:
    rating_study(sqlite_store, questions=8)
    add_reference(sqlite_store)
    add_scores(sqlite_store, metric="rouge-l", signature="ROUGE-L", value=lambda _: 0.25)
    with sqlite_store.writing() as session:
        old = session.scalars(select(Response).join(System).where(System.name == "chatgpt")).one()
        old.status, old.reason = "set_aside", "cut_off: ends in the middle"
        new = Response(question_id=old.question_id, system_id=old.system_id, sample=1, text="好。")
        session.add(new)
    add_reference_scores(sqlite_store, value=0.75)
    _, document = section(sqlite_store)
    (row,) = tables(document)["t4"].rows()
    assert [cell.values[0] for cell in row[1:-1]] == [pytest.approx(0.75)] * 2
    with sqlite_store.writing() as session:
        old = session.scalars(select(Response).where(Response.reason.is_not(None))).one()
        old.status = "kept"
    _, document = section(sqlite_store)
    (row,) = tables(document)["t4"].rows()
    assert [cell.values[0] for cell in row[1:-1]] == [pytest.approx(0.25)] * 2


def add_reference_scores(store: Store, *, value: float) -> None:
    """Score each answer again, against the reference's newest answer."""
    with store.writing() as session:
        newest = select(Response).join(System).where(System.name == "chatgpt")
        reference = session.scalars(newest.order_by(Response.sample.desc())).first()
        assert reference is not None
        for scored in list(session.scalars(select(MetricScore))):
            session.add(
                MetricScore(
                    response_id=scored.response_id,
                    reference_id=reference.id,
                    metric=scored.metric,
                    signature=scored.signature,
                    value=value,
                )
            )
