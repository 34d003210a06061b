"""What a model names is taken as the codebook's, or said to be unknown; nothing is guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook.claims import Named, claims
from pipeline.codebook.distortions import shipped


@pytest.mark.parametrize(
    ("given_", "ids"),
    [
        ([{"id": "mind_reading", "reason": "替她想好了"}], ["mind_reading"]),
        ([{"name": "读心术"}, {"label": "Labeling"}], ["mind_reading", "labeling"]),
        (["mind reading", "“应该”陈述"], ["mind_reading", "should_statements"]),
        ("灾难化、读心术", ["catastrophizing", "mind_reading"]),
        ({"灾难化": "想到了最坏"}, ["catastrophizing"]),
        ({"id": "灾难化", "reason": "想到了最坏"}, ["catastrophizing"]),
        (["读心术（mind reading）"], ["mind_reading"]),
        ([], []),
        ("无", []),
        ([{"id": "none", "reason": ""}], []),
    ],
)
def test_names_and_aliases_are_the_codebooks(given_: Any, ids: list[str]) -> None:
    found = claims(given_)
    assert [each.id for each in found.named or ()] == ids
    assert found.unknown == ()


def test_what_is_named_twice_is_named_once_with_both_reasons() -> None:
    found = claims(
        [
            {"id": "mind_reading", "reason": "替她想好了"},
            {"id": "读心术", "reason": "没有问过她"},
            {"id": "mind_reading", "reason": "替她想好了"},
        ]
    )
    assert found.named == (Named("mind_reading", "替她想好了\n没有问过她"),)


def test_names_that_the_codebook_has_not_are_kept_out_and_said() -> None:
    found = claims(["思维反刍", "读心术", "读心术（贴标签）", 7, {"reason": "没有名称"}])
    assert [each.id for each in found.named or ()] == ["mind_reading"]
    assert found.unknown == ("思维反刍", "读心术（贴标签）", "7")


@pytest.mark.parametrize("given_", [None, 3, True])
def test_no_list_is_no_empty_list(given_: Any) -> None:
    assert claims(given_).named is None


ANY = st.recursive(
    st.none() | st.integers() | st.text() | st.sampled_from(["读心术", "labeling", "无"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "name", "reason", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(ANY)
def test_whatever_a_reply_gives_names_each_label_once(value: Any) -> None:
    found = claims(value)
    ids = [each.id for each in found.named or ()]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(shipped().ids)
    assert all(isinstance(text, str) for each in found.named or () for text in each)
