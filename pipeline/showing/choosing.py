"""Choose the question to show: by its id, by a study's item, or by a seeded lot."""

from collections.abc import Sequence
from random import Random

from sqlalchemy.orm import Session

from db import shown_questions
from db.errors import NotAllowed, NotKnown
from db.shown_questions import Among
from db.tables import Question, Study
from pipeline.danger.danger import in_danger
from pipeline.showing.wanted import Wanted


def choose(
    session: Session, wanted: Wanted, *, study: Study | None, system_ids: Sequence[int]
) -> Question:
    """Return the question that is wanted.

    Raises NotKnown for one that there is not, NotAllowed for an id that two sources share.
    """
    if wanted.item is not None:
        return _of_item(session, wanted.item, study)
    if wanted.question is not None:
        return _named(session, wanted)
    among = Among(
        source=wanted.source,
        study_id=study.id if study else None,
        search=wanted.search,
        answered_by=tuple(system_ids),
    )
    return _drawn(session, among, wanted)


def may_be_in_danger(question: Question) -> bool:
    return in_danger(text=question.text or "", description=question.description, tags=question.tags)


def _of_item(session: Session, code: str, study: Study | None) -> Question:
    item = shown_questions.of_item(session, code=code)
    if item is None or (study is not None and item.study_id != study.id):
        where = f"the study {study.name}" if study else "any study"
        raise NotKnown(f"there is no item {code} in {where}; 'cbt export ratings' lists them")
    return session.get_one(Question, item.question_id)


def _named(session: Session, wanted: Wanted) -> Question:
    found = shown_questions.named(session, external_id=wanted.question or "", source=wanted.source)
    if not found:
        inside = f" in the source {wanted.source}" if wanted.source is not None else ""
        raise NotKnown(
            f"there is no question {wanted.question}{inside}; 'cbt show --search TEXT' finds one"
            " by its words"
        )
    if len(found) > 1:
        sources = ", ".join(each.source for each in found)
        raise NotAllowed(
            f"the id {wanted.question} is in {len(found)} sources, {sources}: say which with"
            " --source"
        )
    return found[0]


def _drawn(session: Session, among: Among, wanted: Wanted) -> Question:
    # By what they are called, the lot falls alike in every store.
    there = sorted(shown_questions.keys(session, among))
    for _, _, id_ in Random(f"{wanted.seed} show").sample(there, k=len(there)):  # noqa: S311
        question = session.get_one(Question, id_)
        if wanted.danger or not may_be_in_danger(question):
            return question
    if there:
        raise NotKnown(
            "all questions that there are to draw from may be of people in danger; --danger lets"
            " the lot fall on one"
        )
    raise NotKnown(
        "there is no question with such answers to draw from; 'cbt describe' counts what the store"
        " holds"
    )
