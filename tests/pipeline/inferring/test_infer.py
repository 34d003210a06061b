"""Answers of a model that is loaded here: stored as they end, never twice, never of what it saw."""

import json
import multiprocessing
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import questions
from db.engine import Store, connect
from db.errors import ModelRejected, NotAllowed
from db.selections import Selection
from db.tables import Question, Response, Run, System
from models.inference.decoding import Decoding
from models.inference.local import Wanted
from models.records import asked_hash
from pipeline.calling.work import Progress
from pipeline.inferring.infer import plan, run
from pipeline.inferring.wanted import Inferred, Inferring
from pipeline.passages import passage
from tests.adapted import make_adapter
from tests.forking import start
from tests.tiny_models import demo_records

DANGER = "我不想活了，已经写好了遗书。"
ROOM = 12


def add(store: Store, n: int) -> None:
    """Put n questions into the store, the last of which is of somebody in danger."""
    texts = [record.input[: 30 + 9 * at] for at, record in enumerate(demo_records(n - 1))]
    with store.writing() as session:
        questions.add(
            session,
            [
                {
                    "source": "forum",
                    "external_id": f"{at:03d}",
                    "text": text[:12],
                    "description": text[12:],
                    "keywords": [],
                    "tags": [],
                    "content_hash": None,
                }
                for at, text in enumerate([*texts, DANGER])
            ],
        )


