"""Every problem is told to a person and to a model, in either language."""

import re
import tomllib
from pathlib import Path

import pytest

import pipeline
from pipeline.generating.gate.problems import WORDS, finding, quoted, worded

CODES = tomllib.loads(WORDS.read_text("utf-8"))
PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("code", CODES)
def test_a_problem_can_be_told_in_every_way(code: str) -> None:
    words = CODES[code]
    assert words.keys() == {"why", "zh", "en"}
    places = {name: f"<{name}>" for text in words.values() for name in PLACE.findall(text)}
    for language in ("zh", "en"):
        problem = worded(finding(code, **places), language=language)
        assert "{" not in problem.why + problem.ask
        assert problem.ask != problem.why


def test_the_documentation_has_the_same_codes() -> None:
    text = (Path(pipeline.__path__[0]).parent / "docs" / "generation.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    codes = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    assert codes == CODES.keys()


def test_what_is_cited_is_short_and_on_one_line() -> None:
    assert quoted("一\n\n二  三") == "一 二 三"
    assert len(quoted("字" * 99)) == 40
