"""Runs of the small stage through the Batch API, and what the store then says of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from db.attempt_tables import BatchJob
from db.engine import Store
from pipeline.calling.asking import Model
from pipeline.calling.batch import run as batch
from pipeline.calling.work import Called, Limits, Progress
from tests.model_server import Answer
from tests.pipeline.calling.answers import RUN_OF, Answers, answer, journal

QUICK = (0.01, 0.02)


def limits(**wanted: Any) -> Limits:
    return Limits(look_seconds=QUICK, timeout_seconds=10.0, **wanted)


def work_on(store: Store, url: str) -> Answers:
    return Answers(store, Model("m-1", base_url=url))


def run(
    store: Store, url: str, tell: Callable[[Progress], None] = lambda _: None, **wanted: Any
) -> Called:
    work = work_on(store, url)
    return batch.run(
        store, work, run_of=RUN_OF, limits=limits(**wanted), key="sk-secret-0123456789", tell=tell
    )


def good(body: Any) -> Answer:
    return Answer(answer(f"关于{asked(body)}"))


def asked(body: Any) -> str:
    text: str = body["messages"][1]["content"]
    return text


@dataclass
class Scripted:
    """Answers each question by what stands in its list for it, and then well."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def __call__(self, body: Any) -> Answer:
        waiting = self.answers.get(asked(body))
        return waiting.pop(0) if waiting else good(body)


def jobs(store: Store) -> list[BatchJob]:
    with store.reading() as session:
        return list(session.scalars(select(BatchJob).order_by(BatchJob.id)))


def states(store: Store) -> dict[str, int]:
    return dict(Counter(attempt.state for attempt in journal(store)))
