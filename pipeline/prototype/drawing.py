"""Draw the question that a prompt's example is to answer."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import frames, proposals, questions
from db.errors import NotKnown
from db.frames import Framed
from db.questions import Said
from pipeline.danger.danger import in_danger
from pipeline.prompts.prompt import Language
from pipeline.scan import identifies_a_person

TOGETHER = 50  # questions that are read at a time: nearly always one of the first will do
CHINESE = re.compile("[\u3400-\u9fff]")
UNFIT = {
    "test": "kept for testing",
    "language": "in another language",
    "danger": "by or about people in acute danger",
    "personal": "with something that could identify a person",
}


@dataclass(frozen=True)
class DrawnQuestion:
    """A question of the store, where it comes from, and what it says."""

    id: int
    source: str
    external_id: str
    said: Said


def draw(session: Session, *, language: Language, source: str | None, seed: int) -> DrawnQuestion:
    """Return a random question that fits a worked example; the same seed draws the same one.

    One fits that is in the prompt's language, by nobody in acute danger, identifies no person and
    is not kept for testing. Raises NotKnown where there is none, saying why.
    """
    framed = frames.questions(session, source=source, split=None, subset=None)
    if not framed:
        raise NotKnown("the store holds no questions yet; run 'cbt import questions FILE' first")
    testing = proposals.for_testing(session)
    unfit: Counter[str] = Counter()
    order = random.Random(seed).sample(framed, k=len(framed))  # noqa: S311 - replayable
    for each, said in _read(session, order):
        why = _unfit(each, said, language=language, testing=testing)
        if why is None:
            return DrawnQuestion(each.id, each.source, each.external_id, said)
        unfit[why] += 1
    reasons = ", ".join(f"{n:,} {UNFIT[why]}" for why, n in unfit.items())
    raise NotKnown(f"no question fits a worked example: {reasons}")


def _read(session: Session, order: Sequence[Framed]) -> Iterator[tuple[Framed, Said]]:
    for start in range(0, len(order), TOGETHER):
        some = order[start : start + TOGETHER]
        said = questions.said(session, ids=[each.id for each in some])
        yield from ((each, said[each.id]) for each in some if each.id in said)


def _unfit(each: Framed, said: Said, *, language: Language, testing: set[str]) -> str | None:
    if each.content_hash in testing:
        return "test"
    if (CHINESE.search(said.text + said.description) is not None) != (language == "zh"):
        return "language"
    if in_danger(text=said.text, description=said.description, tags=said.tags):
        return "danger"
    if identifies_a_person(f"{said.text}\n{said.description}"):
        return "personal"
    return None
