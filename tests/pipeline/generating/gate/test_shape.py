"""Parts and length are those that the prompt asks for."""

from typing import Any

import pytest

from pipeline.generating.gate.shape import length, parts
from pipeline.generating.reading import Draft
from pipeline.prompts import library

ACT = library.find(None, "act-zh")
IDS = [part.id for part in ACT.parts]


def spans(*ids: str, size: int = 20) -> list[dict[str, Any]]:
    starts = range(0, size * len(ids), size)
    return [
        {"part": id_, "start": at, "end": at + size} for id_, at in zip(ids, starts, strict=True)
    ]


def test_parts_are_asked_for_by_their_names() -> None:
    (found,) = parts(Draft("…", parts=spans(*IDS[1:]), marked_by="fields"), ACT)
    assert (found.code, found.cited["parts"]) == ("missing_part", ACT.parts[0].name)
    (swapped,) = parts(Draft("…", parts=spans(IDS[1], IDS[0], *IDS[2:]), marked_by="headings"), ACT)
    assert swapped.code == "part_order"
    assert swapped.cited["parts"] == "、".join(part.name for part in ACT.parts)
    assert parts(Draft("…", parts=spans(*IDS), marked_by="fields"), ACT) == []


def test_a_part_of_a_word_or_two_is_missing() -> None:
    (found,) = parts(Draft("…", parts=spans(*IDS, size=3), marked_by="fields"), ACT)
    assert found.cited["parts"].count("、") == len(IDS) - 1


@pytest.mark.parametrize(("count", "told"), [(5, False), (3, False), (2, True), (0, True)])
def test_where_the_parser_tells_the_parts_three_are_enough(count: int, *, told: bool) -> None:
    cbt = library.find(None, "cbt-zh")
    some = spans(*[part.id for part in cbt.parts][:count])
    assert bool(parts(Draft("…", parts=some, marked_by="parser"), cbt)) == told


@pytest.mark.parametrize(
    ("characters", "codes"),
    [(349, ["too_short"]), (350, [None]), (750, [None]), (751, ["too_long"])],
)
def test_the_window_holds_its_ends(characters: int, codes: list[str | None]) -> None:
    found = length("字" * characters, (350, 750))
    assert [found.code if found else None] == codes
    assert length("字" * characters, None) is None
