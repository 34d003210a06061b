"""What a model's reply says was found: read in every shape that models give it, never guessed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook.distortions import shipped
from pipeline.detecting.found import Found, Named
from pipeline.detecting.reading import read

TEXT = "这次又搞砸了\n我总是什么都做不好，\n她一定觉得我很烦。"
OVER, MIND = "overgeneralization", "mind_reading"


def said(**object_: Any) -> str:
    return json.dumps(object_, ensure_ascii=False)


def entry(id_: str, quote: str = "", reason: str = "因为") -> dict[str, str]:
    return {"quote": quote, "reason": reason, "id": id_}


def found(content: str) -> Found:
    read_ = read(content, text=TEXT)
    assert isinstance(read_, Found), read_
    return read_


def test_a_reply_by_the_schema_is_kept_with_its_quotes_and_reasons() -> None:
    both = [entry(OVER, "我总是什么都做不好"), entry(MIND, "她一定觉得我很烦", "没有问过她")]
    got = found(said(distortions=both, presence="yes"))
    assert (got.presence, got.labels, got.dropped) == ("yes", [OVER, MIND], 0)
    assert got.reasons[MIND] == {"reason": "没有问过她", "quotes": ["她一定觉得我很烦"]}


@pytest.mark.parametrize(("presence", "expected"), [("no", "no"), ("cannot_tell", "cannot_tell")])
def test_none_and_cannot_tell_are_findings_of_their_own(presence: str, expected: str) -> None:
    assert found(said(distortions=[], presence=presence)) == Found(expected)  # type: ignore[arg-type]


def test_a_quote_that_does_not_stand_in_the_text_is_dropped_and_counted() -> None:
    quotes = ["我总是什么都做不好， 她一定", "“她一定觉得我很烦”", "我永远做不好", "……", ""]
    got = found(said(distortions=[entry(OVER, quote) for quote in quotes], presence="yes"))
    assert got.named[0].quotes == ("我总是什么都做不好，\n她一定", "她一定觉得我很烦")
    assert got.dropped == 2
    assert got.named[0].reason == "因为", "what is said twice is said once"


@pytest.mark.parametrize(
    "content",
    [
        '```json\n{"presence": "yes", "distortions": [{"id": "以偏概全"}]}\n```',
        '好的。{"distortions": [{"name": "Overgeneralization", "evidence": "总是"}]}',
        '{"presence": true, "distortions": ["过度概括"]}',
        '{"有无": "有", "认知扭曲": [{"名称": "过度概括（Overgeneralization）", "理由": "总是"}]}',
        '{"distortions": {"overgeneralization": "把一次说成总是"}}',
        '{"distortions": {"overgeneralization": true, "mind_reading": false}}',
        '[{"id": "overgeneralization"}, {"id": "mind_reading", "reason": "没有"}]',
        '[{"id": "overgeneralization", "quote": "总是"}]',
        '{"result": {"presence": "Yes.", "distortions": [{"id": "OVERGENERALIZATION"}]}}',
        "<think>也许是读心术</think>有\n过度概括",
        "有无：有\n类型：过度概括",
        "1. **过度概括**：“我总是什么都做不好”把一次说成总是\n2. 读心术：没有",
        "- 以偏概全 (Overgeneralization) - 总是",
    ],
)
def test_what_models_write_instead_is_read_alike(content: str) -> None:
    got = found(content)
    assert (got.presence, got.labels) == ("yes", [OVER])


@pytest.mark.parametrize(
    "content",
    [
        "没有",
        "None present.",
        "无认知扭曲",
        '{"presence": "没有"}',
        '{"distortions": []}',
        '{"distortions": ["无"]}',
        "[]",
        "presence: no",
        "读心术：无\n过度概括：没有\n结论：没有",
    ],
)
def test_nothing_found_is_said_in_many_ways(content: str) -> None:
    assert found(content) == Found("no")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "empty"),
        ("<think>先看看", "empty"),
        ("我很理解你的感受，慢慢来。", "no_finding"),
        ('{"answer": 3}', "no_finding"),
        ("有\n没有", "no_finding"),
        ('{"presence": "yes", "distortions": [{"id": "mind', "broken"),
        ('{"presence": "maybe", "distortions": []}', "bad_presence"),
        (said(distortions=[entry(MIND)], presence="no"), "contradiction"),
        (said(distortions=[entry(MIND)], presence="cannot_tell"), "contradiction"),
        ("没有\n读心术：她一定觉得", "contradiction"),
        ('{"presence": "yes"}\n{"presence": "no"}', "several"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_no_finding(content: str, problem: str) -> None:
    assert read(content, text=TEXT) == problem


def test_a_distortion_without_a_name_and_a_name_that_the_codebook_lacks_are_kept() -> None:
    assert found(said(distortions=[], presence="yes")) == Found("yes")
    assert found(said(distortions=[entry("思维反刍")], presence="yes")).labels == ["思维反刍"]


NAMED = st.builds(entry, st.sampled_from(shipped().ids), st.sampled_from(["", "总是", "别的话"]))


@given(given_=st.lists(NAMED, max_size=5), fenced=st.booleans())
def test_a_schemas_reply_comes_back_whole_with_every_label_once(
    given_: list[dict[str, str]], *, fenced: bool
) -> None:
    content = said(distortions=given_, presence="yes" if given_ else "no")
    got = found(f"```json\n{content}\n```" if fenced else content)
    assert got.labels == list(dict.fromkeys(each["id"] for each in given_))
    assert all(set(each.quotes) <= {"总是"} for each in got.named)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(content: str) -> None:
    got = read(content, text=TEXT)
    assert isinstance(got, str) or all(isinstance(each, Named) for each in got.named)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("读心术"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "quote", "presence", "distortions"]), inner)
    ),
    max_leaves=8,
)


@given(JSON, JSON)
def test_any_json_is_read_or_refused(presence: object, distortions: object) -> None:
    got = read(said(presence=presence, distortions=distortions), text=TEXT)
    assert isinstance(got, str) or got.presence in ("yes", "no", "cannot_tell")
