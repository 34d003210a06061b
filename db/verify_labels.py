"""Check what distortion studies hold: labels, evidence, and what their leads decided."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import adjudications, label_sets, labels
from db.labels import CONFIDENCES, PRESENCES, GivenLabel, Labelling
from db.problems import Problem
from db.tables import (
    Adjudication,
    AdjudicationCase,
    Assignment,
    Gold,
    Item,
    Judgement,
    Question,
    Response,
    Study,
)

ABOUT_LABELS = Study.kind == "distortion"
Lengths = Mapping[str, int]  # of an item's texts, under the fields of a span


def _label_sets(session: Session) -> Iterator[Problem]:
    query = select(Study.name).where(
        ABOUT_LABELS, Study.origin == "local", Study.label_set_id.is_(None)
    )
    for name in session.scalars(query):
        yield Problem(f"study {name}", "is about distortions, but has no label set")


def _labels(session: Session) -> Iterator[Problem]:
    for study in _studies(session):
        known, lengths = _known(session, study), _lengths(session, study)
        query = (
            select(Judgement.id, Assignment.item_id, Judgement.values, Judgement.labels)
            .join(Assignment, Judgement.assignment_id == Assignment.id)
            .where(Assignment.study_id == study.id)
            .order_by(Judgement.id)
        )
        for id_, item, values, given in session.execute(query):
            for what in _wrong(labels.read(values, given), known, lengths[item]):
                yield Problem(f"judgement {id_}", what)


def _adjudications(session: Session) -> Iterator[Problem]:
    for study in _studies(session):
        known, lengths = _known(session, study), _lengths(session, study)
        labellers = adjudications.labellers(session, study_id=study.id)
        query = (
            select(Item.id, Item.code, Adjudication)
            .join(Adjudication, Adjudication.item_id == Item.id)
            .where(Item.study_id == study.id)
            .order_by(Item.id, Adjudication.revision)
        )
        steps: dict[tuple[int, str], list[Adjudication]] = defaultdict(list)
        for item, code, step in session.execute(query):
            steps[item, code].append(step)
        for (item, code), of_item in steps.items():
            found = [
                *_wrong_order(of_item, labellers.get(item, ())),
                *(what for step in of_item for what in _wrong_step(step, known, lengths[item])),
            ]
            yield from (Problem(f"adjudication of item {code}", what) for what in found)


def _adjudication_cases(session: Session) -> Iterator[Problem]:
    judged = (
        select(Judgement.id, Assignment.item_id)
        .join(Assignment, Judgement.assignment_id == Assignment.id)
        .join(Study, Assignment.study_id == Study.id)
        .where(ABOUT_LABELS)
    )
    of_item = {
        "judgement": dict(session.execute(judged).all()),
        "gold": dict(session.execute(select(Gold.id, Gold.item_id)).all()),
    }
    query = select(AdjudicationCase, Item.code, Item.study_id).join(
        Item, AdjudicationCase.item_id == Item.id
    )
    for case, code, study in session.execute(query.order_by(AdjudicationCase.id)):
        where = f"adjudication case of item {code}"
        if case.study_id != study:
            yield Problem(where, "is of another study than its item")
        for vote in case.votes:
            for kind, id_ in vote.items():
                if of_item[kind].get(id_) != case.item_id:
                    yield Problem(where, f"shows {kind} {id_}, which is not about this item")


def _studies(session: Session) -> Sequence[Study]:
    return session.scalars(select(Study).where(ABOUT_LABELS).order_by(Study.id)).all()


def _known(session: Session, study: Study) -> list[str] | None:
    """Return the ids of a study's labels; None where an imported one came without."""
    if study.label_set_id is None:
        return None
    return label_sets.ids(label_sets.get(session, label_set_id=study.label_set_id))


def _lengths(session: Session, study: Study) -> dict[int, Lengths]:
    query = (
        select(Item.id, Question.text, Question.description, Response.text)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .where(Item.study_id == study.id)
    )
    return {
        item: {field: len(text or "") for field, text in zip(labels.FIELDS, texts, strict=True)}
        for item, *texts in session.execute(query)
    }


def _wrong_order(steps: Sequence[Adjudication], labellers: Collection[int]) -> Iterator[str]:
    revisions = [step.revision for step in steps]
    if revisions != list(range(1, len(steps) + 1)):
        yield f"has {len(steps)} revisions, but the newest is revision {revisions[-1]}"
    begun = set()
    for step in steps:
        if step.person_id in labellers:
            yield f"revision {step.revision} is by someone who labelled the item"
        if step.person_id not in begun and step.decision:
            yield f"revision {step.revision} decides before there is an answer without the votes"
        if step.person_id in begun and not step.decision:
            yield f"revision {step.revision} has no decision"
        begun.add(step.person_id)


def _wrong_step(step: Adjudication, known: list[str] | None, lengths: Lengths) -> Iterator[str]:
    for given in (step.before, step.decision):
        if given:
            yield from _wrong(labels.from_json(given), known, lengths)


def _wrong(given: Labelling, known: list[str] | None, lengths: Lengths) -> Iterator[str]:
    if given.presence not in PRESENCES:
        yield f"presence = {given.presence} is no answer"
    if given.confidence not in CONFIDENCES:
        yield f"confidence = {given.confidence} is not on the scale"
    if not given.labels:
        return
    if given.presence != "yes":
        yield f"has labels, though its presence is {given.presence}"
    primary = sum(label.primary for label in given.labels)
    if primary != 1:
        yield f"has {primary} primary labels, not 1"
    if len(given.ids) < len(given.labels):
        yield "has a label twice"
    for label in given.labels:
        yield from _wrong_label(label, known, lengths)


def _wrong_label(label: GivenLabel, known: list[str] | None, lengths: Lengths) -> Iterator[str]:
    if known is not None and label.id not in known:
        yield f"the label {label.id} is not in the label set of its study"
    for field, start, end in label.spans:
        if not 0 <= start < end <= lengths.get(field, 0):
            yield f"the span {start} to {end} of {label.id} leaves the text of the {field}"


CHECKS = (_label_sets, _labels, _adjudications, _adjudication_cases)
