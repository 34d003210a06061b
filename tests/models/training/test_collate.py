"""The loss is of the answers' tokens alone, however rows are cut into batches."""

from pathlib import Path
from typing import Any

import pytest
import torch

from models.loading import device_and_dtype, load_model, load_tokenizer
from models.templates import TEMPLATES
from models.training.collate import collate
from models.training.rows import Cutter, Row
from tests.training_runs import one_thread, short_records


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Any:
    one_thread()
    place = device_and_dtype("fp32")
    return load_model(tiny_llama, dtype=place.dtype, device=place.device)


@pytest.fixture(scope="module")
def rows(tiny_llama: Path) -> tuple[Row, ...]:
    cutter = Cutter(TEMPLATES["default"], load_tokenizer(tiny_llama), 512)
    return cutter.rows(short_records(5)).rows


def loss(model: Any, rows: tuple[Row, ...]) -> float:
    """The sum over the tokens that are learned."""
    with torch.no_grad():
        batch = collate(rows, pad=0)
        return float(model(**batch, num_items_in_batch=torch.tensor(1.0)).loss)


def by_hand(model: Any, row: Row) -> float:
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([row.prompt + row.answer])).logits[0].double()
    guesses = logits.log_softmax(-1)
    first = len(row.prompt)
    return -sum(float(guesses[first + at - 1, token]) for at, token in enumerate(row.answer))


def test_a_batch_loses_what_its_rows_lose_alone_each_token_of_the_answer_with_its_end(
    model: Any, rows: tuple[Row, ...]
) -> None:
    expected = [by_hand(model, row) for row in rows]
    assert loss(model, rows) == pytest.approx(sum(expected), rel=1e-5)
    assert loss(model, rows[:2]) + loss(model, rows[2:]) == pytest.approx(sum(expected), rel=1e-5)
    learned = collate(rows, pad=0)["labels"]
    assert [tuple(line[line >= 0].tolist()) for line in learned] == [row.answer for row in rows]


def test_a_process_without_rows_learns_nothing(model: Any) -> None:
    assert loss(model, ()) == 0.0
