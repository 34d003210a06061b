"""The journal writes many things in one commit, and what was paid for is not lost."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from db import runs
from db.attempts import Spent
from db.engine import Store, connect
from db.errors import NotAllowed, StoreFull
from pipeline.calling.asking import Model, Request
from pipeline.calling.journal import calls
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call, Entry
from pipeline.calling.journal.journal import Journal, Listener
from pipeline.calling.replies import Reply, Usage
from pipeline.calling.work import Kept, Limits, Settled
from tests.pipeline.calling import answers

BUDGET = Budget(Limits(), Spent())
Keep = Callable[[Session, Sequence[Settled]], None]


class Written:
    """Opens calls, settles each with a reply as soon as it is open, and notes what is told."""

    def __init__(self, store: Store, keep: Keep, *, patience: float = 5.0) -> None:
        with store.writing() as session:
            self.run_id = runs.start(session, stage="generate", configuration={}).id
        self.journal = Journal(
            store, run_id=self.run_id, row=self.row, keep=keep, patience_seconds=patience
        )
        self.commits: list[tuple[int, int]] = []
        self.errors: list[Exception] = []
        self.opened: list[Call] = []

    def row(self, call: Call) -> dict[str, object]:
        return calls.opening(call, run_id=self.run_id, budget=BUDGET)

    async def write(self, count: int, *, then: Callable[[], None] = lambda: None) -> "Written":
        self.journal.start(Listener(self.committed, self.errors.append))
        for n in range(count):
            self.journal.open(calls.call_for(Model("m"), asked(n + 1)))
        while len(self.opened) < count and not self.errors:
            await asyncio.sleep(0.005)
        then()
        await self.journal.close()
        return self

    def committed(self, opened: Sequence[Call], entries: Sequence[Entry]) -> None:
        self.commits.append((len(opened), len(entries)))
        self.opened += opened
        for call in opened:
            self.journal.add(self.entry(call))

    def entry(self, call: Call) -> Entry:
        reply = Reply(f"回答{call.id}", "stop", None, "m-1", Usage(9, 8, {"prompt_tokens": 9}), 0.1)
        kept = Kept("kept", reply.content)
        settled = Settled(call.request, kept, self.run_id, "m-1", 9, 8, None)
        return Entry(calls.closing(call, reply, cost=None, seconds=0.1), settled)


def asked(question: int) -> Request:
    return Request(question, ({"role": "user", "content": f"第{question}个"},), 50)


def keeper(store: Store) -> Keep:
    return answers.Answers(store, Model("m")).keep


def test_calls_are_written_in_few_commits_first_open_and_then_with_what_became_of_them(
    store: Store,
) -> None:
    answers.add_questions(store, 300)
    written = asyncio.run(Written(store, keeper(store)).write(300))
    assert len(written.commits) < 20
    assert sum(opened for opened, _ in written.commits) == 300
    assert sum(ended for _, ended in written.commits) == 300
    rows = answers.journal(store)
    assert {(row.state, row.tokens_in, row.content) for row in rows} == {
        ("answered", 9, f"回答{row.id}") for row in rows
    }
    assert {id_: said[0] for id_, said in answers.stored(store).items()} == {
        row.question_id: row.content for row in rows
    }
    assert written.journal.unstored == 0


def test_a_clock_that_is_put_back_does_not_keep_calls_from_being_let_in(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 1)
    written = Written(sqlite_store, keeper(sqlite_store))
    open_ = written.journal.open

    def opened_before_the_clock_was_put_back(call: Call) -> None:
        call.opened_at += timedelta(hours=1)
        open_(call)

    written.journal.open = opened_before_the_clock_was_put_back  # type: ignore[method-assign]
    asyncio.run(written.write(1))
    assert 0 < written.journal.lag_seconds < 1


def test_other_writers_get_their_turn_between_the_commits(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 600)
    waits: list[float] = []
    stop = threading.Event()

    def rate() -> None:
        import time

        other = connect(sqlite_store.engine.url.render_as_string())
        while not stop.is_set():
            began = time.perf_counter()
            with other.writing() as session:
                session.execute(text("UPDATE question SET source = 's' WHERE id = 1"))
            waits.append(time.perf_counter() - began)
        other.engine.dispose()

    rater = threading.Thread(target=rate)
    rater.start()
    asyncio.run(Written(sqlite_store, keeper(sqlite_store)).write(600))
    stop.set()
    rater.join()
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_a_store_that_is_busy_is_tried_again_until_it_is_free(sqlite_store: Store) -> None:
    event.listen(sqlite_store.engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=20"))
    answers.add_questions(sqlite_store, 3)
    written = Written(sqlite_store, keeper(sqlite_store))
    other = connect(sqlite_store.engine.url.render_as_string())
    lock = other.engine.execution_options(write=True).connect()

    def locked_for_a_moment() -> None:
        lock.begin()
        threading.Timer(0.3, lock.close).start()

    asyncio.run(written.write(3, then=locked_for_a_moment))
    other.engine.dispose()
    assert (written.errors, written.journal.unstored) == ([], 0)
    assert len(answers.stored(sqlite_store)) == 3


def full(store: Store) -> None:
    with store.engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages}"))


def test_a_full_disk_is_told_at_once_and_what_could_not_be_stored_is_counted(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 200)
    keep = keeper(sqlite_store)
    written = Written(sqlite_store, keep, patience=0.1)
    asyncio.run(written.write(200, then=lambda: full(sqlite_store)))
    assert [type(error) for error in written.errors] == [StoreFull]
    lost = written.journal.unstored
    assert lost > 0
    assert len(answers.stored(sqlite_store)) == 200 - lost


def test_what_a_stage_cannot_store_is_held_and_takes_no_other_answer_along(
    store: Store,
) -> None:
    answers.add_questions(store, 20)
    good = keeper(store)

    def keep(session: Session, settled: Sequence[Settled]) -> None:
        if any(one.request.question_id == 7 for one in settled):
            raise ZeroDivisionError
        good(session, settled)

    written = asyncio.run(Written(store, keep).write(20))
    assert [type(error) for error in written.errors] == [ZeroDivisionError]
    assert sorted(answers.stored(store)) == [n for n in range(1, 21) if n != 7]
    held = [row for row in answers.journal(store) if row.state == "held"]
    assert [(row.question_id, row.content) for row in held] == [(7, f"回答{held[0].id}")]
    assert written.journal.unstored == 0


def test_a_run_that_another_one_has_ended_opens_no_call_and_stores_what_it_was_answered(
    store: Store,
) -> None:
    answers.add_questions(store, 9)
    written = Written(store, keeper(store))

    def overtaken() -> None:
        with store.writing() as session:
            runs.end_dead(session, run_ids=[written.run_id])
        written.journal.open(calls.call_for(Model("m"), asked(9)))

    asyncio.run(written.write(8, then=overtaken))
    (error,) = written.errors
    assert isinstance(error, NotAllowed)
    assert sorted(answers.stored(store)) == list(range(1, 9))
    assert {row.state for row in answers.journal(store)} == {"answered"}
    assert len(answers.journal(store)) == 8