@pytest.fixture(scope="module")
def adapter(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that has learned from the first question."""
    import torch

    torch.set_num_threads(1)
    text = demo_records(1)[0].input[:30]
    seen = asked_hash(passage(text[:12], text[12:]))
    return make_adapter(tmp_path_factory.mktemp("adapter"), tiny_qwen2, trained_on=[seen])


@pytest.fixture
def config(tiny_qwen2: Path, adapter: Path) -> Inferring:
    model = Wanted(str(tiny_qwen2), adapter)
    return Inferring("tuned", model, answer_tokens=ROOM, batch_tokens=400, seen=True)


def infer(
    store: Store, config: Inferring, tell: Callable[[Progress], None] = lambda _: None
) -> Inferred:
    return run(store, config, key=None, tell=tell)


def infer_at(url: str, config: Inferring) -> None:
    infer(connect(url), config)


def stored(store: Store, system: str = "tuned") -> dict[str, tuple[Any, ...]]:
    """Return what is stored of a system, by question; each has one answer."""
    query = (
        select(Question.external_id, Response.text, Response.status, Response.tokens_out)
        .join(Response, Response.question_id == Question.id)
        .join(System, System.id == Response.system_id)
        .where(System.name == system)
    )
    with store.reading() as session:
        rows = session.execute(query).all()
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: tuple(row[1:]) for row in rows}


def test_answers_are_stored_with_their_run_and_what_binds_the_system(
    store: Store, config: Inferring
) -> None:
    add(store, 6)
    done = infer(store, config)
    assert (done.planned, done.answered + done.set_aside, done.skipped) == (5, 5, 0)
    assert (done.in_danger, done.failed, done.left, done.cost) == (1, 0, 0, None)
    assert done.tokens_out == sum(row[2] for row in stored(store).values())
    with store.reading() as session:
        system = session.scalars(select(System)).one()
        found = session.scalars(select(Run)).one()
        responses = session.scalars(select(Response)).all()
    assert system.kind == "local"
    bound = system.configuration or {}
    assert (bound["template"], bound["precision"], bound["temperature"]) == ("chatml", "fp32", 0.0)
    assert bound["instruction"].startswith("你是一名")
    assert (found.stage, found.configuration["name"]) == ("infer", "tuned")
    assert found.counts is not None
    assert found.counts["set_aside"] == done.set_aside
    assert {each.run_id for each in responses} == {found.id}
    again = infer(store, config)
    assert (again.planned, again.skipped, again.run) == (0, 5, None)


def test_what_else_is_asked_and_in_how_many_steps_changes_no_answer(
    sqlite_store: Store, config: Inferring
) -> None:
    add(sqlite_store, 7)
    drawn = Decoding(temperature=0.9, top_p=0.9, seed=2)
    for system, decoding in (("greedy", Decoding()), ("drawn", drawn)):
        whole = replace(config, system=system, decoding=decoding)
        infer(sqlite_store, whole)
        parts = replace(whole, system=f"{system}-parts", batch_tokens=1)
        infer(sqlite_store, replace(parts, selection=Selection(limit=2)))
        infer(sqlite_store, parts)
        assert stored(sqlite_store, system) == stored(sqlite_store, parts.system)
    assert stored(sqlite_store, "greedy") != stored(sqlite_store, "drawn")


def test_a_run_that_is_asked_to_end_stores_what_has_ended_and_goes_on_later(
    sqlite_store: Store, config: Inferring
) -> None:
    add(sqlite_store, 9)

    def tell(progress: Progress) -> None:
        if progress.done and not progress.ending:
            signal.raise_signal(signal.SIGINT)

    done = infer(sqlite_store, config, tell)
    assert done.stopped == "interrupted"
    assert 0 < done.set_aside + done.answered < 8
    assert done.left == 8 - done.set_aside - done.answered
    assert len(stored(sqlite_store)) == 8 - done.left
    rest = infer(sqlite_store, config)
    assert (rest.planned, rest.stopped) == (done.left, None)
    alone = replace(config, system="alone")
    infer(sqlite_store, alone)
    assert stored(sqlite_store) == stored(sqlite_store, "alone")


def test_a_killed_process_loses_only_what_was_in_flight(
    sqlite_store: Store, config: Inferring
) -> None:
    add(sqlite_store, 20)
    longer = replace(config, answer_tokens=80)
    planned = plan(sqlite_store, longer).planned
    # Forked: torch is loaded already, and computes in one thread.
    process = multiprocessing.get_context("fork").Process(
        target=infer_at, args=(f"sqlite:///{sqlite_store.name}", longer), daemon=True
    )
    start(process)
    until = time.monotonic() + 60
    while not stored(sqlite_store) and process.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.join()
    before = stored(sqlite_store)
    assert 0 < len(before) < planned
    rest = infer(sqlite_store, replace(longer, batch_tokens=None))
    assert (rest.planned, rest.skipped) == (planned - len(before), len(before))
    after = stored(sqlite_store)
    assert len(after) == planned
    assert before.items() <= after.items()
    with sqlite_store.reading() as session:
        assert all(found.ended_at for found in session.scalars(select(Run)))


def test_another_configuration_is_refused_naming_each_difference(
    sqlite_store: Store, config: Inferring, tiny_qwen2: Path
) -> None:
    add(sqlite_store, 3)
    infer(sqlite_store, config)
    others = replace(config, answer_tokens=20, instruction="换一个", seen=False)
    with pytest.raises(
        NotAllowed, match=r"instruction 你是.* → 换一个; tokens of an answer 12 → 20"
    ):
        infer(sqlite_store, others)
    base = replace(config, model=Wanted(str(tiny_qwen2), template="chatml"), instruction="你好")
    with pytest.raises(NotAllowed, match=r"adapter [0-9a-f]{12}… → none"):
        infer(sqlite_store, base)


def test_questions_of_the_training_are_refused_unless_they_are_asked_for(
    sqlite_store: Store, config: Inferring
) -> None:
    add(sqlite_store, 5)
    with pytest.raises(
        NotAllowed,
        match=r"1 of these 4 questions are among those .* --split paper --subset test, or .*--seen",
    ):
        infer(sqlite_store, replace(config, seen=False))
    with sqlite_store.reading() as session:
        assert not session.scalars(select(System)).all()


def test_people_in_danger_are_asked_for_by_choice(sqlite_store: Store, config: Inferring) -> None:
    add(sqlite_store, 3)
    assert plan(sqlite_store, config).in_danger == 1
    done = infer(sqlite_store, replace(config, with_danger=True))
    assert (done.planned, done.in_danger) == (3, 0)
    assert "002" in stored(sqlite_store)


def test_questions_that_leave_no_room_are_counted_and_told(
    sqlite_store: Store, config: Inferring, tiny_qwen2: Path, tmp_path: Path
) -> None:
    add(sqlite_store, 6)
    narrow = shutil.copytree(tiny_qwen2, tmp_path / "narrow")
    told = json.loads((narrow / "config.json").read_text("utf-8"))
    told["max_position_embeddings"] = 84
    (narrow / "config.json").write_text(json.dumps(told), "utf-8")
    model = Wanted(str(narrow), template="chatml")
    config = replace(config, model=model, instruction="你好")
    planned = plan(sqlite_store, config)
    assert 0 < planned.too_long < planned.planned
    done = infer(sqlite_store, config)
    assert (done.failed, done.failures) == (planned.too_long, {"too_long": planned.too_long})
    assert len(stored(sqlite_store)) == planned.planned - planned.too_long
    with pytest.raises(NotAllowed, match="reads 84 tokens, and no question fits with 80"):
        plan(sqlite_store, replace(config, system="other", answer_tokens=80))


def test_a_model_that_does_not_fit_is_refused_before_anything_is_stored(
    sqlite_store: Store, config: Inferring, tiny_llama: Path, adapter: Path
) -> None:
    add(sqlite_store, 3)
    for model, why in (
        (Wanted(str(tiny_llama), adapter), "holds other weights"),
        (Wanted("nothing-like-it"), "there is no base model 'nothing-like-it'"),
        (Wanted(str(tiny_llama), template="chatml"), "<|im_end|>"),
    ):
        with pytest.raises(ModelRejected, match=why.replace("|", r"\|")):
            infer(sqlite_store, replace(config, model=model, instruction="你好"))
    unsaid = replace(config, model=Wanted(str(tiny_llama)))
    with pytest.raises(NotAllowed, match="give --instruction TEXT"):
        infer(sqlite_store, unsaid)
    with sqlite_store.reading() as session:
        assert not session.scalars(select(Run)).all()
