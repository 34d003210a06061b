"""The cut of an answer is the one that agrees with the most cues."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.parsing.cues import best_path, sentences, told

ROW = st.lists(st.integers(0, 6), min_size=3, max_size=3)
ROWS = st.lists(st.tuples(ROW, st.integers(0, 4)), min_size=1, max_size=6)


def value(path: tuple[int, ...], table: list[list[int]], costs: list[int]) -> int:
    new = sum(cost for one, two, cost in zip(path, path[1:], costs[1:], strict=False) if one != two)
    return sum(row[part] for row, part in zip(table, path, strict=True)) - new


@given(ROWS)
def test_no_other_cut_is_better(rows: list[tuple[list[int], int]]) -> None:
    table, costs = [row for row, _ in rows], [cost for _, cost in rows]
    found = tuple(best_path(table, costs))
    every = [path for path in product(range(3), repeat=len(table)) if list(path) == sorted(path)]
    assert found in every
    assert value(found, table, costs) == max(value(path, table, costs) for path in every)


def test_a_sentence_without_a_cue_stays_with_those_before_it() -> None:
    assert best_path([[2, 0], [0, 0], [0, 2]], [0, 0, 0]) == [0, 0, 1]


def test_sentences_end_with_their_marks_and_quotes_and_know_their_paragraphs() -> None:
    text = '他说"走吧。"我没走!\n\nit was 3.5 km. no?  ok'
    found = sentences(text)
    assert [text[each.start : each.end] for each in found] == [
        '他说"走吧。"',
        "我没走!",
        "it was 3.5 km.",
        "no?",
        "ok",
    ]
    assert [each.first for each in found] == [True, False, True, False, False]


def test_a_paragraph_of_few_cues_is_part_of_an_answer_in_cbts_shape_only() -> None:
    opening = "三个月没有回家了。"
    thought, strategy = "“我永远不行”是过度概括。", "可以写下三件事。"
    alone = [span.part for span in told(f"{opening}\n\n{strategy}")]
    shaped = [span.part for span in told(f"{opening}\n\n{thought}\n\n{strategy}")]
    assert (alone, shaped) == ([3], [0, 1, 3])
