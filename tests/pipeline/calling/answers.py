"""A small stage for tests: it has a model answer all questions of a store that have no answer."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import responses, systems
from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import Question, Response, Run
from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.work import Again, Kept, RunOf, Settled

SYSTEM = "gpt"
RUN_OF = RunOf("generate", SYSTEM, {"model": "m-1"})
ROOM = 200


def add_questions(store: Store, count: int, *, source: str = "s") -> None:
    with store.writing() as session:
        session.add_all(
            Question(source=source, external_id=str(n), text=f"第{n}个问题", description="睡不着。")
            for n in range(count)
        )


@dataclass
class Answers:
    """It takes {"answer": …}; what is cut off gets more room, what is no JSON is asked for anew."""

    store: Store
    model: Model
    planned: int = 0
    read_replies: list[str] = field(default_factory=list)
    kept: list[Settled] = field(default_factory=list)

    def requests(self) -> Iterator[Request]:
        with self.store.reading() as session:
            answered = select(Response.question_id)
            query = select(Question.id, Question.text).where(Question.id.not_in(answered))
            asked = session.execute(query.order_by(Question.id)).all()
        self.planned = len(asked)
        for id_, text in asked:
            message = {"role": "user", "content": text or ""}
            yield Request(id_, ({"role": "system", "content": "请回答。"}, message), ROOM)

    def read(self, request: Request, reply: Reply) -> Kept | Again:
        self.read_replies.append(reply.content)
        if reply.refusal or reply.finish_reason == "content_filter":
            return Kept("refused", None, "filtered")
        if reply.finish_reason == "length":
            otherwise = Kept("set_aside", reply.content, "cut_off")
            if request.step == "longer":
                return otherwise
            longer = replace(request, max_tokens=2 * request.max_tokens, step="longer")
            return Again(longer, otherwise)
        try:
            return Kept("kept", json.loads(reply.content)["answer"])
        except (ValueError, KeyError, TypeError):
            otherwise = Kept("set_aside", reply.content, "no_answer")
            if request.step == "repair":
                return otherwise
            mended = (*request.messages, {"role": "user", "content": "请用 JSON 回答。"})
            return Again(replace(request, messages=mended, step="repair"), otherwise)

    def faulted(self, _request: Request, fault: Fault) -> Kept | Again | None:
        return Kept("refused", None, "filtered") if fault.kind == "filtered" else None

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        system = systems.find_or_add(session, name=SYSTEM, kind="api")
        system.configuration = system.configuration or {"model": self.model.name}
        self.kept += settled
        rows = [
            {
                "question_id": one.request.question_id,
                "system_id": system.id,
                "text": one.kept.what,
                "status": one.kept.status,
                "reason": one.kept.reason,
                "tokens_in": one.tokens_in,
                "tokens_out": one.tokens_out,
                "cost": one.cost,
                "run_id": one.run_id,
            }
            for one in settled
        ]
        responses.add_generated(session, rows)


def answer(text: str) -> str:
    return json.dumps({"answer": text}, ensure_ascii=False)


def stored(store: Store) -> dict[int, tuple[Any, ...]]:
    """Return what a reader of the store sees of each answer, whichever run it came from."""
    columns = (Response.text, Response.status, Response.reason)
    tokens = (Response.tokens_in, Response.tokens_out)
    with store.reading() as session:
        rows = session.execute(select(Response.question_id, *columns, *tokens)).all()
    return {row[0]: tuple(row[1:]) for row in rows}


def journal(store: Store) -> list[Attempt]:
    with store.reading() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.id)))


def runs(store: Store) -> list[Run]:
    with store.reading() as session:
        return list(session.scalars(select(Run).order_by(Run.id)))
