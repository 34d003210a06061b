"""What becomes of the replies of a model, good ones and bad ones, and of runs that are killed."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.attempt_tables import Attempt
from db.engine import Store, connect
from db.errors import NotAllowed
from db.selections import Selection
from db.tables import Detection, Question, Response, System
from pipeline.calling.asking import Model
from pipeline.calling.prices import Price
from pipeline.calling.work import Limits
from pipeline.generating.generate import run
from pipeline.generating.plan import plan
from pipeline.generating.wanted import Drawn, Generated, Generating
from tests.model_server import Answer, Script, model_server
from tests.pipeline import generated

CONFIG = Generating("gpt4", Model("gpt"), limits=Limits(concurrency=4, tries=2))


def ask(store: Store, script: Script, config: Generating = CONFIG) -> Generated:
    with model_server(script) as server:
        model = replace(config.model, base_url=server.url)
        return run(store, replace(config, model=model), key=None, tell=lambda _progress: None)


def rows(store: Store) -> list[dict[str, Any]]:
    """All that answers hold but when and in which run, by their questions."""
    with store.reading() as session:
        found = session.execute(
            select(Question.external_id, Response, Detection)
            .join(Response, Response.question_id == Question.id)
            .outerjoin(Detection, Detection.response_id == Response.id)
            .order_by(Question.external_id, Response.sample)
        ).all()
        return [
            {
                "question": question,
                **{name: getattr(response, name) for name in
                   ("sample", "text", "parts", "status", "reason", "tokens_in", "tokens_out")},
                "found": detection and (detection.detector, detection.labels, detection.reasons),
            }
            for question, response, detection in found
        ]  # fmt: skip


def configuration(store: Store) -> Mapping[str, Any]:
    with store.reading() as session:
        return session.scalars(select(System.configuration)).one() or {}


def attempts(store: Store, column: Any) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(column).order_by(Attempt.id)))


def test_a_server_that_refuses_the_schema_is_asked_in_text_from_then_on(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 3)
    asked_by_schema = []

    def script(body: Mapping[str, Any]) -> Answer:
        if "response_format" in body:
            asked_by_schema.append(body)
            said = {"error": {"message": "response_format is not supported"}}
            return Answer(status=400, body=json.dumps(said).encode())
        return generated.answered(body)

    done = ask(sqlite_store, script)
    assert (done.answered, done.output, len(asked_by_schema)) == (3, "text", 1)
    assert configuration(sqlite_store)["output"] == "text"
    assert [row["found"] for row in rows(sqlite_store)] == [None] * 3
    assert all(len(row["parts"]) == 5 for row in rows(sqlite_store))
    generated.add_questions(sqlite_store, 1, first=3)
    assert ask(sqlite_store, script).answered == 1
    assert len(asked_by_schema) == 1


def test_a_server_that_ignores_the_schema_is_asked_in_text_from_then_on(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 3)
    text = Answer("我先听听你怎么说。", usage=(10, 5))
    done = ask(
        sqlite_store, lambda body: text if "response_format" in body else generated.answered(body)
    )
    assert (done.answered, done.output, done.calls) == (3, "text", 4)


def test_an_answer_that_is_cut_off_gets_twice_the_room_once(sqlite_store: Store) -> None:
    generated.add_questions(sqlite_store, 2)
    half = Answer(generated.as_json(0)[:200], finish_reason="length")

    def script(body: Mapping[str, Any]) -> Answer:
        short = body["max_tokens"] == CONFIG.answer_tokens or generated.number_of(body) == 1
        return half if short else generated.answered(body)

    done = ask(sqlite_store, script)
    assert (done.answered, done.set_aside, done.reasons) == (1, 1, {"no_room": 1})
    whole, cut = rows(sqlite_store)
    assert (whole["status"], whole["tokens_in"]) == ("kept", 100 + 1_000)
    assert cut["text"].startswith('{"distortions"')
    assert cut["reason"].startswith("no_room: ")
    assert sorted(attempts(sqlite_store, Attempt.step)) == ["first", "first", "longer", "longer"]


def test_what_the_gate_finds_is_mended_once_and_else_set_aside_with_its_reason(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 2)
    mended: list[Mapping[str, Any]] = []

    def script(body: Mapping[str, Any]) -> Answer:
        number = generated.number_of(body)
        repair = generated.is_repair(body)
        if repair:
            mended.append(body)
        bad = Answer(generated.as_json(number, strategy=""))
        return generated.answered(body) if repair and number == 0 else bad

    done = ask(sqlite_store, script)
    assert (done.answered, done.set_aside, done.reasons) == (1, 1, {"missing_part": 1})
    kept, aside = rows(sqlite_store)
    assert kept["status"] == "kept"
    assert aside["reason"].startswith("missing_part: lacks ")
    assert generated.parts_of(1)["validation"] in aside["text"]
    said, asked = mended[0]["messages"][-2:]
    assert said["role"] == "assistant"
    assert "缺少这些部分" in asked["content"]
    assert ask(sqlite_store, script).skipped == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer("", finish_reason="content_filter"), "filtered"),
        (Answer(None, refusal="I can't help with that."), "refused"),
        (
            Answer(
                status=400,
                body=json.dumps({"error": {"code": "content_filter", "message": "no"}}).encode(),
            ),
            "filtered",
        ),
    ],
)
def test_what_is_refused_is_recorded_and_not_asked_again(
    sqlite_store: Store, answer: Answer, code: str
) -> None:
    generated.add_questions(sqlite_store, 2)
    script = lambda body: answer if generated.number_of(body) == 1 else generated.answered(body)  # noqa: E731
    done = ask(sqlite_store, script)
    assert (done.answered, done.refused, done.reasons) == (1, 1, {code: 1})
    refused = rows(sqlite_store)[1]
    assert (refused["status"], refused["text"], refused["found"]) == ("refused", None, None)
    assert refused["reason"].startswith(f"{code}: was ")
    assert ask(sqlite_store, script).planned == 0


def test_a_failed_question_has_no_answer_and_is_asked_again_by_the_next_run(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 3)
    broken = Answer(status=413, body=b'{"error": {"message": "maximum context length"}}')
    script = lambda body: broken if generated.number_of(body) == 1 else generated.answered(body)  # noqa: E731
    done = ask(sqlite_store, script)
    assert (done.answered, done.failed, done.failures) == (2, 1, {"too_long": 1})
    assert [row["question"] for row in rows(sqlite_store)] == ["00000", "00002"]
    again = ask(sqlite_store, generated.answered)
    assert (again.planned, again.skipped, again.answered) == (1, 2, 1)


def test_what_an_earlier_run_has_answered_is_no_answer_to_another_question(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 2)
    same = lambda _body: Answer(generated.as_json(0))  # noqa: E731
    assert ask(sqlite_store, same, replace(CONFIG, selection=Selection(limit=1))).answered == 1
    done = ask(sqlite_store, same)
    assert (done.answered, done.set_aside, done.reasons) == (0, 1, {"near_duplicate": 1})


def test_prices_in_another_currency_are_refused_as_their_sum_with_earlier_ones_is_none(
    sqlite_store: Store,
) -> None:
    generated.add_questions(sqlite_store, 1)
    dollars = Limits(concurrency=4, price=Price(1.0, 2.0, "USD"))
    yuan = Limits(concurrency=4, price=Price(7.0, 14.0, "CNY"))
    assert ask(sqlite_store, generated.answered, replace(CONFIG, limits=dollars)).answered == 1
    generated.add_questions(sqlite_store, 1, first=1)
    here = replace(CONFIG, limits=yuan, model=replace(CONFIG.model, base_url="http://127.0.0.1:9"))
    for begin in (plan, partial(ask, script=generated.answered)):
        with pytest.raises(NotAllowed, match="were paid in USD, and the prices are in CNY"):
            begin(sqlite_store, config=here)
    other = replace(CONFIG, system="other", limits=yuan)
    assert ask(sqlite_store, generated.answered, other).currency == "CNY"
    assert ask(sqlite_store, generated.answered).answered == 1


def test_samples_are_answers_of_their_own(sqlite_store: Store) -> None:
    generated.add_questions(sqlite_store, 2)
    asked: list[Mapping[str, Any]] = []

    def script(body: Mapping[str, Any]) -> Answer:
        asked.append(body)
        return Answer(generated.as_json(generated.number_of(body) + 100 * body["seed"]))

    config = replace(CONFIG, model=replace(CONFIG.model, seed=7))
    ask(sqlite_store, script, config)
    done = ask(sqlite_store, script, replace(config, samples=3))
    assert (done.planned, done.skipped, done.answered) == (4, 2, 4)
    assert sorted({body["seed"] for body in asked}) == [7, 8, 9]
    stored = rows(sqlite_store)
    assert [(row["question"], row["sample"]) for row in stored] == [
        (question, sample) for question in ("00000", "00001") for sample in range(3)
    ]
    assert len({row["text"] for row in stored}) == 6


def test_a_draw_is_the_same_again_and_counts_what_it_has_answered(sqlite_store: Store) -> None:
    generated.add_questions(sqlite_store, 20)
    config = replace(CONFIG, drawn=Drawn(5, seed=3))
    first = ask(sqlite_store, generated.answered, replace(config, selection=Selection(limit=2)))
    assert first.answered == 2
    rest = ask(sqlite_store, generated.answered, config)
    assert (rest.planned, rest.skipped, rest.answered) == (3, 2, 3)
    assert ask(sqlite_store, generated.answered, config).planned == 0


@pytest.mark.parametrize("kind", ["postgresql"])
def test_postgresql_stores_the_same(store: Store, sqlite_store: Store) -> None:
    for each in (store, sqlite_store):
        generated.add_questions(each, 5)
        assert ask(each, generated.answered).answered == 5
    assert rows(store) == rows(sqlite_store)
    assert configuration(store) == configuration(sqlite_store)


def mending(body: Mapping[str, Any]) -> Answer:
    """Answer every third question well only when it is asked to mend what it said."""
    number = generated.number_of(body)
    bad = {} if generated.is_repair(body) or number % 3 else {"thought": ""}
    return Answer(generated.as_json(number, **bad), usage=(1_000, 500), delay=0.03)


def test_a_run_that_is_killed_and_gone_on_with_ends_as_one_that_was_not(
    sqlite_store: Store, tmp_path: Path, sqlite_template: Path
) -> None:
    n, repairs = 18, 6
    other = connect(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.sqlite')}")
    for store in (sqlite_store, other):
        generated.add_questions(store, n)
    command = [sys.executable, "-m", "pipeline.cli.main", "generate", "--system", "gpt4",
               "--model", "gpt", "--concurrency", "4",
               "--database", sqlite_store.engine.url.render_as_string()]  # fmt: skip
    with model_server(mending) as server:
        command += ["--base-url", server.url]
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(rows(sqlite_store)) < n // 3:
            assert killed.poll() is None
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert 0 < len(rows(sqlite_store)) < n
        gone_on = replace(CONFIG, model=replace(CONFIG.model, base_url=server.url))
        run(sqlite_store, gone_on, key=None, tell=lambda _progress: None)
        calls = len(server.asked)
    states = Counter(attempts(sqlite_store, Attempt.state))
    assert states["answered"] == n + repairs, "nothing that the journal held was bought again"
    assert calls <= n + repairs + states["lost"]
    ask(other, mending)
    assert rows(sqlite_store) == rows(other)
    other.engine.dispose()
