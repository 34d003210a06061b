"""What a run through the Batch API stores, asks again, and says."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.attempt_tables import BatchJob
from db.columns import now
from db.engine import Store
from db.errors import NotCalled
from pipeline.calling.asking import Model
from pipeline.calling.live import run as live
from pipeline.calling.prices import Price
from pipeline.calling.work import Progress
from tests.batch_server import BatchServer, Course, batch_server, refused
from tests.model_server import Answer, model_server
from tests.pipeline.calling.answers import (
    RUN_OF,
    Answers,
    add_questions,
    answer,
    journal,
    runs,
    stored,
)
from tests.pipeline.calling.batch.batched import (
    Scripted,
    good,
    jobs,
    limits,
    run,
    states,
    work_on,
)
from tests.pipeline.calling.batch.killed import running

FAILED = refused(500, "server_error", "try again")
REFUSED = refused(400, "invalid_value", "this one is odd")
FILTERED = refused(400, "content_filter", "filtered")


def texts(store: Store) -> list[str | None]:
    return [text for text, *_ in stored(store).values()]


def test_a_batch_answers_every_question_once(store: Store) -> None:
    add_questions(store, 5)
    with batch_server(good) as server:
        called = run(store, server.url)
        assert run(store, server.url).run_id is None  # nothing is left to ask
    assert (called.kept, called.failed, called.left, called.out) == (5, {}, 0, 0)
    assert stored(store)[2] == ("关于第1个问题", "kept", None, 100, 50)
    assert len(server.bought) == len(journal(store)) == 5
    [job] = jobs(store)
    assert (job.state, job.requests, job.detail) == ("collected", 5, "completed")
    assert job.size_bytes == len(server.files["file-0"])
    assert runs(store)[0].counts == {
        "kept": 5, "set_aside": 0, "refused": 0, "failed": {}, "reasons": {}, "left": 0,
        "attempts": 5, "tokens_in": 500, "tokens_out": 250, "stopped": None, "out": 0, "notes": [],
        "seconds": called.seconds, "models": called.models, "untold": 0, "given_up": 0,
    }  # fmt: skip


def test_a_file_is_utf_8_and_has_readable_ids(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    with batch_server(good) as server:
        run(sqlite_store, server.url)
    lines = server.files["file-0"].decode().splitlines()
    assert [json.loads(line)["custom_id"] for line in lines] == ["0-q1-s0-first", "1-q2-s0-first"]
    assert "第0个问题" in lines[0]
    assert server.names["file-0"] == f"cbt-annotate-{jobs(sqlite_store)[0].token}.jsonl"


def test_only_what_failed_is_asked_again(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 6)
    script = Scripted({"第1个问题": [FAILED], "第2个问题": [FILTERED], "第3个问题": [REFUSED]})
    with batch_server(script) as server:
        called = run(sqlite_store, server.url)
    assert (called.kept, called.refused, called.failed) == (4, 1, {"bad_request": 1})
    assert [job.requests for job in jobs(sqlite_store)] == [6, 1]
    assert server.asked_again() == []
    assert [a.detail for a in journal(sqlite_store) if a.error == "bad_request"] == [
        f"the server {server.url[7:-3]} refuses the call with status 400 (this one is odd)"
    ]


def test_what_is_cut_off_or_no_json_gets_its_second_call_in_the_next_round(store: Store) -> None:
    add_questions(store, 3)
    script = Scripted(
        {
            "第0个问题": [Answer("…", finish_reason="length"), Answer("no JSON")],
            "第1个问题": [Answer("no JSON"), FAILED, Answer("no JSON either")],
        }
    )
    with batch_server(script) as server:
        called = run(store, server.url)
    assert (called.kept, called.set_aside, called.reasons) == (2, 1, {"no_answer": 1})
    # The first took three calls (more room, then a repair), the second two and one that failed.
    assert stored(store)[1] == ("关于第0个问题", "kept", None, 300, 150)
    assert stored(store)[2] == ("no JSON either", "set_aside", "no_answer", 200, 100)
    assert [job.requests for job in jobs(store)] == [3, 2, 2]
    assert states(store) == {"answered": 6, "failed": 1}
    steps = [json.loads(line)["custom_id"] for line in server.files["file-1"].splitlines()]
    assert steps == ["0-q1-s0-longer-h1", "1-q2-s0-repair-h2"]


def test_what_fails_again_and_again_ends_failed_or_with_what_there_is(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    script = Scripted({"第0个问题": [FAILED] * 9, "第1个问题": [Answer("no JSON"), *[FAILED] * 9]})
    with batch_server(script) as server:
        called = run(sqlite_store, server.url, tries=2)
        assert (called.failed, called.set_aside) == ({"server": 1}, 1)
        assert stored(sqlite_store)[2][:3] == ("no JSON", "set_aside", "no_answer")
        script.answers.clear()
        assert run(sqlite_store, server.url).kept == 1


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_of_a_job_that_ends_early_what_came_is_kept(sqlite_store: Store, status: str) -> None:
    add_questions(sqlite_store, 5)
    early = Course(("in_progress", status), done=2)
    with batch_server(good, early, Course()) as server:
        called = run(sqlite_store, server.url)
    assert (called.kept, called.tokens_in) == (5, 500)
    assert [job.requests for job in jobs(sqlite_store)] == [5, 3]
    assert called.notes == (
        f"the batch job batch_0 ({status}): 3 requests were not run, and cost nothing",
    )
    assert server.asked_again() == []


def test_a_server_that_never_runs_a_job_is_not_asked_for_ever(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    with batch_server(good, Course(("expired",), done=0)) as server:
        called = run(sqlite_store, server.url)
    assert (called.failed, called.tokens_in, len(server.jobs)) == ({"not_run": 2}, 0, 3)


def test_an_unknown_model_is_one_sentence_and_costs_nothing(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)
    error = {"code": "model_not_found", "message": "The model `m-1` does not exist", "line": None}
    with batch_server(good, Course(("validating", "failed"), invalid=(error,))) as server:
        with pytest.raises(NotCalled) as refusal:
            run(sqlite_store, server.url, price=Price(1, 2, "USD"))
        assert refusal.value.message == (
            f"the server {server.url[7:-3]} has no such model for this key; check its name"
            " (The model `m-1` does not exist)"
        )
    assert stored(sqlite_store) == {}
    assert [(a.state, a.cost) for a in journal(sqlite_store)] == [("failed", 0.0)] * 3


def test_lines_that_a_server_refuses_do_not_take_the_others_along(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 4)
    error = {"code": "invalid_request", "message": "too odd", "line": 2}
    with batch_server(good, Course(("failed",), invalid=(error,)), Course()) as server:
        called = run(sqlite_store, server.url)
    assert (called.kept, called.failed) == (3, {"bad_request": 1})
    assert sorted(stored(sqlite_store)) == [1, 3, 4]


def test_a_server_that_lets_less_wait_gets_smaller_jobs_one_by_one(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 6)
    error = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}
    with batch_server(good, Course(("failed",), invalid=(error,)), Course()) as server:
        most = 0

        def meet(when: str, call: str) -> None:
            nonlocal most
            most = max(most, sum("output_file_id" not in j for j in server.jobs.values()) - 1)

        server.meet = meet
        called = run(sqlite_store, server.url)
    assert called.kept == 6
    assert [job.requests for job in jobs(sqlite_store)] == [6, 3, 3]
    assert most == 1  # the refused one, which has no output, is not counted
    assert len(server.bought) == 6


def test_results_that_are_odd_are_said_and_harm_nothing(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 5)

    def spoil(lines: list[str]) -> list[str]:
        doubled, missing = json.loads(lines[0]), json.loads(lines[1])
        strange = {**doubled, "custom_id": "0-q77-s0-first"}
        changed = {**doubled, "custom_id": "99-q1-s0-first"}
        foreign = {**doubled, "custom_id": "somebody-else"}
        extra = [json.dumps(line) for line in (strange, changed, foreign)]
        lines.remove(json.dumps(missing, ensure_ascii=False))
        return [*lines, lines[0], *extra, "{half a line", "", "7"]

    with batch_server(good, Course(spoil=spoil), Course()) as server:
        called = run(sqlite_store, server.url)
    assert called.kept == 5
    assert len(stored(sqlite_store)) == 5
    assert called.notes == (
        "the batch job batch_0 (completed): 2 lines that are no results; 3 results that nobody"
        " asked for; 1 results of a request that had one: the first counts; no result for 1"
        " requests",
    )
    assert jobs(sqlite_store)[0].detail == called.notes[0].partition(": ")[2]
    # What has no result may have been run: it counts as the most that it can have taken.
    assert called.tokens_in > 500


def test_line_separators_inside_an_answer_do_not_end_its_line(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 1)
    text = "一\u2028二\u2029三\x85四"
    with batch_server(lambda _: Answer(answer(text))) as server:
        run(sqlite_store, server.url)
    assert texts(sqlite_store) == [text]


def test_without_waiting_a_run_sends_and_the_next_one_collects(store: Store) -> None:
    add_questions(store, 3)
    with batch_server(good, Course(("validating", "in_progress", "completed"))) as server:
        first = run(store, server.url, wait=False)
        assert (first.out, first.kept, first.left, first.tokens_in) == (3, 0, 0, 0)
        assert (first.stopped, states(store)) == (None, {"open": 3})
        add_questions_more(store, 2)
        second = run(store, server.url, wait=False)
        assert (second.out, second.kept, len(server.jobs)) == (5, 0, 2)
        last = run(store, server.url)
    assert (last.out, last.kept, last.attempts) == (0, 5, 0)
    assert (last.tokens_in, last.tokens_out) == (500, 250)
    assert {one.run_id for one in work_of(store)} == {1, 2}  # the runs that asked
    assert server.asked_again() == []


def add_questions_more(store: Store, count: int) -> None:
    from db.tables import Question

    with store.writing() as session:
        session.add_all(
            Question(source="more", external_id=str(n), text=f"另外{n}") for n in range(count)
        )


def work_of(store: Store) -> list[Any]:
    from sqlalchemy import select

    from db.tables import Response

    with store.reading() as session:
        return list(session.scalars(select(Response)))


def test_a_live_run_leaves_alone_what_is_out(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)
    with batch_server(good, Course(("in_progress",) * 3 + ("completed",))) as server:
        run(sqlite_store, server.url, wait=False)
        add_questions_more(sqlite_store, 1)
        called = live_run(sqlite_store, server)
        assert (called.kept, called.out, called.left, len(server.bought)) == (1, 3, 0, 0)
        assert states(sqlite_store) == {"open": 3, "answered": 1}
        assert live_run(sqlite_store, server).run_id is None
        assert run(sqlite_store, server.url).kept == 3
    assert len(stored(sqlite_store)) == 4
    assert len(server.bought) == 3


def live_run(store: Store, server: BatchServer) -> Any:
    work = work_on(store, server.url)
    return live.run(store, work, run_of=RUN_OF, limits=limits(), key=None, tell=lambda _: None)


def test_a_reply_that_a_live_run_left_is_gone_on_from(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    key = Answer("no JSON"), refused(401, "invalid_api_key", "wrong")
    script = Scripted({"第0个问题": list(key)})
    with batch_server(script) as server:
        with pytest.raises(NotCalled):
            live.run(
                sqlite_store,
                work_on(sqlite_store, server.url),
                run_of=RUN_OF,
                limits=limits(concurrency=1),
                key=None,
                tell=lambda _: None,
            )
        assert "held" in states(sqlite_store)
        called = run(sqlite_store, server.url)
        ids = [json.loads(line)["custom_id"] for line in server.files["file-0"].splitlines()]
    assert called.kept == 2 - states(sqlite_store).get("lost", 0)
    assert ids[0] == "0-q1-s0-repair-h1"
    assert stored(sqlite_store)[1] == ("关于第0个问题", "kept", None, 200, 100)
    assert "held" not in states(sqlite_store)


def test_the_budget_is_reserved_for_all_that_is_sent(store: Store) -> None:
    add_questions(store, 4)
    price = Price(10.0, 20.0, "USD", batch=0.5)
    one = (2 * 32 + len("请回答。第0个问题".encode())) * 5e-6 + 200 * 10e-6
    with batch_server(good) as server:
        called = run(store, server.url, price=price, max_cost=2.5 * one)
        worst = [
            sum(1 for _ in f.splitlines()) for name, f in server.files.items() if "out" not in name
        ]
    # The worst case of two fits, their usage leaves room for one more, and then for another.
    each = 100 * 5e-6 + 50 * 10e-6
    assert called.cost == pytest.approx(called.kept * each)
    assert called.cost <= 2.5 * one
    assert worst[0] == 2
    assert (called.kept + called.left, called.stopped) == (4, "budget" if called.left else None)


def test_a_budget_that_ends_leaves_the_rest_and_what_is_to_be_mended(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 5)
    script = Scripted({"第0个问题": [Answer("no JSON")]})
    one = 2 * 32 + len("请回答。第0个问题".encode()) + 200
    with batch_server(script) as server:
        called = run(sqlite_store, server.url, max_tokens=2 * one)
        assert (called.kept, called.set_aside, called.left) == (1, 0, 4)
        assert (called.stopped, called.tokens_in + called.tokens_out) == ("budget", 300)
        again = run(sqlite_store, server.url, max_tokens=2 * one)
        assert (again.kept, again.left, again.stopped) == (0, 4, "budget")
        assert run(sqlite_store, server.url).kept == 4
        assert (len(server.bought), server.asked_again()) == (6, [])


def test_jobs_that_are_out_count_towards_the_budget(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    one = 2 * 32 + len("请回答。第0个问题".encode()) + 200
    with batch_server(good, Course(("in_progress",) * 3 + ("completed",))) as server:
        run(sqlite_store, server.url, wait=False)
        add_questions_more(sqlite_store, 1)
        called = run(sqlite_store, server.url, wait=False, max_tokens=2 * one + 50)
        assert (called.out, called.left, called.stopped) == (2, 1, "budget")
        called = run(sqlite_store, server.url, max_tokens=2 * one + 50)
        assert (called.kept, called.left) == (3, 0)


def test_a_wrong_key_is_told_before_anything_is_written(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 1)
    wrong = refused(401, "invalid_api_key", "Incorrect API key provided: sk-secret-0123456789")
    with batch_server(good) as server:
        server.meet = lambda when, _call: wrong if when == "after" else None
        with pytest.raises(NotCalled) as refusal:
            run(sqlite_store, server.url)
    assert "does not take the key" in refusal.value.message
    assert "secret" not in refusal.value.message
    assert (jobs(sqlite_store), journal(sqlite_store), runs(sqlite_store)) == ([], [], [])


def test_a_server_without_a_batch_api_is_told_before_anything_is_written(
    sqlite_store: Store,
) -> None:
    add_questions(sqlite_store, 1)
    with model_server(good) as server, pytest.raises(NotCalled) as refusal:
        run(sqlite_store, server.url)
    assert "has no Batch API; leave out --batch" in refusal.value.message
    assert runs(sqlite_store) == []


def test_a_job_that_the_server_does_not_know_is_not_asked_again(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    with batch_server(good) as server:
        run(sqlite_store, server.url, wait=False)
        server.jobs.clear()
        with pytest.raises(NotCalled) as refusal:
            run(sqlite_store, server.url)
        assert "does not know the batch job batch_0" in refusal.value.message
        assert "with 2 requests; call it with the key and the base URL" in refusal.value.message
        assert states(sqlite_store) == {"open": 2}


@pytest.mark.parametrize("gone", ["output", "input"])
def test_a_file_that_the_server_has_thrown_away_is_said(sqlite_store: Store, gone: str) -> None:
    add_questions(sqlite_store, 3)
    script = Scripted({"第0个问题": [Answer("no JSON")]})
    with batch_server(script) as server:
        run(sqlite_store, server.url, wait=False)
        for _ in range(2):
            run(sqlite_store, server.url, wait=False)
        assert states(sqlite_store) == {"open": 3}
        server.meet = throws_away(server, gone)
        called = run(sqlite_store, server.url)
        if gone == "output":
            assert called.notes[0].endswith(
                "no result for 3 requests; the server no longer has the answers"
            )
            assert called.kept == 3
        else:
            assert called.notes[0].endswith("no longer has the questions: 1 wait for the next run")
            assert (called.kept, called.left) == (2, 1)
            assert run(sqlite_store, server.url).kept == 1
            assert stored(sqlite_store)[1][3:] == (200, 100)


def test_after_a_month_a_job_that_the_server_does_not_know_is_given_up(
    sqlite_store: Store,
) -> None:
    add_questions(sqlite_store, 2)
    with batch_server(good) as server:
        run(sqlite_store, server.url, wait=False)
        server.jobs.clear()
        server.files.clear()
        with sqlite_store.writing() as session:
            session.execute(update(BatchJob).values(made_at=now() - timedelta(days=31)))
        called = run(sqlite_store, server.url)
        assert (called.kept, called.left) == (0, 2)
        assert called.tokens_in > 0  # what it may have taken stays in the sum
        assert run(sqlite_store, server.url).kept == 2


def throws_away(server: BatchServer, what: str) -> Callable[[str, str], None]:
    def meet(when: str, call: str) -> None:
        if "/content" in call and when == "before":
            for name in list(server.files):
                if (
                    (name.startswith("file-output-batch_0"))
                    if what == "output"
                    else name == "file-0"
                ):
                    del server.files[name]

    return meet


def test_a_download_that_breaks_off_is_begun_anew(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)
    with batch_server(good) as server:
        broken: list[Answer] = [
            Answer(body=b"x" * 500, cut=0.5),
            Answer(reset=True),
            refused(503, "busy", "busy"),
        ]
        server.meet = lambda when, call: (
            broken.pop() if when == "after" and "/content" in call and broken else None
        )
        assert run(sqlite_store, server.url).kept == 3
    assert len(server.bought) == 3


@pytest.mark.parametrize(
    "trouble", [refused(500, "x", "oh"), Answer(reset=True), Answer(body=b"<")]
)
def test_a_job_that_was_made_while_the_server_said_otherwise_is_found(
    sqlite_store: Store, trouble: Answer
) -> None:
    add_questions(sqlite_store, 3)
    with batch_server(good) as server:
        troubles = [trouble]
        server.meet = lambda when, call: (
            troubles.pop() if when == "after" and call == "POST /batches" and troubles else None
        )
        assert run(sqlite_store, server.url).kept == 3
    assert (len(server.jobs), len(server.bought)) == (1, 3)


def test_an_unreachable_server_is_told_at_once(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 1)
    with pytest.raises(NotCalled) as refusal:
        run(sqlite_store, "http://127.0.0.1:9/v1")
    assert "cannot be reached" in refusal.value.message
    assert runs(sqlite_store) == []


def test_an_error_says_what_stays_with_the_server(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 4)
    quota = refused(429, "insufficient_quota", "no more")
    with batch_server(good) as server:
        server.meet = lambda _when, call: (
            quota if call == "POST /files" and len(server.jobs) == 1 else None
        )
        with pytest.raises(NotCalled) as refusal:
            run(sqlite_store, server.url, job_requests=3)
        assert refusal.value.message.endswith(
            "(no more); 3 requests stay with the server, and the same command collects them"
        )
        assert (runs(sqlite_store)[0].counts or {})["left"] == 1
        server.meet = lambda _when, _call: None
        assert run(sqlite_store, server.url).kept == 4


def test_what_the_server_will_not_take_is_not_written_as_asked(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)
    with batch_server(good) as server:
        quota = refused(429, "insufficient_quota", "You exceeded your current quota")
        server.meet = lambda _when, call: quota if call == "POST /files" else None
        with pytest.raises(NotCalled) as refusal:
            run(sqlite_store, server.url)
        assert "has no quota or money left" in refusal.value.message
        assert [(job.state, job.detail) for job in jobs(sqlite_store)] == [
            ("failed", "it was never sent")
        ]
        assert journal(sqlite_store) == []
        server.meet = lambda _when, _call: None
        assert run(sqlite_store, server.url).kept == 3


def test_one_looks_on_while_the_server_cannot_be_reached(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 2)
    with batch_server(good, Course(("in_progress",) * 4 + ("completed",))) as server:
        looks = 0

        def meet(when: str, call: str) -> Answer | None:
            nonlocal looks
            looks += when == "before" and call == "GET /batches/batch_0"
            return Answer(reset=True) if 3 <= looks <= 9 and "batch_0" in call else None

        server.meet = meet
        assert run(sqlite_store, server.url, tries=2).kept == 2
        assert looks > 9


def test_a_job_that_the_server_lists_late_is_not_sent_again(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)
    with batch_server(good) as server:
        late = [Answer(reset=True)], [Answer(body=b'{"data": []}')]

        def meet(when: str, call: str) -> Answer | None:
            answers = late[call == "GET /batches"] if "batch_" not in call else []
            ready = when == "after" and server.jobs and call != "POST /files"
            return answers.pop() if answers and ready else None

        server.meet = meet
        assert run(sqlite_store, server.url).kept == 3
    assert late == ([], [])
    assert (len(server.jobs), len(server.bought)) == (1, 3)


def test_a_run_that_is_interrupted_leaves_its_job_with_the_server(
    sqlite_store: Store, tmp_path: Path
) -> None:
    add_questions(sqlite_store, 3)
    course = Course(("in_progress",) * 50 + ("completed",))
    with batch_server(good, course) as server:
        looks = 0

        def meet(_when: str, call: str) -> None:
            nonlocal looks
            looks += call == "GET /batches/batch_0"
            if looks == 4:
                os.kill(process.pid or 0, signal.SIGINT)

        server.meet = meet
        process = running(f"sqlite:///{sqlite_store.name}", server.url)
        process.join(30)
        server.meet = lambda _when, _call: None
        assert process.exitcode == 130
        assert (states(sqlite_store), len(jobs(sqlite_store))) == ({"open": 3}, 1)
        counts = runs(sqlite_store)[0].counts or {}
        assert (counts["stopped"], counts["out"], counts["left"]) == ("interrupted", 3, 0)
        assert run(sqlite_store, server.url).kept == 3
    assert len(server.bought) == 3


@pytest.mark.parametrize("seconds", [0.3, 30.0])
def test_a_run_that_is_interrupted_while_a_job_is_made_ends_and_the_next_one_finds_the_job(
    sqlite_store: Store, seconds: float
) -> None:
    add_questions(sqlite_store, 3)
    interrupts = 1 if seconds < 1 else 2

    def meet(when: str, call: str) -> Answer | None:
        if (when, call) != ("after", "POST /batches"):
            return None
        for n in range(interrupts):
            threading.Timer(0.1 * n, os.kill, (os.getpid(), signal.SIGINT)).start()
        return Answer(hang=True)

    began = time.monotonic()
    with batch_server(good) as server:
        server.meet = meet
        called = run(sqlite_store, server.url, drain_seconds=seconds)
        assert time.monotonic() - began < 5
        assert (called.stopped, called.out, called.left) == ("interrupted", 3, 0)
        assert (called.attempts, called.tokens_in, called.tokens_out) == (3, 0, 0)
        server.meet = lambda _when, _call: None
        assert run(sqlite_store, server.url).kept == 3
    assert (len(server.jobs), len(server.bought)) == (1, 3)


def test_one_job_of_several_may_fail(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 6)
    courses = Course(), Course(("expired",), done=0), Course(("in_progress", "completed"))
    with batch_server(good, *courses) as server:
        assert run(sqlite_store, server.url, job_requests=2).kept == 6
    assert [job.requests for job in jobs(sqlite_store)] == [2, 2, 2, 2]
    assert len(server.bought) == 6


def test_progress_tells_what_the_server_has_done(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 4)
    told: list[Progress] = []
    with batch_server(good, Course(("in_progress", "in_progress", "completed"))) as server:
        run(sqlite_store, server.url, tell=lambda now: told.append(replace(now)))
    assert ("in_progress", 2, 2) in {(now.at_server, now.done, now.in_flight) for now in told}
    assert (told[-1].done, told[-1].in_flight, told[-1].tokens) == (4, 0, 600)


def test_more_than_fits_into_one_file_is_sent_in_several(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 7)
    with batch_server(good) as server:
        assert run(sqlite_store, server.url, job_requests=3).kept == 7
    assert [job.requests for job in jobs(sqlite_store)] == [3, 3, 1]


def test_a_stage_that_stumbles_over_a_reply_does_not_lose_it(sqlite_store: Store) -> None:
    add_questions(sqlite_store, 3)

    class Stumbling(Answers):
        def read(self, request: Any, reply: Any) -> Any:
            if request.question_id == 2:
                raise RuntimeError("a bug")
            return super().read(request, reply)

    with batch_server(good) as server:
        from pipeline.calling.batch import run as batch

        with pytest.raises(RuntimeError, match="a bug"):
            batch.run(
                sqlite_store,
                Stumbling(sqlite_store, Model("m-1", base_url=server.url)),
                run_of=RUN_OF,
                limits=limits(),
                key=None,
                tell=lambda _: None,
            )
        run(sqlite_store, server.url)
        called = run(sqlite_store, server.url)
    assert len(stored(sqlite_store)) == 3
    assert (len(server.bought), called.run_id) == (3, None)
