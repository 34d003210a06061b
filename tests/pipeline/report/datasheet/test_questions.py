"""What a datasheet asks, of which standard, and how its answers and blanks are told."""

import re
from collections import Counter

import pytest

from pipeline.report.datasheet import questions
from pipeline.report.datasheet.questions import Field

CRITERIA = {"relevance": "Relevance", "structure": "CBT structure"}
# How items of each standard are numbered, and the last section or item that there is: HEDS 3.0
# has sections 1 to 5, GRRAS 15 items, STARD 2015 30 and CHART 12; QUEST's items have names.
NUMBERED = {
    "HEDS": (r"[1-5](\.\d+)*", 5),
    "GRRAS": (r"\d+", 15),
    "STARD": (r"\d+[ab]?", 30),
    "CHART": (r"\d+[a-e]?", 12),
    "QUEST": (r"[a-z ]+", None),
}


def all_fields() -> list[Field]:
    return [field for section in questions.sections() for field in section.fields]


def test_every_question_has_an_id_of_its_own_and_items_that_its_standards_have() -> None:
    fields = all_fields()
    assert not [id_ for id_, n in Counter(field.id for field in fields).items() if n > 1]
    for field in fields:
        assert field.question.endswith("?"), field.id
        assert field.items, field.id
        assert field.by in ("tool", "user")
        for item in field.items:
            standard, _, number = item.partition(" ")
            pattern, last = NUMBERED[standard]
            assert re.fullmatch(pattern, number), item
            if last:
                assert int(re.split(r"\D", number)[0]) <= last, item


@pytest.mark.parametrize(
    ("standard", "items"),
    [
        # Every question of HEDS 3.0 by REPORTING's table, but 4.3.6, which holds without a scale.
        ("HEDS", "1.1.1 1.1.2 1.2 1.3 2.1 2.2 2.3 2.4 2.5 3.1.1 3.1.2 3.1.3.1 3.1.3.2 3.1.3.3"
                 " 3.2.1 3.2.2.1 3.2.2.2 3.2.2.3 3.2.2.4 3.2.3 3.2.4 3.2.5 3.3.1 3.3.2 3.3.3.2"
                 " 3.3.4.1 3.3.4.2 3.3.5 3.3.6 3.3.7 3.3.8 4.1.1 4.1.2 4.1.3 4.2.1 4.2.2 4.2.3"
                 " 4.3.1.1 4.3.1.2 4.3.2 4.3.3 4.3.4 4.3.5 4.3.7 4.3.8 4.3.9 4.3.10 4.3.11.1"
                 " 4.3.11.2 4.3.12.1 4.3.12.2 5.1 5.2 5.3 5.4"),
        ("GRRAS", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"),
        ("STARD", "6 7 8 9 10a 10b 11 12a 12b 13a 13b 14 15 16 17 18 23 24"),
        ("CHART", "3 4 5 6 8 9a 12a 12b 12c 12d 12e"),
    ],
)  # fmt: skip
def test_a_distortion_and_a_rating_study_together_answer_a_standards_items(
    standard: str, items: str
) -> None:
    asked = {item for field in all_fields() for item in field.items}
    assert {f"{standard} {number}" for number in items.split()} <= asked


def test_questions_on_criteria_are_asked_of_each_and_those_of_a_kind_of_no_other() -> None:
    rating = questions.keys("rating", list(CRITERIA))
    assert ("definition", "relevance") in rating
    assert ("definition", "structure") in rating
    assert ("two_by_two", "") not in rating
    distortion = questions.keys("distortion", [])
    assert ("two_by_two", "") in distortion
    assert not {"definition", "blinding_success"} & {field for field, _ in distortion}


def test_what_nobody_answered_is_listed_as_a_blank() -> None:
    sheet = questions.filled(
        "pilot",
        "rating",
        CRITERIA,
        told={("raters", ""): "5", ("scale_size", "structure"): "3"},
        said={("ethics", ""): "the university's committee"},
    )
    found = questions.as_object(sheet)
    keys = questions.keys("rating", list(CRITERIA))
    assert len(found["fields"]) == len(keys) == len(found["blanks"]) + 3
    assert "scale_size.relevance" in found["blanks"]
    assert not {"raters", "ethics", "scale_size.structure"} & set(found["blanks"])
    by_id = {(field["id"], field.get("criterion")): field for field in found["fields"]}
    assert by_id["raters", None]["told"] == "5"
    assert by_id["ethics", None]["said"] == "the university's committee"
    assert by_id["ethics", None]["items"] == ["HEDS 5.1", "CHART 12c"]


def test_an_answer_to_a_question_that_is_not_asked_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="no field two_by_two"):
        questions.filled("x", "rating", {}, told={("two_by_two", ""): "?"}, said={})
