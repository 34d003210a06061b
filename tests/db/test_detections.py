"""Which detection counts for a study's item: the newest one of the closest place."""

from typing import Any

from sqlalchemy.orm import Session

from db import detections, items, runs
from db.detections import Origin
from db.engine import Store
from db.items import Subject
from db.tables import Item, Question, Response, Study, System


def add_items(session: Session, *, answered: bool) -> list[Item]:
    """A study of two questions, answered by the system 1; the system 2 answers them too."""
    study = Study(name="s", kind="distortion", origin="local", status="open", criteria=[],
                  guidelines={}, design={}, analysis={}, seed=1)  # fmt: skip
    questions = [Question(source="q", external_id=str(n), text=f"{n}") for n in (1, 2)]
    session.add_all([study, *questions, System(name="one", kind="api"),
                     System(name="two", kind="api")])  # fmt: skip
    session.flush()
    items = []
    for question in questions:
        own, *_ = responses = [
            Response(question_id=question.id, system_id=system, sample=sample, text="好", status=s)
            for system, sample, s in ((1, 0, "kept"), (2, 0, "refused"), (2, 1, "kept"),
                                      (2, 2, "kept"))
        ]  # fmt: skip
        session.add_all(responses)
        session.flush()
        items.append(
            Item(study_id=study.id, code=f"I{question.id}", question_id=question.id,
                 response_id=own.id if answered else None)
        )  # fmt: skip
    session.add_all(items)
    session.flush()
    return items


def add(session: Session, detector: str, label: str, **where: Any) -> None:
    columns = {"detector": detector, "presence": "yes", "labels": [label]}
    detections.add(session, [{**columns, **where}])


def labels_found(store: Store, **of: Any) -> dict[str, dict[int, tuple[str, str]]]:
    with store.reading() as session:
        found = detections.in_study(session, study_id=1, **of)
    return {
        detector: {item: (each.labels[0], each.place) for item, each in items.items()}
        for detector, items in found.items()
    }


def test_the_newest_detection_of_the_closest_place_counts(store: Store) -> None:
    with store.writing() as session:
        first, second = add_items(session, answered=True)
        add(session, "d", "item", item_id=first.id)
        add(session, "d", "old", response_id=first.response_id)
        add(session, "d", "new", response_id=first.response_id)
        add(session, "d", "asked", question_id=first.question_id)
        add(session, "d", "asked", question_id=second.question_id)
        add(session, "d", "old", response_id=second.response_id)
        add(session, "d", "new", response_id=second.response_id)
        add(session, "e", "asked", question_id=second.question_id)
        ids = first.id, second.id
    assert labels_found(store) == {
        "d": {ids[0]: ("item", "item"), ids[1]: ("new", "response")},
        "e": {ids[1]: ("asked", "question")},
    }


def test_another_systems_first_kept_answer_to_the_question_counts_when_asked_for(
    store: Store,
) -> None:
    with store.writing() as session:
        first, second = add_items(session, answered=False)
        answers = session.query(Response).filter_by(system_id=2).order_by(Response.id).all()
        for answer in answers:
            name = f"{answer.question_id}.{answer.sample}"
            add(session, "import:two", name, response_id=answer.id)
        add(session, "import:two", "asked", question_id=second.question_id)
        ids = first.id, second.id
    assert labels_found(store) == {"import:two": {ids[1]: ("asked", "question")}}
    assert labels_found(store, system_id=2) == {
        "import:two": {ids[0]: ("1.1", "system"), ids[1]: ("asked", "question")}
    }
    assert labels_found(store, system_id=1) == labels_found(store)


def test_the_detectors_of_a_system_are_those_that_looked_at_its_answers(store: Store) -> None:
    with store.writing() as session:
        first, second = add_items(session, answered=True)
        add(session, "lexicon", "a", response_id=first.response_id)
        add(session, "import:one", "b", response_id=second.response_id)
        add(session, "pred", "c", item_id=first.id)
        answer = session.query(Response).filter_by(system_id=2, question_id=1, sample=1).one()
        add(session, "lexicon", "d", response_id=answer.id)
    with store.reading() as session:
        assert detections.detectors(session, system_id=1) == ["import:one", "lexicon"]
        assert detections.detectors(session, system_id=2) == ["lexicon"]
        every = detections.in_responses(session, detector="lexicon")
        mine = detections.in_responses(session, detector="lexicon", system_id=1)
    assert [found.labels for found in every.values()] == [["a"], ["d"]]
    assert [found.labels for found in mine.values()] == [["a"]]


def test_a_detectors_first_finding_says_where_its_findings_come_from(store: Store) -> None:
    with store.writing() as session:
        first, second = add_items(session, answered=True)
        old = runs.start(session, stage="detect", configuration={"model": "m"})
        new = runs.start(session, stage="import gold", configuration={})
        add(session, "m", "a", question_id=first.question_id, run_id=old.id)
        add(session, "m", "b", question_id=first.question_id, run_id=new.id)
        add(session, "pred", "c", item_id=second.id)
        shown = [Subject(each.question_id, each.response_id) for each in (first, second)]
    with store.reading() as session:
        assert detections.origin(session, detector="m") == Origin("detect", {"model": "m"})
        assert detections.origin(session, detector="pred") == Origin(None, {})
        assert detections.origin(session, detector="nobody") is None
        found = detections.in_questions(session, detector="m")
        assert {id_: each.labels for id_, each in found.items()} == {shown[0].question_id: ["b"]}
        assert items.subjects(session, study_id=1) == shown
