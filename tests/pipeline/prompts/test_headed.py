import pytest

from pipeline.prompts.headed import headed, with_headings

NAMES = {"acceptance": "接纳感受", "values": "看清在意什么"}
TEXTS = {"接纳感受": "很难过。\n这说得通。", "看清在意什么": "你在意：情分。"}


def found(answer: str) -> dict[str, str]:
    return {span["part"]: answer[span["start"] : span["end"]] for span in headed(answer, NAMES)}


def test_parts_are_found_under_the_headings_that_they_were_written_with() -> None:
    answer = with_headings(TEXTS, language="zh")
    assert found(answer) == {"acceptance": "很难过。\n这说得通。", "values": "你在意：情分。"}


@pytest.mark.parametrize(
    "mark", ["{}", "**{}**", "## {}", "1. {}：", "**二、{}：**", "[{}]", "> 【{}】", "- **{}**:"]
)
def test_a_heading_counts_however_a_model_marks_it(mark: str) -> None:
    answer = "".join(f"{mark.format(name)}\n{text}\n\n" for name, text in TEXTS.items())
    assert found(answer) == {"acceptance": "很难过。\n这说得通。", "values": "你在意：情分。"}


def test_a_name_inside_a_sentence_is_no_heading() -> None:
    assert headed("先说接纳感受这件事，再看清在意什么。", NAMES) == []


def test_of_a_heading_that_comes_twice_the_first_counts_and_an_empty_one_not() -> None:
    answer = "【接纳感受】\n\n【看清在意什么】甲\n【接纳感受】乙\n【看清在意什么】丙"
    assert found(answer) == {"values": "甲", "acceptance": "乙"}
