"""Calls to a real server: each answer is stored once, and nothing is paid twice."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import event, select, text

from db.engine import Store, connect
from db.errors import KnownError, NotAllowed, NotCalled, StoreBusy, StoreFull
from db.tables import System
from db.turns import one_at_a_time
from pipeline.calling.asking import Model
from pipeline.calling.live import run as live
from pipeline.calling.prices import Price
from pipeline.calling.work import Called, Limits, Progress
from tests.model_server import Answer, ModelServer, model_server
from tests.pipeline.calling import answers
from tests.pipeline.calling.answers import RUN_OF, Answers, answer

Body = Mapping[str, Any]
PRICE = Price(1.0, 2.0, "USD")
EIGHT = Limits(concurrency=8)


def question(body: Body) -> str:
    """Return what was asked first, whatever was said since."""
    said: str = body["messages"][1]["content"]
    return said


def number(body: Body) -> int:
    return int(question(body)[1:-3])


def good(body: Body) -> Answer:
    return Answer(answer(f"关于{question(body)}：慢慢来。"))


def called(
    store: Store,
    server: ModelServer,
    limits: Limits = EIGHT,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Called:
    work = Answers(store, Model("m-1", server.url))
    return live.run(store, work, run_of=RUN_OF, limits=limits, key="sk-secret", tell=tell)


def error(status: int, message: str = "no", **more: Any) -> Answer:
    said = json.dumps({"error": {"message": message, **more}}).encode()
    return Answer(status=status, body=said, headers={})


def in_turn(*script: Answer) -> Callable[[Body], Answer]:
    """Answer the first calls so, and all later ones well."""
    left = list(script)
    return lambda body: left.pop(0) if left else good(body)


def test_all_questions_are_answered_and_each_call_is_in_the_journal(store: Store) -> None:
    answers.add_questions(store, 60)
    told: list[Progress] = []
    limits = Limits(concurrency=8, price=PRICE)
    with model_server(good) as server:
        result = called(store, server, limits, told.append)
        again = called(store, server, limits)
    assert (result.kept, result.left, result.attempts, result.stopped) == (60, 0, 60, None)
    assert (result.tokens_in, result.tokens_out) == (6000, 3000)
    assert result.cost == pytest.approx(0.012)
    assert (again.run_id, again.attempts) == (None, 0)
    assert len(server.asked) == 60
    assert answers.stored(store)[7] == ("关于第6个问题：慢慢来。", "kept", None, 100, 50)
    rows = answers.journal(store)
    assert Counter((row.state, row.run_id, row.cost) for row in rows) == {
        ("answered", result.run_id, 0.0002): 60
    }
    assert {row.model for row in rows} == {"m-1"}
    (run,) = answers.runs(store)
    assert run.ended_at is not None
    assert run.counts is not None
    assert (run.counts["kept"], run.counts["left"]) == (60, 0)
    assert run.cost == pytest.approx(0.012)
    assert (told[0].planned, told[0].done, told[-1].done, told[-1].tokens) == (60, 0, 60, 9000)


def test_what_does_not_pass_costs_one_call_and_is_one_sentence(store: Store) -> None:
    answers.add_questions(store, 50)

    def script(_body: Body) -> Answer:
        return error(401, "Incorrect API key provided: sk-secret")

    takes_no_key = pytest.raises(NotCalled, match="does not take the key")
    with model_server(script) as server, takes_no_key as refused:
        called(store, server)
    assert len(server.asked) == 1
    assert "sk-secret" not in refused.value.message
    (row,) = answers.journal(store)
    assert (row.state, row.error, row.tokens_in, row.cost) == ("failed", "key", 0, None)
    assert "sk-secret" not in str(row.detail)
    with store.reading() as session:
        assert session.scalars(select(System)).all() == []
    (run,) = answers.runs(store)
    assert run.ended_at is not None


def test_an_unreachable_server_is_one_sentence_within_seconds(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 5)
    began = time.monotonic()
    with pytest.raises(NotCalled, match="cannot be reached"):
        called(sqlite_store, ModelServer("http://127.0.0.1:9/v1"))
    assert time.monotonic() - began < 4
    assert len(answers.journal(sqlite_store)) == 3


def test_a_key_that_is_taken_back_midway_loses_no_answer(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 60)

    def script(body: Body) -> Answer:
        return error(401) if number(body) >= 30 else good(body)

    with model_server(script) as server, pytest.raises(NotCalled) as refused:
        called(sqlite_store, server)
    assert refused.value.message.endswith(
        "what was answered before is stored, and the same command goes on from there"
    )
    stored = answers.stored(sqlite_store)
    assert set(range(1, 23)) <= set(stored) <= set(range(1, 31))
    with model_server(good) as server:
        result = called(sqlite_store, server)
    assert result.kept == len(server.asked) == 60 - len(stored)


def test_a_request_that_the_server_refuses_fails_alone_once_others_were_answered(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 20)

    def script(body: Body) -> Answer:
        return error(400, "odd letters") if number(body) == 11 else good(body)

    with model_server(script) as server:
        result = called(sqlite_store, server)
        again = called(sqlite_store, server)
    assert (result.kept, result.failed, result.left) == (19, {"bad_request": 1}, 0)
    assert (again.kept, again.failed) == (0, {"bad_request": 1})
    with model_server(lambda _: error(400, "no such setting")) as server:
        answers.add_questions(sqlite_store, 10, source="t")
        with pytest.raises(NotCalled, match="no such setting"):
            called(sqlite_store, server)
    assert len(server.asked) < 15


def test_what_passes_is_tried_again_and_a_request_that_never_succeeds_fails_with_its_reason(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 12)
    tries: Counter[int] = Counter()

    def script(body: Body) -> Answer:
        tries[number(body)] += 1
        if number(body) == 3:
            return Answer(body=b"<html>", usage=None)
        if number(body) == 4 and tries[4] < 3:
            return error(503)
        return good(body)

    with model_server(script) as server:
        result = called(sqlite_store, server, Limits(concurrency=4, tries=3))
    assert (result.kept, result.failed, result.left) == (11, {"malformed": 1}, 0)
    assert (tries[3], tries[4]) == (3, 3)
    states = Counter((row.state, row.error) for row in answers.journal(sqlite_store))
    assert states == {("answered", None): 11, ("failed", "malformed"): 3, ("failed", "server"): 2}
    # An answer that cannot be read may have been billed; a server that failed has done nothing.
    unread = [row for row in answers.journal(sqlite_store) if row.error == "malformed"]
    assert all(row.tokens_out == answers.ROOM for row in unread)
    assert result.tokens_in == 1100 + sum(row.tokens_in for row in unread)


def test_all_calls_rest_when_the_server_asks_for_it(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 60)
    moments: list[float] = []
    limited: list[float] = []

    def script(body: Body) -> Answer:
        moments.append(time.monotonic())
        if len(moments) == 30:
            limited.append(moments[-1])
            return Answer(status=429, body=b"{}", headers={"retry-after-ms": "400"})
        return Answer(good(body).content, delay=0.02)

    told: list[Progress] = []
    with model_server(script) as server:
        result = called(sqlite_store, server, tell=told.append)
    assert (result.kept, result.attempts) == (60, 61)
    assert any("asks for fewer calls" in one.trouble for one in told if one.cooling_seconds)
    assert told[-1].trouble == ""
    resting = [at for at in moments if limited[0] + 0.05 < at < limited[0] + 0.4]
    assert resting == []


def test_what_is_cut_off_gets_more_room_and_what_has_no_answer_is_asked_for_anew(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 6)

    def script(body: Body) -> Answer:
        asked, anew = number(body), len(body["messages"]) > 2
        if asked == 1 and body["max_tokens"] == answers.ROOM:
            return Answer('{"answer": "慢', finish_reason="length")
        if asked == 2 and not anew:
            return Answer("我不用 JSON 回答。")
        if asked == 3:
            return error(500) if anew else Answer("我还是不用。")
        if asked == 4:
            return Answer("", finish_reason="content_filter")
        return good(body)

    with model_server(script) as server:
        result = called(sqlite_store, server, Limits(concurrency=4, tries=2))
    assert (result.kept, result.set_aside, result.refused, result.left) == (4, 1, 1, 0)
    assert (result.reasons, result.failed) == ({"no_answer": 1, "filtered": 1}, {})
    stored = answers.stored(sqlite_store)
    assert stored[2] == ("关于第1个问题：慢慢来。", "kept", None, 200, 100)
    assert stored[4] == ("我还是不用。", "set_aside", "no_answer", 100, 50)
    steps = Counter((row.step, row.state) for row in answers.journal(sqlite_store))
    assert steps == {
        ("first", "answered"): 6,
        ("longer", "answered"): 1,
        ("repair", "answered"): 1,
        ("repair", "failed"): 2,
    }


@pytest.mark.parametrize("most", [1500, 6000])
def test_a_budget_of_tokens_holds_over_all_runs(sqlite_store: Store, most: int) -> None:
    answers.add_questions(sqlite_store, 60)
    limits = Limits(concurrency=8, max_tokens=most)
    with model_server(good) as server:
        first = called(sqlite_store, server, limits)
        second = called(sqlite_store, server, limits)
        spent = sum(row.tokens_in + row.tokens_out for row in answers.journal(sqlite_store))
        assert first.kept + second.kept == len(answers.stored(sqlite_store)) == spent // 150
        assert spent <= most
        assert (second.kept, second.stopped) == (0, "budget")
        assert first.left == 60 - first.kept
        more = called(sqlite_store, server)
    assert more.kept == first.left
    assert len(server.asked) == 60
    # It stopped where the worst case of one more call was not affordable, and not before.
    assert spent + answers.ROOM + 200 > most


def test_a_budget_of_money_waits_for_what_calls_in_flight_may_give_back(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 10)
    # Room for two calls at their worst, and for all of them as they are.
    limits = Limits(concurrency=8, max_cost=0.0021, price=PRICE)
    with model_server(lambda body: Answer(good(body).content, delay=0.01)) as server:
        result = called(sqlite_store, server, limits)
    assert (result.kept, result.stopped) == (9, "budget")
    assert result.left == 1
    assert result.cost == pytest.approx(0.0018)


def test_money_that_comes_back_goes_to_a_repair_before_a_new_question(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 40)

    def script(body: Body) -> Answer:
        anew = number(body) % 4 == 2 and len(body["messages"]) == 2
        return Answer("没有 JSON。" if anew else good(body).content, delay=0.01)

    with model_server(script) as server:
        result = called(sqlite_store, server, Limits(concurrency=8, max_tokens=3000))
    assert result.stopped == "budget"
    assert result.set_aside <= 1 < result.kept < 40
    assert result.tokens_in + result.tokens_out <= 3000


def test_a_call_without_usage_keeps_its_worst_case(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 30)
    limits = Limits(concurrency=4, max_tokens=2000)
    with model_server(lambda body: Answer(good(body).content, usage=None)) as server:
        result = called(sqlite_store, server, limits)
    assert result.stopped == "budget"
    assert result.tokens_in + result.tokens_out <= 2000
    assert all(row.tokens_out == answers.ROOM for row in answers.journal(sqlite_store))


def test_a_budget_that_allows_nothing_is_refused_before_anything(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 3)
    with model_server(good) as server, pytest.raises(NotAllowed):
        called(sqlite_store, server, Limits(max_tokens=0))
    assert (server.asked, answers.runs(sqlite_store)) == ([], [])


def test_no_two_runs_of_a_name_go_on(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 3)
    refused: list[KnownError] = []

    def other() -> None:
        try:
            called(sqlite_store, server)
        except NotAllowed as found:
            refused.append(found)

    with model_server(good) as server, one_at_a_time(sqlite_store, answers.SYSTEM):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert called(sqlite_store, server).kept == 3
    assert len(refused) == 1


def test_an_interrupt_lets_the_calls_in_flight_end(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 60)
    seen: list[int] = []

    def script(body: Body) -> Answer:
        seen.append(number(body))
        if len(seen) == 20:
            os.kill(os.getpid(), signal.SIGTERM)
        return Answer(good(body).content, delay=0.05)

    told: list[Progress] = []
    with model_server(script) as server:
        result = called(sqlite_store, server, tell=told.append)
    assert (told[0].ending, told[-1].ending) == (False, True)
    assert result.stopped == "interrupted"
    assert result.kept == len(server.asked) == len(answers.stored(sqlite_store)) < 45
    assert result.left == 60 - result.kept
    assert {row.state for row in answers.journal(sqlite_store)} == {"answered"}
    assert len(answers.journal(sqlite_store)) == result.kept
    with model_server(good) as server:
        assert called(sqlite_store, server).kept == 60 - result.kept


def test_a_second_interrupt_ends_at_once_and_what_was_in_flight_counts_as_spent(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 20)
    seen: list[int] = []

    def script(body: Body) -> Answer:
        seen.append(number(body))
        if len(seen) > 8:
            for after in (0.02, 0.12) if len(seen) == 9 else ():
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()
            return Answer(hang=True)
        return good(body)

    began = time.monotonic()
    with model_server(script) as server:
        result = called(sqlite_store, server)
    assert time.monotonic() - began < 5
    assert (result.kept, result.stopped) == (8, "interrupted")
    open_ = [row for row in answers.journal(sqlite_store) if row.state == "open"]
    assert 1 <= len(open_) <= 8
    assert result.given_up == len(open_)
    assert result.tokens_out == 8 * 50 + len(open_) * answers.ROOM
    with model_server(good) as server:
        assert called(sqlite_store, server).kept == 12
    states = Counter(row.state for row in answers.journal(sqlite_store))
    assert states == {"answered": 20, "lost": len(open_)}


def test_a_second_interrupt_ends_a_run_whose_store_stays_locked(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 40)
    sqlite_store.engine.dispose()
    event.listen(sqlite_store.engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=20"))
    other = connect(sqlite_store.engine.url.render_as_string())
    lock = other.engine.execution_options(write=True).connect()
    seen: list[int] = []

    def script(body: Body) -> Answer:
        seen.append(number(body))
        if len(seen) == 10:
            lock.begin()
            for after in (0.1, 0.2):
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()
        return good(body)

    with model_server(script) as server, pytest.raises(StoreBusy) as busy:
        called(sqlite_store, server)
    lock.close()
    other.engine.dispose()
    stored = len(answers.stored(sqlite_store))
    lost = f"{len(server.asked) - stored} answers that were paid for could not be stored"
    assert busy.value.message.endswith(lost)


def test_calls_that_do_not_end_are_not_waited_for_longer_than_was_said(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 5)

    def script(body: Body) -> Answer:
        if number(body) == 1:
            os.kill(os.getpid(), signal.SIGINT)
            return Answer(hang=True)
        return good(body)

    with model_server(script) as server:
        result = called(sqlite_store, server, Limits(concurrency=4, drain_seconds=0.3))
    assert result.stopped == "interrupted"
    assert result.seconds < 3


def test_a_reply_that_waited_for_another_call_is_not_bought_again(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 3)

    def script(body: Body) -> Answer:
        if len(body["messages"]) > 2:
            os.kill(os.getpid(), signal.SIGINT)
            return Answer(hang=True)
        return Answer("没有 JSON。") if number(body) == 0 else good(body)

    with model_server(script) as server:
        called(sqlite_store, server, Limits(concurrency=1, drain_seconds=0.2))
    held = [row for row in answers.journal(sqlite_store) if row.state == "held"]
    assert [row.question_id for row in held] == [1]
    with model_server(good) as server:
        result = called(sqlite_store, server)
    assert [len(body["messages"]) for body in server.asked if number(body) == 0] == [3]
    assert (result.kept, result.attempts) == (3, 3)
    assert answers.stored(sqlite_store)[1] == (
        "关于第0个问题：慢慢来。", "kept", None, 200, 100
    )  # fmt: skip
    assert not [row for row in answers.journal(sqlite_store) if row.state == "held"]


def test_a_full_disk_stops_the_run_and_says_what_became_of_the_answers(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 150)
    with sqlite_store.engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count")) + 10
    sqlite_store.engine.dispose()

    def small(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(sqlite_store.engine, "connect", small)
    with model_server(good) as server, pytest.raises(StoreFull) as full:
        called(sqlite_store, server, Limits(concurrency=8, drain_seconds=0.2))
    stored = len(answers.stored(sqlite_store))
    assert 0 < stored < 150
    lost = len(server.asked) - stored
    became = f"{lost} answers that were paid for could not be stored"
    if not lost:
        became = "what was answered before is stored, and the same command goes on from there"
    assert full.value.message.endswith(f"is full; {became}")


def test_a_fault_of_the_stage_itself_keeps_its_traceback_and_loses_no_answer(
    sqlite_store: Store,
) -> None:
    answers.add_questions(sqlite_store, 40)

    class Broken(Answers):
        def read(self, request: Any, reply: Any) -> Any:
            if request.question_id == 20:
                raise ZeroDivisionError
            return super().read(request, reply)

    with model_server(good) as server:
        work = Broken(sqlite_store, Model("m-1", server.url))
        with pytest.raises(ZeroDivisionError):
            live.run(
                sqlite_store,
                work,
                run_of=RUN_OF,
                limits=Limits(concurrency=4),
                key=None,
                tell=lambda _: None,
            )
        asked = len(server.asked)
        called(sqlite_store, server)
    assert len(answers.stored(sqlite_store)) == len(server.asked) == 40
    assert asked < 30
