"""Texts for a model to look at, and what a scripted model says of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from db.engine import Store
from db.tables import Detection, Question, Response, System
from tests.model_server import Answer

OVER, MIND = "overgeneralization", "mind_reading"
# What each question says, and what a reader may find in it.
ASKED = {
    "又搞砸了": "我总是什么都做不好。",
    "同事没回消息": "她一定觉得我很烦。",
    "怎么安排复习": "下周三考试，还有两章没看。",
}
ANSWERS = {
    "又搞砸了": "把一次说成总是，这是过度概括。",
    "同事没回消息": "你怎么知道她在想什么？这像读心术。",
    "怎么安排复习": "先看错题，再看那两章。",
}


def add_texts(store: Store, *, system: str = "A", source: str = "q") -> list[int]:
    """Add three questions and a system's answers to them; return the answers' ids."""
    with store.writing() as session:
        made = System(name=system, kind="api")
        asked = [
            Question(source=source, external_id=str(n), text=title, description=text)
            for n, (title, text) in enumerate(ASKED.items(), 1)
        ]
        session.add_all([made, *asked])
        session.flush()
        answers = [
            Response(question_id=question.id, system_id=made.id, text=ANSWERS[question.text or ""])
            for question in asked
        ]
        session.add_all(answers)
        session.flush()
        return [answer.id for answer in answers]


def finding(*named: str, presence: str | None = None, quote: str = "") -> str:
    """A reply by the schema."""
    each = [{"quote": quote, "reason": "原文这样说", "id": id_} for id_ in named]
    said = {"distortions": each, "presence": presence or ("yes" if named else "no")}
    return json.dumps(said, ensure_ascii=False)


def asked_about(body: Mapping[str, Any]) -> str:
    """What the newest turn of a user asks, without the prompt's examples."""
    turns: Sequence[Mapping[str, str]] = body["messages"]
    return next(turn["content"] for turn in reversed(turns) if turn["role"] == "user")


def sensible(body: Mapping[str, Any]) -> Answer:
    """A model that finds what is there."""
    said = asked_about(body)
    if "又搞砸了" in said:
        return Answer(finding(OVER, quote="总是"))
    if "同事没回消息" in said:
        return Answer(finding(MIND, quote="她一定讨厌我"))
    return Answer(finding())


def saying(*contents: str | Answer) -> Callable[[Mapping[str, Any]], Answer]:
    """A model that says one thing after the other, and then what is sensible."""
    left = list(contents)

    def script(body: Mapping[str, Any]) -> Answer:
        if not left:
            return sensible(body)
        said = left.pop(0)
        return said if isinstance(said, Answer) else Answer(said)

    return script


def stored(store: Store) -> list[Detection]:
    with store.reading() as session:
        rows = list(session.scalars(select(Detection).order_by(Detection.id)))
        session.expunge_all()
    return rows
