import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.toml_text import written

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text('"\\\n\r\t\x00\x7f {}中')
VALUES = TEXTS | st.integers(-(2**40), 2**40) | st.lists(TEXTS | st.integers(0, 9))
KEYS = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)


def tables(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    inner = tables(depth - 1) if depth else st.nothing()
    sections = (inner, st.lists(inner, min_size=1, max_size=3)) if depth else ()
    return st.dictionaries(KEYS, st.one_of(VALUES, *sections), max_size=4)


@given(tables(1))
def test_what_is_written_is_read_as_it_was(table: dict[str, Any]) -> None:
    assert tomllib.loads(written(table)) == table


def test_a_text_of_several_lines_can_be_read_by_a_person() -> None:
    assert written({"said": 'one "two"\n{"a": []}'}) == 'said = """\none "two"\n{"a": []}"""\n'
