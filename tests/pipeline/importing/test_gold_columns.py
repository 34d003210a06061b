"""The shape of a gold file is found from its columns, and an unknown one is told, never guessed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import FileRejected
from pipeline.importing.gold_columns import Layout, flag, layout_of
from pipeline.importing.rows import Row

PATH = Path("gold.csv")


def layout(*records: dict[str, Any]) -> Layout:
    return layout_of(PATH, [Row(n, record) for n, record in enumerate(records, 2)])


def refused(*records: dict[str, Any]) -> FileRejected:
    with pytest.raises(FileRejected) as caught:
        layout(*records)
    return caught.value


def test_a_column_of_0_and_1_is_no_label_even_where_ids_are_0_and_1_too() -> None:
    found = layout(
        {"id": "0", "text": "好", "gold": "0", "pred": "1"},
        {"id": "1", "text": "坏", "gold": "1", "pred": "1"},
    )
    assert (found.gold.kind, found.pred and found.pred.kind) == ("0/1", "0/1")
    assert found.gold.labels == []


def test_gold_and_pred_may_have_different_shapes() -> None:
    found = layout({"text": "好", "Gold": "无", "pred": 1}, {"text": "坏", "Gold": "贴标签"})
    assert (found.gold.kind, found.pred and found.pred.kind) == ("labels", "0/1")


def test_a_matrix_may_have_numbers_as_names_and_columns_that_are_no_labels() -> None:
    found = layout(
        {"id": 0, "text": "好", "1": 0, "2": "1", "无": 0.0, "split": "train", "Unnamed: 0": 0},
        {"id": 1, "text": "坏", "1": True, "2": "0", "无": 0, "split": "test", "Unnamed: 0": 1},
    )
    assert found.gold.kind == "matrix"
    assert found.gold.labels == ["1", "2"]  # "none" is an answer, no label
    assert found.ignored == ["split", "Unnamed: 0"]


def test_a_matrix_of_predictions_has_names_that_begin_with_pred() -> None:
    found = layout({"id": 1, "gold_a": 1, "gold_b": 0, "pred_a": 0, "pred_b": 1})
    assert found.gold.labels == ["a", "b"]
    assert found.pred is not None
    assert found.pred.labels == ["a", "b"]


def test_a_value_off_0_and_1_leaves_a_label_column_one() -> None:
    found = layout(*[{"id": n, "a": n % 2, "b": 2 if n == 3 else 1} for n in range(5)])
    assert found.gold.labels == ["a", "b"]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"sentence": "好", "gold": "1"}, "has no column id, question_id or text"),
        ({"我很好": "他很好", "1": "0"}, "its columns are '我很好', '1'"),
        ({"text": "好", "label": "贴标签"}, "neither a column gold nor label columns"),
        ({"text": "好", "distorted": "1"}, "only one of 0 and 1, distorted"),
        ({"text": "好", "gold": "贴标签", "Labeling": "1"}, "mixes two shapes.*'Labeling'"),
        ({"text": "好", "gold": "1", "gold_a": "1", "gold_b": "0"}, "mixes two shapes"),
        ({"text": "好", "gold": ""}, "the column gold of gold.csv is empty"),
        ({"text": "好", "gold": "4"}, "neither 0 nor 1"),
        ({"text": "好", "Labeling": 1, "labeling ": 0}, "two columns for the label"),
        ({"text": "好", "[a]": 1, "b": 0}, "has a column '\\[a\\]', which"),
    ],
)
def test_an_unknown_shape_says_what_was_found(record: dict[str, Any], why: str) -> None:
    with pytest.raises(FileRejected, match=why):
        layout(record)


def test_an_unknown_shape_says_which_are_read() -> None:
    assert "a gold file has id, question_id or text" in refused({"text": "好"}).message


def test_as_many_names_as_flags_are_told_with_their_rows() -> None:
    error = refused({"id": 1, "gold": "1"}, {"id": 2, "gold": "读心术"})
    assert "as many names as 0 and 1" in error.message
    assert [bad.row for bad in error.rows] == [3]


def test_classes_by_number_are_told_with_their_rows() -> None:
    error = refused(*[{"id": n, "gold": str(n)} for n in range(6)])
    assert [bad.row for bad in error.rows] == [4, 5, 6, 7]


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_a_flag_is_0_or_1_and_nothing_else(cell: Any) -> None:
    found = flag(cell)
    if found is not None:
        assert str(cell).strip().lower() in {"0", "1", "0.0", "1.0", "true", "false", "-0.0"}
    elif not isinstance(cell, str):
        assert cell not in (0, 1)
