"""The rules are written so that they can be read, and so that re cannot hang on them."""

import re
from collections.abc import Iterator
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from pipeline.danger.rules import LANGUAGES, TRADITIONAL, excuse, excuses, kinds, signs, simple

LONGEST = 24  # a gap of an English sign
PATTERNS = [
    *(pattern for of in LANGUAGES for word in signs(of).words.values() for sign in word.signs
      for pattern in (sign.before, sign.after)),
    *(excuse(name, of).pattern for name in excuses() for of in LANGUAGES),
]  # fmt: skip


def repeats(parsed: Any, inside: int = 0) -> Iterator[tuple[int, int]]:
    """Yield how often each repeat of a pattern may be, and how many repeats it stands in."""
    for operation, argument in parsed:
        deeper = inside
        if str(operation).endswith("REPEAT"):
            yield int(argument[1]), inside
            deeper += argument[1] > 1
        for each in argument if isinstance(argument, (list, tuple)) else ():
            if isinstance(each, parser.SubPattern):
                yield from repeats(each, deeper)
            elif isinstance(each, list):
                for one in each:
                    if isinstance(one, parser.SubPattern):
                        yield from repeats(one, deeper)


def test_no_repeat_is_without_an_end_or_in_two_others() -> None:
    found = {pattern: list(repeats(parser.parse(pattern))) for pattern in PATTERNS}
    endless = [
        pattern
        for pattern, some in found.items()
        if any(most > LONGEST or inside > 1 for most, inside in some)
    ]
    assert not endless


def test_a_word_is_spelled_out_and_has_no_pattern_left_in_it() -> None:
    words = [word for of in LANGUAGES for word in signs(of).words]
    assert [word for word in words if not re.fullmatch(r"[\w' -]+", word)] == []


def test_no_traditional_letter_is_left_in_the_simple_form() -> None:
    looked_for = re.findall(r"[\u4e00-\u9fff]", signs("zh").letters.pattern)
    assert not set(TRADITIONAL) & set(simple("".join(looked_for)))


def test_each_kind_is_told_in_both_languages_and_has_signs_in_both() -> None:
    assert [kind.id for kind in kinds()] == [
        "suicide", "self_harm", "harm_to_others", "abuse", "crisis",
    ]  # fmt: skip
    for kind in kinds():
        assert set(kind.about) == set(kind.signs) == set(LANGUAGES)
        assert all(kind.signs[of] for of in LANGUAGES)
