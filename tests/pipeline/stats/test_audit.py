"""Published figures against whole numbers, in exact arithmetic; the paper's Tables 3 and 5."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.stats.audit import Range, Rounded, as_written, figure, possible_sums, possible_tables
from pipeline.stats.labels.detection import TwoByTwo

TABLE_3 = {"accuracy": "0.69", "recall": "0.93", "f1": "0.65"}
TABLE_5 = ("1.732", "1.508", "1.408", "1.734", "1.644", "1.432")
SHARES = ("accuracy", "precision", "recall", "specificity", "f1")


def read(texts: dict[str, str]) -> dict[str, Rounded]:
    return {name: as_written(text) for name, text in texts.items()}


def rounded(value: Fraction, places: int) -> Rounded:
    units = floor(value * 10**places + Fraction(1, 2))
    return Rounded("", units, 10**places)


def all_tables(n: int) -> Iterator[TwoByTwo]:
    for tp in range(n + 1):
        for fp in range(n + 1 - tp):
            for fn in range(n + 1 - tp - fp):
                yield TwoByTwo(tp, fp, fn, n - tp - fp - fn)


def test_fifty_three_tables_stand_behind_the_papers_table_3() -> None:
    # PAPER: accuracy 0.69, recall 0.93, F1 0.65 of 500; 53 tables, 51 if neither end counts.
    found = possible_tables(read(TABLE_3), n=500)
    assert (len(found.tables), found.neither_end) == (53, 51)
    assert TwoByTwo(144, 144, 11, 201) in found.tables
    ranges = {name: (each.low, each.high) for name, each in found.ranges.items()}
    assert ranges["precision"] == (Fraction(139, 282), Fraction(148, 292))
    assert [float(end) for end in ranges["precision"]] == pytest.approx([0.49, 0.51], abs=0.005)
    assert [float(end) for end in ranges["specificity"]] == pytest.approx([0.57, 0.59], abs=0.005)
    assert ranges["prevalence"] == (Fraction(149, 500), Fraction(161, 500))
    assert ranges["never_flag"] == (Fraction(339, 500), Fraction(351, 500))


@pytest.mark.parametrize("more", [{"precision": "0.50"}, {"specificity": "0.58"}])
def test_another_figure_leaves_those_tables_that_have_it_too(more: dict[str, str]) -> None:
    [(name, text)] = more.items()
    wider = possible_tables(read(TABLE_3), n=500)
    narrower = possible_tables(read(TABLE_3 | more), n=500)
    wanted = as_written(text)
    kept = [t for t in wider.tables if wanted.low <= (figure(t, name) or 0) < wanted.high]
    assert 0 < len(kept) < len(wider.tables)
    assert list(narrower.tables) == kept


@settings(deadline=None)
@given(
    st.tuples(*[st.integers(0, 5)] * 4),
    st.dictionaries(st.sampled_from([*SHARES, "kappa"]), st.integers(0, 3), min_size=2),
)
def test_exactly_the_tables_that_round_to_the_figures_are_found(
    cells: tuple[int, int, int, int], places: dict[str, int]
) -> None:
    table = TwoByTwo(*cells)
    assume(table.n)
    values = {name: figure(table, name) for name in places}
    assume(None not in values.values())
    given_ = {
        name: rounded(value, places[name]) for name, value in values.items() if value is not None
    }
    found = possible_tables(given_, n=table.n)

    def gives(each: TwoByTwo) -> bool:
        own = {name: figure(each, name) for name in given_}
        return all(
            v is not None and rounded(v, places[name]) == given_[name] for name, v in own.items()
        )

    assert sorted(t.cells for t in found.tables) == sorted(
        each.cells for each in all_tables(table.n) if gives(each)
    )
    assert table in found.tables
    assert found.neither_end <= len(found.tables) <= found.either_end


def test_a_figure_that_is_nothing_of_nothing_is_not_given_by_a_table() -> None:
    found = possible_tables(read({"recall": "0.0", "accuracy": "1.0"}), n=3)
    assert found.tables == ()
    assert found.ranges["recall"].low is None


def test_a_table_that_leaves_a_figure_undefined_is_counted_in_its_range() -> None:
    found = possible_tables(read({"recall": "0", "accuracy": "0.5"}), n=2)
    assert found.tables == (TwoByTwo(0, 0, 1, 1),)
    assert (found.ranges["precision"].low, found.ranges["precision"].undefined) == (None, 1)
    assert found.ranges["kappa"] == Range(Fraction(0), Fraction(0), 0)


def test_figures_that_do_not_belong_together_have_no_table() -> None:
    found = possible_tables(read(TABLE_3 | {"accuracy": "0.99", "f1": "0.15"}), n=500)
    assert (found.tables, found.neither_end, found.either_end) == ((), 0, 0)


def test_a_half_is_rounded_up_and_the_other_way_is_counted_apart() -> None:
    # 1 of 8 is 0.125: 0.13 when rounded half up, 0.12 when rounded half down or to even.
    for text, wanted in (("0.13", 1), ("0.12", 0)):
        found = possible_tables(read({"accuracy": text, "recall": "1"}), n=8)
        assert all(figure(table, "accuracy") == Fraction(1, 8) for table in found.tables)
        assert bool(found.tables) == bool(wanted)
        assert found.neither_end == 0
        assert found.either_end > 0


@pytest.mark.parametrize(
    ("figures", "n", "said"),
    [
        (TABLE_3, 0, "0 items cannot be checked"),
        (TABLE_3, 50_001, "50,001 items cannot be checked"),
        ({"accuracy": "0.69"}, 500, "at least two figures"),
        ({"accuracy": "69", "f1": "0.65"}, 500, "accuracy is 69, which is no share"),
        ({"accuracy": "-0.1", "f1": "0.65"}, 500, "accuracy is -0.1, which is no share"),
        ({"kappa": "-1.1", "f1": "0.65"}, 500, "kappa is -1.1"),
        ({"accuracy": "0.7", "f1": "0.7"}, 2000, "more than 200,000 tables of 2,000 items"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_sentence(
    figures: dict[str, str], n: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        possible_tables(read(figures), n=n)


@pytest.mark.parametrize("text", ["", "abc", "1e-3", "0,69", ".", "%", "--1", "0.1234567891", "٣"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a figure|more digits than are checked"):
        as_written(text)


def test_a_figure_has_as_many_places_as_it_is_written_with() -> None:
    assert as_written("0.690").high - as_written("0.690").low == Fraction(1, 1000)
    assert as_written("69.0%") == Rounded("69.0%", 690, 1000)
    assert as_written(" .5 ").units == 5
    assert as_written("-0.25").low == Fraction(-255, 1000)


def test_every_mean_of_the_papers_table_5_has_one_sum_of_500_scores() -> None:
    # PAPER: 866, 754, 704; 867, 822, 716 points over 500.
    found = [possible_sums(as_written(text), count=500) for text in TABLE_5]
    assert [each.sums for each in found] == [(866,), (754,), (704,), (867,), (822,), (716,)]
    assert all(each.telling and not each.halves_down for each in found)


@settings(deadline=None)
@given(st.integers(-3000, 3000), st.integers(1, 400), st.integers(0, 4))
def test_a_mean_that_has_a_sum_is_found_with_it(total: int, count: int, places: int) -> None:
    mean = rounded(Fraction(total, count), places)
    found = possible_sums(mean, count=count)
    assert total in found.sums
    assert all(rounded(Fraction(each, count), places) == mean for each in found.sums)
    assert all(mean.high == Fraction(each, count) for each in found.halves_down)


@settings(deadline=None)
@given(st.integers(-300, 300), st.integers(0, 2), st.integers(0, 50))
def test_with_as_many_numbers_as_steps_every_mean_has_a_sum(
    units: int, places: int, more: int
) -> None:
    found = possible_sums(Rounded("", units, 10**places), count=10**places + more)
    assert not found.telling
    assert found.sums


def test_a_mean_that_no_sum_gives_has_none_and_a_half_is_told_apart() -> None:
    assert possible_sums(as_written("1.733"), count=500).sums == ()
    down = possible_sums(as_written("0.12"), count=8)  # 1 of 8 is 0.125
    assert (down.sums, down.halves_down) == ((), (1,))
    with pytest.raises(ValueError, match="a mean of 0 numbers cannot be checked"):
        possible_sums(as_written("1"), count=0)
