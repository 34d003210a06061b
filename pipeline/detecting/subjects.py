"""Choose the texts that are looked at: questions, or answers to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import frames, items, questions, selections, studies
from db.errors import NotAllowed, NotKnown
from db.items import Subject
from db.questions import Said
from db.selections import Selection
from db.tables import Response
from pipeline.detecting.wanted import Looking, Of


@dataclass(frozen=True)
class Texts:
    """Questions, or answers, in order; `said` has all these questions' texts, `answers` theirs."""

    of: Of
    subjects: Sequence[Subject]
    said: Mapping[int, Said]
    answers: Mapping[int, str]

    def __contains__(self, subject: Subject) -> bool:
        if subject.response_id is not None:
            return subject.response_id in self.answers
        return subject.question_id in self.said

    def text(self, subject: Subject) -> str:
        """Return the text that is looked at, from which a quote can be."""
        if subject.response_id is not None:
            return self.answers[subject.response_id]
        said = self.said[subject.question_id]
        return f"{said.text}\n{said.description}"


def chosen(session: Session, config: Looking) -> Texts:
    """Return the texts that a run is about.

    Raises NotKnown for a study, system, source, split or subset that is not there, and where there
    is no text, NotAllowed for questions of a system.
    """
    study = _of_study(session, config.study)
    of = config.of or _of(config, study)
    if of == "questions" and config.system is not None:
        raise NotAllowed("questions are no system's; leave out --system, or look at its responses")
    answers: dict[int, str] = {}
    if of == "questions":
        subjects = _questions(session, config.selection, study)
    else:
        found = _responses(session, config, study)
        answers = {each.id: each.text for each in found}
        subjects = [Subject(each.question_id, each.id) for each in found]
    subjects = subjects[: config.selection.limit]
    if not subjects:
        how = "import questions FILE" if of == "questions" else "generate' or 'cbt import responses"
        raise NotKnown(f"there are no such {of} to look at; run 'cbt {how}' first")
    ids = list(dict.fromkeys(subject.question_id for subject in subjects))
    return Texts(of, subjects, questions.said(session, ids=ids), answers)


def one(session: Session, subject: Subject) -> Texts:
    """Return a text that another run was about."""
    said = questions.said(session, ids=[subject.question_id])
    if subject.response_id is None:
        return Texts("questions", [subject], said, {})
    answer = session.get_one(Response, subject.response_id)
    return Texts("responses", [subject], said, {answer.id: answer.text or ""})


def _of_study(session: Session, name: str | None) -> list[Subject] | None:
    if name is None:
        return None
    study = studies.get(session, name=name)
    return items.subjects(session, study_id=study.id)


def _of(config: Looking, study: Sequence[Subject] | None) -> Of:
    bare = study is not None and all(subject.response_id is None for subject in study)
    return "questions" if bare and config.system is None else "responses"


def _questions(
    session: Session, selection: Selection, study: Sequence[Subject] | None
) -> list[Subject]:
    ids = list(dict.fromkeys(subject.question_id for subject in study or ()))
    if study is None or selection.source is not None or selection.split is not None:
        framed = frames.questions(
            session, source=selection.source, split=selection.split, subset=selection.subset
        )
        of_study = set(ids)
        ids = [each.id for each in framed if study is None or each.id in of_study]
    said = questions.said(session, ids=ids)
    return [Subject(id_, None) for id_ in ids if id_ in said]


def _responses(
    session: Session, config: Looking, study: Sequence[Subject] | None
) -> list[selections.SelectedResponse]:
    wanted = replace(config.selection, limit=None)
    found = selections.responses(session, system=config.system, selection=wanted)
    if study is None:
        return found
    if config.system is not None:
        asked = {subject.question_id for subject in study}
        return [each for each in found if each.question_id in asked]
    shown = {subject.response_id for subject in study}
    return [each for each in found if each.id in shown]
