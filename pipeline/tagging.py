"""Tag the stored questions of people in danger: by the rules, or as a person says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import events, question_tags, runs
from db.engine import Store
from db.question_tags import Tagged
from pipeline.danger.danger import DANGER, Found, found, rules_version, whole
from pipeline.danger.rules import kinds
from pipeline.danger.tags import Origin, by_person, by_rules, origin

STAGE = "danger tag"
EVENT = "danger_set"


@dataclass(frozen=True)
class Tagging:
    """Which questions to look at: those of a source, or all."""

    source: str | None = None


@dataclass(frozen=True)
class TagsGiven:
    """What the rules said of `read` questions; of `by_person` a person has said it.

    `added` were tagged, of `taken_back` these rules no longer find what earlier ones did. `danger`
    questions are now tagged as in danger, by whomever; `kinds` counts what the rules find in the
    questions that they tag.
    """

    rules: str
    read: int
    added: int
    taken_back: int
    by_person: int
    danger: int
    kinds: Mapping[str, int]


@dataclass(frozen=True)
class Listing:
    """Which questions in danger to list: of a source, by whose word, of a kind, how many."""

    source: str | None = None
    by: Origin | None = None
    kind: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class InDanger:
    """A question that is tagged as in danger, by whom, and what the rules find in it."""

    question: Tagged
    by: Origin
    found: Sequence[Found]

    def words(self, one: Found) -> str:
        """Return the words in which the rules find something."""
        return whole(self.question.text, self.question.description)[one.start : one.end]


@dataclass(frozen=True)
class Saying:
    """What a person says of questions: that they are of people in danger, or not, and why."""

    questions: tuple[str, ...]
    danger: bool
    source: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Said:
    """What a person's word changed; `known` were tagged so by a person before."""

    changed: int
    known: int


def run(store: Store, config: Tagging) -> TagsGiven:
    """Give each question the tags that these rules give it, but none that a person has tagged.

    Raises NotKnown for a source that is not there, and for a store without questions.
    """
    with store.writing(in_turn=True) as session:
        questions = question_tags.all_tagged(session, source=config.source)
        after = [(each, _wanted(each)) for each in questions]
        new = {each.id: tags for each, tags in after if set(tags) != set(each.tags)}
        question_tags.give(session, new)
        done = TagsGiven(
            rules=rules_version(),
            read=len(questions),
            added=sum(DANGER in tags for tags in new.values()),
            taken_back=sum(DANGER not in tags for tags in new.values()),
            by_person=sum(origin(tags) == "person" for _, tags in after),
            danger=sum(DANGER in tags for _, tags in after),
            kinds=_kinds(each for each, tags in after if origin(tags) == "rules"),
        )
        _record(session, config, done)
    return done


def listed(store: Store, config: Listing) -> list[InDanger]:
    """Return the questions that are tagged as in danger, oldest first.

    Raises NotKnown for a source that is not there, and for a store without questions.
    """
    with store.reading() as session:
        questions = question_tags.all_tagged(session, source=config.source)
    tagged = [each for each in questions if DANGER in each.tags]
    every = [InDanger(each, origin(each.tags) or "person", _finds(each)) for each in tagged]
    wanted = [
        each
        for each in every
        if config.by in (None, each.by)
        and (config.kind is None or config.kind in {one.kind for one in each.found})
    ]
    return wanted[: config.limit]


def say(store: Store, config: Saying) -> Said:
    """Tag questions as a person says, and log it: no rule changes these tags again.

    Raises NotKnown for a question that is not there, and NotAllowed for one that several have.
    """
    with store.writing(in_turn=True) as session:
        asked = question_tags.named(session, source=config.source, external_ids=config.questions)
        wanted = {each.id: by_person(each.tags, danger=config.danger) for each in asked}
        new = [each for each in asked if set(each.tags) != set(wanted[each.id])]
        question_tags.give(session, {each.id: wanted[each.id] for each in new})
        if new:
            events.record(session, kind=EVENT, details=_details(config, new))
    return Said(len(new), len(asked) - len(new))


def _wanted(question: Tagged) -> list[str]:
    return by_rules(text=question.text, description=question.description, tags=question.tags)


def _finds(question: Tagged) -> list[Found]:
    return found(whole(question.text, question.description))


def _kinds(questions: Iterable[Tagged]) -> dict[str, int]:
    counts = Counter(kind for each in questions for kind in {one.kind for one in _finds(each)})
    return {kind.id: counts[kind.id] for kind in kinds() if counts[kind.id]}


def _record(session: Session, config: Tagging, done: TagsGiven) -> None:
    """Record the run, unless these rules were run on this before and now change nothing."""
    configuration = {"rules": done.rules, "source": config.source}
    if done.added or done.taken_back or not runs.ids(session, stage=STAGE, having=configuration):
        record = runs.start(session, stage=STAGE, configuration=configuration)
        runs.end(
            record,
            counts={
                "read": done.read,
                "added": done.added,
                "taken_back": done.taken_back,
                "by_person": done.by_person,
                "danger": done.danger,
            },
        )


def _details(config: Saying, questions: Sequence[Tagged]) -> dict[str, Any]:
    return {
        "danger": config.danger,
        "reason": config.reason,
        "questions": [
            {"source": each.source, "question": each.external_id, "tags_before": each.tags}
            for each in questions
        ],
    }
