import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Store
from db.errors import NotAllowed
from pipeline.calling.asking import Model
from pipeline.calling.live import run as live
from pipeline.calling.server.secrets import SHORTEST_PIECE, Secret
from pipeline.calling.work import Called, Limits, RunOf
from tests.model_server import Answer, model_server
from tests.pipeline.calling import answers
from tests.pipeline.calling.answers import RUN_OF

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
KEYS = st.text(LETTERS + "-_.:/+=!%", min_size=8, max_size=60)
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(KEYS, st.data(), AROUND, AROUND)
def test_no_piece_of_a_key_is_left(key: str, data: st.DataObject, before: str, after: str) -> None:
    start = data.draw(st.integers(0, len(key) - SHORTEST_PIECE))
    end = data.draw(st.integers(start + SHORTEST_PIECE, len(key)))
    piece = data.draw(st.sampled_from([key[start:end], key[start:end].upper()]))
    hidden = Secret(key).hidden_in(f"{before}{piece}{after}").casefold()
    pieces = {key[i : i + SHORTEST_PIECE].casefold() for i in range(len(key) - SHORTEST_PIECE + 1)}
    assert not any(one in hidden for one in pieces)


def test_a_masked_key_is_hidden_and_the_words_around_it_stay() -> None:
    secret = Secret("sk-proj-AbCdEf123456wxyz")
    for masked in ("sk-pr*********wxyz", "****wxyz", "sk-p...", "sk-proj-…", "XXXXXXXXwxyz"):
        assert secret.hidden_in(f"wrong key ({masked}): see the docs") == (
            "wrong key ([key]): see the docs"
        )
    assert (
        secret.hidden_in("无效的密钥sk-proj-AbCdEf123456wxyz，请检查") == "无效的密钥[key]，请检查"
    )


def test_a_short_key_is_hidden_as_a_word_only() -> None:
    assert Secret("none").hidden_in("None of: none. nonesuch") == "[key] of: [key] nonesuch"
    assert Secret(None).hidden_in("no key here") == "no key here"
    assert Secret("EMPTY-KEY").hidden_in("an empty answer") == "an empty answer"


@pytest.mark.parametrize("raw", [r"sk\/proj-AbCdEf+0123456789", r"\u0073k/proj-AbCdEf+0123456789",
                                 r"sk/proj\u200b-AbCdEf+01\u000123456789"])  # fmt: skip
def test_a_key_is_left_out_however_a_server_writes_it(raw: str) -> None:
    secret = Secret("sk/proj-AbCdEf+0123456789")
    said = json.loads(f'{{"a": [{{"b": "钥匙{raw}。", "{raw}": 1, "c": null}}]}}')
    assert secret.left_out_of(said) == {"a": [{"b": "钥匙[key]。", "[key]": 1, "c": None}]}


def test_what_is_nested_without_end_is_no_trouble() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert Secret("sk-proj-AbCdEf0123456789").left_out_of({"a": 1, "deep": deep})["a"] == 1


def test_a_key_that_a_server_sends_back_is_in_nothing_that_is_stored(sqlite_store: Store) -> None:
    answers.add_questions(sqlite_store, 1)
    key = "sk-proj-AbCdEf0123456789wxyz"
    said = {
        "model": f"m for {key}",
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "for": key},
        "choices": [{"message": {"content": answers.answer(f"密钥是{key}。")}}],
    }

    def called(run_of: RunOf) -> Called:
        work = answers.Answers(sqlite_store, Model("m", server.url))
        return live.run(
            sqlite_store, work, run_of=run_of, limits=Limits(), key=key, tell=lambda _: None
        )

    with model_server(lambda _: Answer(body=json.dumps(said).encode())) as server:
        assert called(RUN_OF).kept == 1
        answers.add_questions(sqlite_store, 1, source="t")
        with pytest.raises(NotAllowed, match="give it in the environment only") as refused:
            called(RunOf("generate", "gpt", {"model": key}))
    assert key not in refused.value.message
    assert answers.stored(sqlite_store)[1][0] == "密钥是[key]。"
    sqlite_store.engine.dispose()
    for file in Path(sqlite_store.name).parent.iterdir():
        assert key.encode() not in file.read_bytes()
