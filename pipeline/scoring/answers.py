"""Choose the answers that are scored, and the references that they are held against."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from db import frames, metric_scores, selections
from db.errors import NotAllowed, NotKnown
from db.metric_scores import Text
from db.tables import System
from pipeline import parts
from pipeline.metrics.metric import Pair
from pipeline.scoring import leaks
from pipeline.scoring.found import LeftOut, SystemAnswers
from pipeline.scoring.wanted import Scoring


@dataclass(frozen=True)
class Answer:
    """A system's answer to a question, and the reference's, if there is one."""

    question_id: int
    id: int
    text: Text
    reference_id: int | None
    reference: str

    def pair(self, *, with_parts: bool) -> Pair:
        return Pair(self.text.text, self.reference, self._parts if with_parts else frozenset())

    @cached_property
    def _parts(self) -> frozenset[str]:
        spans = parts.given(self.text.parts)
        found = parts.parse(self.text.text) if spans is None else spans
        return frozenset(span["part"] for span in found)


@dataclass(frozen=True)
class Chosen:
    """The answers of each system, by question, and what does not count of them.

    `references` are the texts that a language can be told from: all answers', without any. `texts`
    are those that are cut as of this language: references and answers.
    """

    answers: Mapping[str, Sequence[Answer]]
    systems: tuple[SystemAnswers, ...]
    references: list[str]
    texts: list[str]

    def common(self) -> int:
        """Return how many questions all systems answer, and the reference where there is one."""
        alone = all(one.reference_id is None for each in self.answers.values() for one in each)
        held = [
            {one.question_id for one in each if alone or one.reference_id is not None}
            for each in self.answers.values()
        ]
        return len(set.intersection(*held))


def chosen(session: Session, config: Scoring) -> Chosen:
    """Return the answers that count: the first one kept of each question that is asked about.

    Raises NotKnown for a system, source, split or subset that is not there, and where there is
    nothing to score; NotAllowed for a system that is to be its own reference.
    """
    names = list(dict.fromkeys(config.systems))
    if config.reference in names:
        raise NotAllowed(
            f"{config.reference} cannot be its own reference; leave it out of --system, or name"
            " another --reference"
        )
    systems = frames.systems(session, names=names)
    kept = _kept(session, config, systems)
    held = kept.pop(None, {})
    ids = [id_ for each in [*kept.values(), held] for id_ in each.values()]
    texts = metric_scores.texts(session, ids=ids)
    answers = {
        system.name: [
            Answer(question, id_, texts[id_], held.get(question), _text(texts, held.get(question)))
            for question, id_ in sorted(kept[system.id].items())
        ]
        for system in systems
    }
    _check(config, answers)
    described = tuple(
        _system(session, config, system, answers[system.name], {*held}) for system in systems
    )
    told = [texts[id_].text for id_ in held.values() or ids]
    return Chosen(answers, described, told, [texts[id_].text for id_ in dict.fromkeys(ids)])


def _kept(
    session: Session, config: Scoring, systems: Sequence[System]
) -> dict[int | None, dict[int, int]]:
    """Return the answers of each system, and under None those of the reference."""
    of: dict[int | None, int] = {system.id: system.id for system in systems}
    if config.reference is not None:
        (reference,) = frames.systems(session, names=[config.reference])
        of[None] = reference.id
    there = frames.answers(session, system_ids=of.values())
    asked = selections.question_ids(session, config.selection)
    found = {
        key: {q: id_ for q, id_ in there[id_].items() if asked is None or q in asked}
        for key, id_ in of.items()
    }
    if config.selection.limit is None:
        return found
    frame = found.get(None) or {q: 0 for each in found.values() for q in each}
    first = set(sorted(frame)[: config.selection.limit])
    return {key: {q: id_ for q, id_ in each.items() if q in first} for key, each in found.items()}


def _text(texts: Mapping[int, Text], id_: int | None) -> str:
    return "" if id_ is None else texts[id_].text


def _check(config: Scoring, answers: Mapping[str, Sequence[Answer]]) -> None:
    empty = [name for name, each in answers.items() if not each]
    if empty:
        raise NotKnown(
            f"{', '.join(empty)} has no kept answer to these questions; ask about others, or run"
            " 'cbt generate', 'cbt infer' or 'cbt import responses' first"
        )
    lone = [name for name, each in answers.items() if not any(one.reference for one in each)]
    if config.reference is not None and lone:
        raise NotKnown(
            f"{config.reference} has no kept answer to any question that {', '.join(lone)}"
            " answers; name another --reference, or ask about other questions"
        )


def _system(
    session: Session,
    config: Scoring,
    system: System,
    answers: Sequence[Answer],
    held: Collection[int],
) -> SystemAnswers:
    left_out = selections.left_out(session, system=system.name, selection=config.selection)
    statuses = Counter(each.status for each in left_out)
    reasons = Counter(each.code for each in left_out)
    count = {one.question_id for one in answers}
    samples = metric_scores.samples(session, system_id=system.id)
    n = sum(question in held for question in count)
    return SystemAnswers(
        system=system.name,
        answers=len(answers),
        n=n,
        left_out=LeftOut(
            set_aside=statuses["set_aside"],
            refused=statuses["refused"],
            reasons=dict(sorted(reasons.items(), key=lambda each: (-each[1], each[0]))),
            other_samples=sum(question in count for question in samples) - len(answers),
            without_reference=len(answers) - n if config.reference is not None else 0,
        ),
        trained_on=leaks.trained_on(session, system=system, questions=count),
    )
