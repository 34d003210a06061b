"""What the rules are said to find is what they find."""

from pathlib import Path

import pipeline
from pipeline.cli.estimates import places
from pipeline.danger.danger import rules_version
from pipeline.danger.measured import measured, measured_rules
from tests.pipeline.danger.quality import every_part, questions


def test_the_figures_shown_are_those_of_these_rules() -> None:
    again = "run: python -m tests.pipeline.danger.quality --write"
    assert measured_rules() == rules_version(), again
    assert list(measured()) == every_part(), again


def test_the_page_about_danger_tells_these_figures() -> None:
    told = (Path(pipeline.__path__[0]).parent / "docs" / "danger.md").read_text("utf-8")
    for part in measured():
        assert f"{part.danger.right} of {part.danger.of} |" in told, part.name
        for share in (part.recall, part.specificity):
            assert f"({places(share.low)} to {places(share.high)})" in told, part.name


def test_the_labelled_questions_are_enough_and_none_is_there_twice() -> None:
    every = questions()
    assert len({each.text for each in every}) == len(every) >= 240
    assert sum(bool(each.kinds) for each in every) >= 90
    assert sum(each.language == "en" for each in every) >= 40


def test_a_share_comes_with_its_interval() -> None:
    held_out = next(part for part in measured() if part.name == "held_out")
    falsely = held_out.safe.of - held_out.safe.right
    assert held_out.precision.value == held_out.danger.right / (held_out.danger.right + falsely)
    for share in (held_out.recall, held_out.precision, held_out.specificity):
        assert 0 < (share.low or 0) < (share.value or 0) < (share.high or 0) <= 1
