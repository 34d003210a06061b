"""Say of a system in a made store that this program had a model make its answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import Detection, Question, Response, Run, System
from pipeline.prompts import library
from pipeline.prompts.prompt import Origin, Prompt

BEGAN = datetime(2026, 2, 1, 23, 59, tzinfo=UTC)
PRICE = {"input": 2.0, "output": 4.0, "currency": "USD", "batch": 1.0, "as_of": None}
BOUND = {
    "model": "mini",
    "output": "schema",
    "temperature": 0.7,
    "top_p": None,
    "seed": 3,
    "max_tokens": 2000,
    "server": "api.openai.com",
}


def prototype() -> Prompt:
    """The prompt cbt-zh with a worked example that a model wrote for a question of a store."""
    prompt = library.find(None, "cbt-zh")
    origin = Origin("model", "big", source="forum", question="12", seed=5, made_on="2026-01-31")
    return prompt.with_example(prompt.example and replace(prompt.example, origin=origin))


def generate(store: Store, name: str, *, prompt: Prompt | None = None, **bound: Any) -> None:
    """Give a system's answers a run, calls, detections; beside them two that were not kept.

    One question more has no answer, one of the calls asked to mend an answer, and of one the tokens
    are not known.
    """
    prompt = prompt or library.find(None, "cbt-zh")
    with store.writing() as session:
        system = session.scalars(select(System).where(System.name == name)).one()
        system.kind = "api"
        system.configuration = {**BOUND, **bound}
        system.prompt_id = library.stored(session, prompt)
        run = Run(
            stage="generate",
            configuration={"name": name, "limits": {"price": PRICE}},
            code_version="0.1.0",
        )
        lost = [
            Question(source="lost", external_id=f"{name} {n}", text=text)
            for n, text in enumerate(("不想活了", "睡不着", "很累"))
        ]
        session.add_all([run, *lost])
        session.flush()
        answers = list(session.scalars(select(Response).where(Response.system_id == system.id)))
        aside = Response(
            question_id=lost[0].id, system_id=system.id, text="作为一个AI",
            status="set_aside", reason="names_itself: says that it is an AI",
        )  # fmt: skip
        refused = Response(
            question_id=lost[1].id, system_id=system.id, status="refused", reason="refused: 不行"
        )
        session.add_all([aside, refused])
        session.flush()
        for answer in (*answers, aside, refused):
            answer.run_id = run.id
        detected = {"detector": f"generate:{name}", "presence": "yes", "labels": ["mind_reading"]}
        session.add_all(Detection(response_id=each.id, **detected) for each in (*answers, aside))
        session.add_all(_attempts(run, [*(a.question_id for a in answers), *(q.id for q in lost)]))


def _attempts(run: Run, questions: list[int]) -> list[Attempt]:
    calls = [
        Attempt(
            run_id=run.id, question_id=id_, request_hash=f"{id_}", step="first", state="answered",
            model="mini-2026-01-01", usage={"total_tokens": 300}, tokens_in=200, tokens_out=100,
            cost=0.0008, started_at=BEGAN, ended_at=BEGAN + timedelta(minutes=2),
        )
        for id_ in questions
    ]  # fmt: skip
    calls[-1].state, calls[-1].model, calls[-1].usage = "failed", None, None
    repair = Attempt(
        run_id=run.id, question_id=questions[0], request_hash="r", step="repair", state="answered",
        model="mini-2026-01-01", usage={"total_tokens": 2}, tokens_in=1, tokens_out=1, cost=0.0,
        started_at=BEGAN, ended_at=BEGAN,
    )  # fmt: skip
    return [*calls, repair]
