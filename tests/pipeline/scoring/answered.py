"""A store in which systems have answered questions, for tests of scoring."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Store
from db.tables import Question, Response, System

REFERENCES = [
    "听起来你很难过，我们先把想法写下来，再看看有没有别的解释。",
    "睡不着的夜里，脑子里全是白天的事，这真的很累。试着把担心写在纸上。",
    "你说没有人喜欢你，这是不是全或无的想法？想一想有没有例外。",
    "一次没考好不等于你不行。把这次的错题看一遍，再给自己一点时间。",
    "先深呼吸，再问自己：最坏会怎样？最可能会怎样？",
    "能说出来已经是第一步了，慢慢来，也可以找身边的人聊聊。",
    "和家人吵架之后觉得愧疚，说明你在乎他们。等大家都平静了再谈。",
    "总是拿自己和别人比，会越来越累。今天先写下自己做到的三件小事。",
]
CLOSE = [text.replace("你", "您").replace("。", "！") for text in REFERENCES]
FAR = ["别想太多，会好的。" + text[:4] for text in REFERENCES]


def fill(store: Store, answers: Mapping[str, Sequence[str | None]], **kind: Any) -> None:
    """Add systems with an answer to each question, None for one that is not answered."""
    with store.writing() as session:
        questions = _questions(session, max(map(len, answers.values())))
        for name, texts in answers.items():
            system = System(name=name, **({"kind": "outside"} | kind))
            session.add(system)
            session.flush()
            session.add_all(
                Response(question_id=question, system_id=system.id, text=text)
                for question, text in zip(questions, texts, strict=False)
                if text is not None
            )


def _questions(session: Session, n: int) -> list[int]:
    there = list(session.scalars(select(Question.id).order_by(Question.id)))
    new = [
        Question(source="made", external_id=f"q{place}", text=f"第{place}问")
        for place in range(len(there), n)
    ]
    session.add_all(new)
    session.flush()
    return [*there, *(question.id for question in new)]
