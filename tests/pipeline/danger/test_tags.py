"""The tags of a question say who called it one in danger, and a person's word stays."""

import pytest

from pipeline.danger.tags import by_person, by_rules, origin

IN_DANGER, SAFE = "真的不想活了", "累死了"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (IN_DANGER, ["sleep"], ["sleep", "danger", "danger_by_rules"]),
        (IN_DANGER, ["danger", "danger_by_rules", "sleep"], ["sleep", "danger", "danger_by_rules"]),
        (IN_DANGER, ["no_danger"], ["no_danger"]),
        (SAFE, ["sleep"], ["sleep"]),
        (SAFE, ["danger", "danger_by_rules"], []),
        (SAFE, ["danger"], ["danger"]),
    ],
)
def test_rules_tag_and_take_back_their_own_tags_only(
    text: str, before: list[str], after: list[str]
) -> None:
    assert by_rules(text=text, description=None, tags=before) == after


@pytest.mark.parametrize("before", [["danger", "danger_by_rules"], ["no_danger"], ["danger"], []])
def test_a_persons_word_replaces_what_was_said_before(before: list[str]) -> None:
    assert by_person(["sleep", *before], danger=True) == ["sleep", "danger"]
    assert by_person([*before, "sleep"], danger=False) == ["sleep", "no_danger"]


def test_who_said_it_is_told() -> None:
    assert origin(["danger", "danger_by_rules"]) == "rules"
    assert origin(["danger"]) == origin(["no_danger"]) == "person"
    assert origin(["sleep"]) is None
