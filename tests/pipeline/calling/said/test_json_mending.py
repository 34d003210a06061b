"""Only what can be read in one way is mended; the rest is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.said.json_mending import Unclosed, mended


@pytest.mark.parametrize(
    ("text", "wanted", "repairs"),
    [
        ('{"a": "x",}', {"a": "x"}, ["commas"]),
        ('{"a": [1, 2, ], "b": 3}', {"a": [1, 2], "b": 3}, ["commas"]),
        ('{"a": "x" "b": "y"}', {"a": "x", "b": "y"}, ["commas"]),
        ('{"a": [{"b": 1} {"b": 2}]}', {"a": [{"b": 1}, {"b": 2}]}, ["commas"]),
        ('{"a": "她说"不行"，就走了"}', {"a": '她说"不行"，就走了'}, ["quotes"]),
        (
            '{"a": "He said "no", "maybe", then left", "b": ""}',
            {"a": 'He said "no", "maybe", then left', "b": ""},
            ["quotes"],
        ),
        ('{"a": ["他"好"", "c"]}', {"a": ['他"好"', "c"]}, ["quotes"]),
        (r'{"a": "it\'s 50\% \\ done\n"}', {"a": "it's 50% \\ done\n"}, ["backslashes"]),
        ('{"a": {"b": "},{"}}', {"a": {"b": "},{"}}, []),
        ('{"a": true, "b": null}', {"a": True, "b": None}, []),
    ],
)
def test_what_is_wrong_in_one_way_only_is_mended(text: str, wanted: Any, repairs: Any) -> None:
    found = mended(f"…{text} and more", 1)
    assert json.loads(found.json) == wanted
    assert list(found.repairs) == repairs
    assert found.end == len(text) + 1


@pytest.mark.parametrize("text", ['{"a": "x', '{"a": "x"', '{"a": ["x"', '{"a', "{"])
def test_an_object_that_ends_in_the_middle_is_not_ended_for_it(text: str) -> None:
    with pytest.raises(Unclosed):
        mended(text, 0)


@pytest.mark.parametrize("text", ['{"a": "x"]', '{"a": "说"x"", 好 "b": "y", "c": "z"}'])
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brackets that do not match|a string that may be two"):
        mended(text, 0)


KEYS = st.text("abc识别_ ", max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.sampled_from([None, 1]))
def test_json_that_is_whole_stays_as_it_is(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    found = mended(text, 0)
    assert (found.json, found.end, found.repairs) == (text, len(text), ())
