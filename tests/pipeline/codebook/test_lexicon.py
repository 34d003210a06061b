"""The lexicon finds what an answer says of the person's words, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.codebook.distortions import resolve, shipped
from pipeline.codebook.lexicon import Found, named_in, version
from tests.pipeline.codebook.quality import demo, lexicon_quality, passages

EXAMPLES = [
    line.split("\t")
    for line in Path(__file__).with_name("lexicon_examples.tsv").read_text("utf-8").splitlines()[1:]
]
NAMES = [
    name
    for label in shipped().labels
    for name in (*label.name.values(), *label.aliases["zh"], *label.aliases["en"])
]
WORDS = st.sampled_from(
    [*NAMES, "这是", "不是", "“", "”", "，", "。", "？", "\n", "你", " ", "1. "]
)


def labels(text: str) -> list[str]:
    return [found.label for found in named_in(text)]


@pytest.mark.parametrize(("wanted", "text"), EXAMPLES)
def test_a_name_counts_where_it_says_what_the_persons_words_show(wanted: str, text: str) -> None:
    assert set(labels(text)) == set(filter(None, wanted.split(",")))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_codebook_is_found_where_it_is_called_by_it(name: str) -> None:
    for text in (f"这种想法叫做“{name}”。", f'This is called "{name}".'):
        assert labels(text) == [resolve(name)]


def test_places_are_code_points_of_the_text_as_it_is() -> None:
    text = "🌱👨‍👩‍👧 妳說的「災難化」，還有“应 该”陈述。"
    found = named_in(text)
    assert [(text[each.start : each.end], each.label) for each in found] == [
        ("災難化", "catastrophizing"),
        ("应 该”陈述", "should_statements"),
    ]


def test_the_longest_name_counts() -> None:
    assert named_in("这是灾难化思维。") == [Found("catastrophizing", 2, 7)]


def test_only_the_part_that_identifies_thoughts_is_looked_at() -> None:
    text = "这是灾难化。那是读心术。"
    spans = [
        {"part": "validation", "start": 0, "end": 6},
        {"part": "thought", "start": 6, "end": 12},
    ]
    assert [found.label for found in named_in(text, spans)] == ["mind_reading"]
    assert [found.label for found in named_in(text, spans[:1])] == [
        "catastrophizing",
        "mind_reading",
    ]
    headed = "共情：这是灾难化，真难。\n识别想法：那是读心术。"
    assert labels(headed) == ["mind_reading"]


@given(st.text())
@example("“")
@example("是读心")
def test_no_text_is_too_strange(text: str) -> None:
    assert all(0 <= found.start < found.end <= len(text) for found in named_in(text))


@given(st.lists(WORDS, max_size=12).map("".join))
def test_what_is_found_are_names_in_the_order_of_the_text(text: str) -> None:
    found = named_in(text)
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert all(each.label in shipped().ids for each in found)


def test_the_version_is_that_of_the_rules_and_stays_while_they_do() -> None:
    assert len(version()) == 64
    assert version() == version()


def test_there_are_enough_passages_of_each_sort() -> None:
    every = passages()
    assert len(every) >= 160
    assert len({each.text for each in every}) == len(every)
    for half in ("tuning", "held_out"):
        some = [each for each in every if each.half == half]
        assert len(some) == len(every) // 2
        assert sum(each.language == "en" for each in some) >= 20
        assert sum(not each.labels for each in some) >= 30
        assert sum(each.parts is not None for each in some) >= 30


def test_the_lexicon_is_as_good_as_is_said_of_it() -> None:
    """docs/detection.md holds the figures; a little below them, something has gone wrong."""
    held_out = lexicon_quality(each for each in passages() if each.half == "held_out")
    assert held_out.precision >= 0.95
    assert held_out.recall >= 0.95
    assert held_out.exact / held_out.n >= 0.95
    of_others = lexicon_quality(demo())
    assert of_others.precision >= 0.97
    assert of_others.recall >= 0.93
