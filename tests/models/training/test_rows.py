"""No answer loses its end, however long it is and whatever stands before it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import ModelError
from models.loading import load_tokenizer
from models.records import Record
from models.templates import TEMPLATES
from models.training.rows import Cutter

TEXT = st.text("我你最近总是睡不着，。！a <>|\n", min_size=1, max_size=120)


@pytest.fixture(scope="module")
def tokenizer(tiny_qwen2: Path) -> Any:
    return load_tokenizer(tiny_qwen2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5),
    most=st.integers(60, 160),
    too_long=st.sampled_from(["drop", "shorten"]),
    template=st.sampled_from(["default", "chatml"]),
)
def test_every_row_ends_in_its_whole_answer_and_the_stop_token(
    tokenizer: Any, texts: list[tuple[str, str]], most: int, too_long: Any, template: str
) -> None:
    records = [Record("答", passage, answer) for passage, answer in texts]
    records.append(Record("答", "问", "好"))  # so that some row is left
    cutter = Cutter(TEMPLATES[template], tokenizer, most, too_long)
    found = cutter.rows(records)
    assert sorted([*found.kept, *found.left_out]) == list(range(1, len(records) + 1))
    for row, number in zip(found.rows, found.kept, strict=True):
        record = records[number - 1]
        assert list(row.answer) == cutter.template.answer_ids(tokenizer, record.output)
        assert row.answer[-1] == cutter.template.stop_id(tokenizer)
        assert len(row) <= most
        if number not in found.shortened:
            whole = cutter.template.prompt_ids(
                tokenizer, instruction=record.instruction, passage=record.input
            )
            assert list(row.prompt) == whole


def test_a_long_row_is_left_out_shortened_or_refused_as_asked(tokenizer: Any) -> None:
    template = TEMPLATES["default"]
    records = [Record("答", "我睡不着。" * 40, "先休息。"), Record("答", "问", "慢慢来。" * 60)]
    records.append(Record("答", "问", "好"))
    dropped = Cutter(template, tokenizer, 60).rows(records)
    assert (dropped.kept, dropped.left_out, dropped.shortened) == ((3,), (1, 2), ())
    shortened = Cutter(template, tokenizer, 60, "shorten").rows(records)
    assert (shortened.kept, shortened.left_out, shortened.shortened) == ((1, 3), (2,), (1,))
    assert 50 < len(shortened.rows[0]) <= 60, "as much of the passage stays as fits"
    with pytest.raises(ModelError, match=r"2 of 3 rows have more than 60 tokens, rows 1, 2"):
        Cutter(template, tokenizer, 60, "refuse").rows(records)
    with pytest.raises(ModelError, match=r"no answer is left: all 2 rows have more than 60"):
        Cutter(template, tokenizer, 60).rows(records[:2])
