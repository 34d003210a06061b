"""Show one question with its answers, and find questions by their words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db import frames, ratings, shown_questions
from db.engine import Store
from db.errors import NotKnown
from db.shown_questions import Among, ShownDetection, ShownRating, ShownResponse
from db.tables import Question, Study
from pipeline import parts
from pipeline.parts import Parted
from pipeline.showing import choosing
from pipeline.showing.shown import (
    Answer,
    Asked,
    Finding,
    Label,
    OfStudy,
    Rated,
    Ratings,
    Shown,
    Title,
    Titles,
)
from pipeline.showing.wanted import Wanted


def run(store: Store, wanted: Wanted) -> Shown:
    """Return the question that is wanted with the answers to it, and change nothing.

    Of a study that is not unblinded come the answers that it judges, under their systems' codes
    and with their ratings: nothing that the same answer also has under its system's name, but
    what it says.

    Raises NotKnown for a question, study or system that there is not, NotAllowed for a study
    without ratings and for an id that two sources share.
    """
    with store.reading() as session:
        return show(session, wanted)


def show(session: Session, wanted: Wanted) -> Shown:
    """Return the same in a session that is open."""
    study = _study(session, wanted)
    names = _names(session, study)
    chosen = _chosen(session, wanted.systems, names, study)
    question = choosing.choose(session, wanted, study=study, system_ids=list(chosen))
    asked = _asked(session, question, wanted, study)
    there = shown_questions.responses(
        session, question_id=question.id, study_id=study.id if study else None
    )
    if study is None:
        ids = [each.system_id for each in there]
        names = shown_questions.system_names(session, ids=ids)
    ordered = _ordered(there, list(chosen), list(names), by_name=not _hides(study), names=names)
    known = {each.system_id for each in there}
    drawn = wanted.question is None and wanted.item is None
    return Shown(
        question=asked,
        study=_of_study(study) if study else None,
        answers=() if asked.withheld else tuple(_answers(session, ordered, names, study, wanted)),
        others=tuple(names[each.system_id] for each in there if each not in ordered),
        silent=tuple(name for id_, name in chosen.items() if id_ not in known),
        seed=wanted.seed if drawn else None,
    )


def search(store: Store, among: Among, *, limit: int) -> Titles:
    """Return the questions that hold a text, the first `limit` of them."""
    with store.reading() as session:
        found = shown_questions.matching(session, among, limit=limit)
        return Titles(
            [_title(each) for each in found],
            len(found) if len(found) < limit else shown_questions.count(session, among),
        )


def _title(question: Question) -> Title:
    danger = choosing.may_be_in_danger(question)
    text = None if danger else question.text
    return Title(question.source, question.external_id, text, danger)


def _study(session: Session, wanted: Wanted) -> Study | None:
    if wanted.study is not None:
        return ratings.rating_study(session, name=wanted.study)
    item = shown_questions.of_item(session, code=wanted.item) if wanted.item else None
    if item is None:
        return None
    return ratings.rating_study(session, name=session.get_one(Study, item.study_id).name)


def _of_study(study: Study) -> OfStudy:
    return OfStudy(study.name, study.status, study.unblinded_at is not None)


def _names(session: Session, study: Study | None) -> dict[int, str]:
    """Return what a study's systems are called now, in the order of their codes."""
    if study is None:
        return {}
    return {each.id: each.shown for each in ratings.systems(session, study=study)}


def _chosen(
    session: Session, systems: Sequence[str], names: Mapping[int, str], study: Study | None
) -> dict[int, str]:
    """Return the systems that are asked for, in that order."""
    if study is None:
        return {each.id: each.name for each in frames.systems(session, names=systems)}
    ids = {name: id_ for id_, name in names.items()}
    missing = [name for name in systems if name not in ids]
    if missing:
        called = "systems" if study.unblinded_at else "systems by code, until it is unblinded,"
        raise NotKnown(
            f"there is no system {', '.join(missing)} in the study {study.name}; its {called} are"
            f" {', '.join(ids)}"
        )
    return {ids[name]: name for name in systems}


def _ordered(
    there: Sequence[ShownResponse],
    chosen: Sequence[int],
    of_study: Sequence[int],
    *,
    by_name: bool,
    names: Mapping[int, str],
) -> list[ShownResponse]:
    if chosen:
        wanted = [each for each in there if each.system_id in chosen]
        return sorted(wanted, key=lambda each: chosen.index(each.system_id))
    if by_name:
        return sorted(there, key=lambda each: names[each.system_id])
    return sorted(there, key=lambda each: of_study.index(each.system_id))


def _asked(session: Session, question: Question, wanted: Wanted, study: Study | None) -> Asked:
    danger = choosing.may_be_in_danger(question)
    withheld = danger and not wanted.danger
    findings: tuple[Finding, ...] = ()
    if not (withheld or _hides(study)):
        found = shown_questions.detections_in_question(session, question_id=question.id)
        findings = tuple(map(_finding, found))
    return Asked(
        id=question.id,
        source=question.source,
        external_id=question.external_id,
        text=None if withheld else question.text,
        description=None if withheld else question.description,
        danger=danger,
        withheld=withheld,
        findings=findings,
    )


def _hides(study: Study | None) -> bool:
    return study is not None and study.unblinded_at is None


def _answers(
    session: Session,
    there: Sequence[ShownResponse],
    names: Mapping[int, str],
    study: Study | None,
    wanted: Wanted,
) -> Iterator[Answer]:
    ids = [each.id for each in there]
    rated = shown_questions.ratings(session, study_id=study.id, response_ids=ids) if study else {}
    # Under its name an answer has the same figures and status: by a code they would tell the name.
    hidden = _hides(study)
    scores = {} if hidden else shown_questions.scores(session, response_ids=ids)
    found = {} if hidden else shown_questions.detections_in_responses(session, response_ids=ids)
    for each in there:
        status = "kept" if hidden else each.status
        text = each.text if status == "kept" or wanted.set_aside else None
        yield Answer(
            system=names[each.system_id],
            status=status,
            reason=None if hidden else each.reason,
            sample=each.sample,
            samples=1 if study else each.samples,
            said=_said(text, None if hidden else each.parts),
            scores=tuple(scores.get(each.id, ())),
            ratings=tuple(_ratings(study, rated.get(each.id, ()))) if study else (),
            findings=tuple(map(_finding, found.get(each.id, ()))),
        )


def _said(text: str | None, spans: Sequence[Mapping[str, Any]] | None) -> Parted | None:
    return parts.parted(text, spans) if text and text.strip() else None


def _ratings(study: Study, given: Sequence[ShownRating]) -> Iterator[Ratings]:
    for criterion in study.criteria:
        values = [level["value"] for level in criterion["levels"]]
        id_ = criterion["id"]
        yield Ratings(
            criterion=id_,
            lowest=min(values),
            highest=max(values),
            given=tuple(
                Rated(each.rater, each.group, each.values[id_])
                for each in given
                if id_ in each.values
            ),
        )


def _finding(found: ShownDetection) -> Finding:
    labels = tuple(_label(str(id_), found.reasons.get(str(id_))) for id_ in found.labels)
    return Finding(found.detector, found.presence, labels)


def _label(id_: str, reason: object) -> Label:
    if isinstance(reason, dict):
        quotes = tuple(map(str, reason.get("quotes") or ()))
        return Label(id_, str(reason.get("reason") or ""), quotes)
    return Label(id_, str(reason or ""), ())
