"""The parts of an answer are where their texts stand."""

import pytest

from pipeline.parts import checked_spans, spans_of_texts

ANSWER = "辛苦了。也许是读心术？试着写下来。会好的。"


def test_parts_are_found_in_the_order_of_the_parts_whatever_order_they_come_in() -> None:
    texts = {"encouragement": "会好的。", "thought": "也许是读心术？", "validation": "辛苦了。"}
    spans = spans_of_texts(ANSWER, texts)
    assert [span["part"] for span in spans] == ["validation", "thought", "encouragement"]
    assert [ANSWER[span["start"] : span["end"]] for span in spans] == [
        "辛苦了。",
        "也许是读心术？",
        "会好的。",
    ]


def test_the_same_words_twice_are_two_places() -> None:
    spans = spans_of_texts("好的。好的。", {"validation": "好的。", "thought": " 好的。\n"})
    assert [(span["start"], span["end"]) for span in spans] == [(0, 3), (3, 6)]


def test_an_empty_part_is_not_marked() -> None:
    assert spans_of_texts(ANSWER, {"validation": "", "thought": " "}) == []


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"empathy": "辛苦了。"}, "has a part empathy, where the parts are validation, thought"),
        ({"validation": "没有这句"}, "has a part validation whose text is not in the answer"),
        (
            {"validation": "会好的。", "thought": "辛苦了。"},
            "has a part thought whose text is not in the answer after its part validation",
        ),
    ],
)
def test_a_part_that_is_not_there_is_told(texts: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        spans_of_texts(ANSWER, texts)


def test_spans_are_put_in_the_order_of_the_text_and_lose_what_else_they_hold() -> None:
    spans = [
        {"part": "thought", "start": 4, "end": 11, "note": "x"},
        {"part": "validation", "start": 0, "end": 4},
    ]
    assert checked_spans(ANSWER, spans) == [
        {"part": "validation", "start": 0, "end": 4},
        {"part": "thought", "start": 4, "end": 11},
    ]


@pytest.mark.parametrize(
    ("spans", "why"),
    [
        ([("empathy", 0, 4)], "has a part empathy"),
        ([("validation", 0, 4), ("validation", 4, 5)], "gives a part twice"),
        ([("validation", 0, 99)], r"not inside the text \(0 to 21\): 0 to 99"),
        ([("validation", -1, 4)], "not inside the text"),
        ([("validation", 4, 4)], "not inside the text"),
        ([("validation", True, 4)], "not inside the text"),
        ([("validation", "0", "4")], "not inside the text"),
        ([("validation", 0, 5), ("thought", 4, 9)], "parts validation and thought that overlap"),
    ],
)
def test_spans_that_cannot_be_are_told(spans: list[tuple[object, ...]], why: str) -> None:
    given = [{"part": part, "start": start, "end": end} for part, start, end in spans]
    with pytest.raises(ValueError, match=why):
        checked_spans(ANSWER, given)
