"""Cues are spelled out, and found where they stand."""

import pytest

from pipeline.parsing.spelling import Cue, Cues, spellings


@pytest.mark.parametrize(
    ("cue", "wanted"),
    [
        ("试着", ["试着"]),
        ("再?试", ["再试", "试"]),
        ("(今|明)天", ["今天", "明天"]),
        ("写(一)?下", ["写一下", "写下"]),
        ("如果…(持续|超过)", ["如果…持续", "如果…超过"]),
    ],
)
def test_a_cue_is_spelled_in_each_way_it_may_be(cue: str, wanted: list[str]) -> None:
    assert spellings(cue) == wanted


def places(text: str, *cues: Cue) -> list[tuple[int, int]]:
    return [(hit.start, hit.part) for hit in Cues(cues).hits(text)]


def test_the_longest_cue_of_a_part_counts_and_no_other_inside_it() -> None:
    short, long, other = Cue("慢慢", "", 4, 1), Cue("慢慢来", "", 4, 2), Cue("慢来", "", 0, 1)
    assert places("慢慢来慢慢", short, long, other) == [(0, 4), (1, 0), (3, 4)]
    assert [hit.worth for hit in Cues([short, long]).hits("慢慢来")] == [2]


def test_a_gap_ends_with_its_clause_and_holds_only_a_little() -> None:
    cue = Cue("如果", "持续", 4, 2)
    assert places("如果失眠持续两周", cue) == [(0, 4)]
    assert places("如果失眠,一直持续", cue) == []
    assert places(f"如果{'很' * 11}持续", cue) == []


def test_an_english_cue_begins_a_word() -> None:
    cue = Cue("road", "", 4, 2)
    assert places("a road, broad", cue) == [(2, 4)]
