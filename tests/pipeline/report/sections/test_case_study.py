"""One answer in five colours: which one, and what stands beside it."""

import json
from typing import Any

from sqlalchemy import select

from db.engine import Store
from db.study_facts import AnswerTexts
from db.tables import Question, Response, System
from pipeline import parts
from pipeline.report.document.blocks import Coloured, Document, Quote
from pipeline.report.sections import case_study
from tests.pipeline.report.conftest import Told
from tests.pipeline.report.studies import (
    label_study,
    rating_study,
    told,
    words,
)


def case(document: Document) -> tuple[Quote, Coloured]:
    quotes = [block for block in document.blocks if isinstance(block, Quote)]
    shown = [block for block in document.blocks if isinstance(block, Coloured)]
    assert len(quotes) == len(shown) == 1
    return quotes[0], shown[0]


def texts(unit: int, **about: Any) -> AnswerTexts:
    return AnswerTexts(unit, **{"question": "?", "description": None, "tags": [], "answer": "!",
                                "parts": None} | about)  # fmt: skip


def test_the_answer_is_the_best_on_the_primary_criterion_and_shown_whole(pilot: Told) -> None:
    context, document = pilot.context, pilot.document
    asked, shown = case(document)
    answer = "".join(passage.text for passage in shown.passages)
    means: dict[str, list[int]] = {}
    with pilot.store.reading() as session:
        answers = dict(session.execute(select(Response.id, Response.text)).all())
    for each in context.known.answers:
        if not each.item.is_repeat:
            value = each.values["helpfulness"]
            means.setdefault(str(answers[each.item.unit]), []).append(int(value or 0))
    of = {text: sum(values) / len(values) for text, values in means.items()}
    assert of[answer] == max(of.values())
    assert asked.text.startswith("第 ")
    assert [passage.part for passage in shown.passages if passage.part] == list(parts.PARTS)
    assert "The answer is by a model, not by a professional." in shown.notes[0]
    assert "the highest mean of the primary criterion, helpfulness" in words(document)


def test_ties_fall_by_a_seeded_lot_over_what_answers_say() -> None:
    one, other, less = texts(7, answer="a"), texts(3, answer="b"), texts(5, answer="c")
    means = {7: 2.0, 3: 2.0, 5: 1.0}
    chosen = case_study.chosen([one, other, less], means, seed=4)
    # In another store the same answers have other ids and another order.
    again = case_study.chosen(
        [less, texts(90, answer="b"), texts(91, answer="a")], {5: 1.0, 90: 2.0, 91: 2.0}, seed=4
    )
    assert chosen.answer == again.answer
    drawn = {case_study.chosen([one, other], means, seed=seed).answer for seed in range(20)}
    assert drawn == {"a", "b"}


def test_a_question_tagged_as_danger_is_never_shown(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, danger=range(4))
    _, document, _ = told(sqlite_store, "pilot")
    assert not [block for block in document.blocks if isinstance(block, Coloured | Quote)]
    assert "the store holds no text that could be shown" in words(document)


def test_parts_that_came_with_an_answer_count_before_the_parsers(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=2, systems=("zephyr",))
    spans = [{"part": "strategy", "start": 0, "end": 5}]
    with sqlite_store.writing() as session:
        for response in session.scalars(select(Response)):
            response.parts = spans
    _, document, _ = told(sqlite_store, "pilot")
    _, shown = case(document)
    assert [passage.part for passage in shown.passages] == ["strategy", ""]
    assert "Its parts are marked as they came with the answer." in shown.notes
    assert "Not found in it: validation, thought, challenge, encouragement." in shown.notes


def test_the_parts_of_another_protocol_are_named_and_not_missed(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=2, systems=("zephyr",))
    with sqlite_store.writing() as session:
        for response in session.scalars(select(Response)):
            response.parts = [{"part": "acceptance", "start": 0, "end": 5}]
    _, document, _ = told(sqlite_store, "pilot")
    _, shown = case(document)
    assert [passage.part for passage in shown.passages] == ["acceptance", ""]
    assert shown.notes[-1] == "They are those of another protocol, uncoloured: acceptance."
    assert "colours of the reference study" not in words(document)


def test_outside_ratings_have_no_text_and_labels_of_questions_no_answer(
    sqlite_store: Store, paper: Told
) -> None:
    of_questions, _, _ = told(sqlite_store, label_study(sqlite_store, system=None))
    for context, why in (
        (paper.context, "no text that could be shown"),
        (of_questions, "about questions"),
    ):
        (lacking,) = (each[0] for each in context.lacking if each[0].startswith("A case study: "))
        assert why in str(lacking)


def test_an_answer_of_labels_is_drawn_by_lot_after_unblinding(sqlite_store: Store) -> None:
    from pipeline.study import lifecycle

    label_study(sqlite_store)
    lifecycle.unblind_study(sqlite_store, name="labels")
    _, document, _ = told(sqlite_store, "labels")
    asked, shown = case(document)
    with sqlite_store.reading() as session:
        query = select(Question.text).join(Response, Response.question_id == Question.id)
        query = query.join(System, System.id == Response.system_id)
        text = "".join(passage.text for passage in shown.passages)
        assert json.dumps(asked.text).startswith(
            json.dumps(session.scalars(query.where(Response.text == text)).first())[:-1]
        )
    assert "drawn by lot, seed 7" in words(document)
