"""The processes of batch_job.py: who writes the store, who serves, and who sends and collects."""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from db import schema
from db.engine import connect
from db.tables import Question
from pipeline.calling.asking import Model, Request
from pipeline.calling.batch import run as batch
from pipeline.calling.work import Limits, Settled
from tests.batch_server import Course, batch_server
from tests.model_server import Answer
from tests.pipeline.calling.answers import RUN_OF, Answers, answer

PROMPT = "请先肯定来访者的努力，再温和地提出一个可以验证的想法。" * 68  # 5.5 KB
QUESTION = "最近总是睡不着。" * 18  # 0.4 KB
ANSWER = answer("慢慢来，先照顾好自己的睡眠。" * 37)  # 523 characters


class Long(Answers):
    """Asks with a long prompt, and keeps nothing in memory, as stages do."""

    def requests(self) -> Iterator[Request]:
        for request in super().requests():
            asked = ({"role": "system", "content": PROMPT}, *request.messages[1:])
            yield replace(request, messages=asked)

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        super().keep(session, settled)
        self.kept.clear()
        self.read_replies.clear()


def write(database: str, count: str) -> None:
    store = connect(database)
    schema.upgrade(store.engine)
    with store.writing() as session:
        for n in range(int(count)):
            session.add(Question(source="s", external_id=str(n), text=f"第{n}个问题{QUESTION}"))


def serve() -> None:
    def script(_body: Mapping[str, Any]) -> Answer:
        return Answer(ANSWER, usage=(3000, 700))

    with batch_server(script, Course(("validating", "completed"))) as server:
        print(server.url, flush=True)
        threading.Event().wait()


def run(database: str, url: str, *, wait: bool) -> None:
    work = Long(connect(database), Model("m-1", base_url=url))
    limits = Limits(wait=wait, look_seconds=(0.1, 1.0), timeout_seconds=600)
    batch.run(work.store, work, run_of=RUN_OF, limits=limits, key=None, tell=lambda _progress: None)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "write":
        write(*rest)
    elif what == "serve":
        serve()
    else:
        run(*rest, wait=what != "send")
