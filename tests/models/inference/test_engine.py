"""Answers that are written many at a time are those that are written one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from models.errors import ModelError
from models.inference.decoding import Decoding
from models.inference.engine import Bounds, Engine
from models.inference.rows import Answered, Asked, Listener
from models.loading import device_and_dtype, load_model, load_tokenizer
from models.templates import find_template
from tests.tiny_models import INSTRUCTION, demo_records

ROOM = 24
MANY, ONE = (Bounds(tokens=100_000, rows=rows, room=ROOM) for rows in (8, 1))


@pytest.fixture(scope="module")
def tiny(tiny_qwen2: Path) -> tuple[Any, list[Asked], tuple[int, ...]]:
    """A model, prompts of very different lengths, and what ends an answer: also a full stop."""
    import torch

    torch.set_num_threads(1)
    place = device_and_dtype("fp32")
    model = load_model(tiny_qwen2, dtype=place.dtype, device="cpu")
    tokenizer = load_tokenizer(tiny_qwen2)
    template = find_template("chatml")
    passages = [record.input[: 10 + 12 * n] for n, record in enumerate(demo_records(14))]
    asked = [
        Asked(str(n), template.prompt_ids(tokenizer, instruction=INSTRUCTION, passage=text))
        for n, text in enumerate(passages)
    ]
    stop = tokenizer.encode("。", add_special_tokens=False)
    return model, asked, (*template.stop_ids(tokenizer), *stop)


@pytest.fixture(scope="module")
def alone(tiny: Any) -> dict[int, Answered]:
    """The answers that are written one by one."""
    return answered(tiny, ONE)


def answered(
    tiny: tuple[Any, list[Asked], tuple[int, ...]],
    bounds: Bounds,
    decoding: Decoding | None = None,
    *,
    model: Any = None,
    listener: Listener | None = None,
) -> dict[int, Answered]:
    engine = Engine(model or tiny[0], decoding or Decoding(), stop_ids=tiny[2], bounds=bounds)
    found = [each for some in engine.answers(tiny[1], listener) for each in some]
    assert len({each.place for each in found}) == len(found), "no prompt is answered twice"
    return {each.place: each for each in found}


class Short:
    """A model that has memory for so many rows, and none for more."""

    def __init__(self, model: Any, rows: int) -> None:
        self._model, self._rows = model, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, **given: Any) -> Any:
        found = self._model(**given)  # keys and values are written before the memory ends
        if len(given["input_ids"]) > self._rows:
            import torch

            raise torch.OutOfMemoryError("CUDA out of memory")
        return found


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(),
        Decoding(repetition_penalty=1.3),
        Decoding(temperature=0.8, top_p=0.9, seed=5),
    ],
    ids=["greedy", "penalised", "drawn"],
)
def test_rows_that_join_and_leave_change_no_answer(tiny: Any, decoding: Decoding) -> None:
    many, one = answered(tiny, MANY, decoding), answered(tiny, ONE, decoding)
    assert many == one
    assert {each.finish for each in many.values()} == {"stop", "length"}
    assert all(len(each.tokens) == ROOM for each in many.values() if each.finish == "length")


def test_the_likeliest_words_are_those_of_transformers(
    tiny: Any, alone: dict[int, Answered]
) -> None:
    import torch

    model, asked, stop = tiny
    for place in (0, 7, 13):
        prompt = torch.tensor([asked[place].prompt])
        theirs = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=ROOM,
            do_sample=False,
            eos_token_id=list(stop),
            pad_token_id=stop[0],
        )[0, prompt.shape[1] :].tolist()
        assert list(alone[place].tokens) == [token for token in theirs if token not in stop]


def test_an_answer_is_drawn_alike_whatever_else_is_asked(tiny: Any) -> None:
    model, asked, stop = tiny
    decoding = Decoding(temperature=1.0, seed=3)
    all_ = answered(tiny, MANY, decoding)
    later = answered((model, asked[5:], stop), MANY, decoding)
    assert later[0].tokens == all_[5].tokens
    assert answered(tiny, MANY, Decoding(temperature=1.0, seed=4)) != all_


def test_where_memory_ends_fewer_rows_go_on_and_no_answer_changes(
    tiny: Any, alone: dict[int, Answered]
) -> None:
    words: list[str] = []
    found = answered(tiny, MANY, model=Short(tiny[0], 3), listener=Listener(word=words.append))
    assert found == alone
    assert words == [
        "memory ran short with 8 answers at a time; going on with 4",
        "memory ran short with 4 answers at a time; going on with 2",
    ]


def test_where_memory_ends_later_the_rows_that_leave_are_written_anew(
    tiny: Any, alone: dict[int, Answered]
) -> None:
    short = Short(tiny[0], 99)
    steps = 0

    def step(_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == 9:
            short._rows = 2

    found = answered(tiny, MANY, model=short, listener=Listener(step=step))
    assert found == alone


def test_a_row_that_has_no_memory_alone_is_one_sentence(tiny: Any) -> None:
    with pytest.raises(ModelError, match="memory does not do for one answer at a time"):
        answered(tiny, MANY, model=Short(tiny[0], 0))


def test_other_errors_are_told_as_they_are(tiny: Any) -> None:
    class Broken(Short):
        def __call__(self, **given: Any) -> Any:
            raise ValueError(f"a bug with {len(given)} arguments")

    with pytest.raises(ValueError, match="a bug"):
        answered(tiny, MANY, model=Broken(tiny[0], 1))


def test_prompts_and_room_stay_below_the_tokens_that_are_allowed(
    tiny: Any, alone: dict[int, Answered]
) -> None:
    widest: list[Sequence[int]] = []

    class Seen(Short):
        def __call__(self, **given: Any) -> Any:
            widest.append(given["attention_mask"].shape)
            return super().__call__(**given)

    bounds = Bounds(tokens=600, rows=8, room=ROOM)
    found = answered(tiny, bounds, model=Seen(tiny[0], 99))
    assert found == alone
    assert max(rows * tokens for rows, tokens in widest) <= 600
    assert max(rows for rows, _ in widest) > 1


def test_numbers_that_run_over_are_one_sentence(tiny: Any) -> None:
    class Over(Short):
        def __call__(self, **given: Any) -> Any:
            found = super().__call__(**given)
            found.logits[:] = float("nan")
            return found

    with pytest.raises(ModelError, match="--precision bf16 or fp32"):
        answered(tiny, MANY, model=Over(tiny[0], 99))
