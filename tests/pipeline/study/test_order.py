"""The order in which one rater sees the items."""

from collections import Counter
from collections.abc import Sequence
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from pipeline.study import order
from pipeline.study.balance import measure
from pipeline.study.design import repeated
from pipeline.study.order import Slot, Spacing, draw

WANTED = Spacing(answers=10, repeats=20)
DRAWS = 2_000


def slots_of(questions: int, systems: int, share: float = 0.0) -> list[Slot]:
    originals = [Slot(q, s) for q in range(questions) for s in range(systems)]
    pairs = repeated(questions=questions, systems=systems, share=share, seed=1)
    return originals + [Slot(q, s, q * systems + s) for q, s in pairs]


def drawn(slots: Sequence[Slot], seed: str = "1") -> list[int]:
    return draw(slots, range(len(slots)), wanted=WANTED, seed=seed)


@given(
    questions=st.integers(1, 30),
    systems=st.integers(1, 5),
    share=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    seed=st.text(max_size=5),
)
def test_every_item_comes_once_and_as_far_apart_as_half_the_questions_allow(
    questions: int, systems: int, share: float, seed: str
) -> None:
    slots = slots_of(questions, systems, share)
    found = drawn(slots, seed)
    assert sorted(found) == list(range(len(slots)))
    balance = measure(slots, {1: found})
    if balance.answer_gap is not None:
        assert balance.answer_gap >= min(10, max(1, questions // 2))
    if balance.repeat_distance is not None:
        assert balance.repeat_distance >= min(20, max(1, len(slots) // 3))


def test_some_of_the_items_can_be_drawn_alone() -> None:
    slots = slots_of(20, 2)
    mine = [item for item, slot in enumerate(slots) if slot.question % 2]
    assert sorted(draw(slots, mine, wanted=WANTED, seed="1")) == mine


def test_a_seed_draws_the_same_order_in_this_and_every_later_version() -> None:
    assert drawn(slots_of(4, 2, 0.125), "7") == [7, 1, 2, 0, 3, 6, 4, 8, 5]


def test_another_seed_draws_another_order() -> None:
    slots = slots_of(20, 2)
    assert drawn(slots, "1") != drawn(slots, "2")


def test_two_orders_tell_nothing_about_each_other() -> None:
    slots = slots_of(100, 2)
    correlations = []
    for n in range(40):
        first, second = drawn(slots, f"{n} li"), drawn(slots, f"{n} wang")
        places = [[o.index(item) for item in range(len(slots))] for o in (first, second)]
        correlations.append(spearmanr(*places).statistic)
    assert abs(mean(correlations)) < 0.045  # four standard errors
    assert max(map(abs, correlations)) < 0.3


def test_no_item_prefers_a_place() -> None:
    slots = slots_of(6, 2)
    at: Counter[tuple[int, int]] = Counter()
    for n in range(DRAWS):
        at.update((item, place) for place, item in enumerate(drawn(slots, str(n))))
    shares = [at[item, place] / DRAWS for item in range(12) for place in range(12)]
    # 1/12 is expected, with a standard error of 0.0062: all 144 shares within four of them.
    assert max(abs(share - 1 / 12) for share in shares) < 0.026


def test_no_system_is_likelier_to_come_first_to_a_question() -> None:
    slots = slots_of(7, 2)
    first: Counter[int] = Counter()
    for n in range(DRAWS):
        found = drawn(slots, str(n))
        first[min(0, 1, key=found.index)] += 1
    assert abs(first[0] / DRAWS - 0.5) < 0.045  # four standard errors


@given(questions=st.integers(2, 30), systems=st.integers(2, 4), seed=st.text(max_size=3))
def test_systems_take_turns_in_coming_first_and_last(
    questions: int, systems: int, seed: str
) -> None:
    slots = slots_of(questions, systems)
    ranks: Counter[tuple[int, int]] = Counter()
    seen: Counter[int] = Counter()
    for item in drawn(slots, seed):
        ranks[slots[item].system, seen[slots[item].question]] += 1
        seen[slots[item].question] += 1
    counts = [ranks[system, rank] for system in range(systems) for rank in range(systems)]
    assert max(counts) - min(counts) <= 1


def test_a_repeat_comes_after_its_original() -> None:
    slots = slots_of(30, 2, 0.5)
    found = drawn(slots)
    places = {item: place for place, item in enumerate(found)}
    repeats = [(n, slot.repeat_of) for n, slot in enumerate(slots) if slot.repeat_of is not None]
    assert len(repeats) == 30
    assert all(places[repeat] - places[original] >= 20 for repeat, original in repeats)


def test_a_spacing_that_is_not_found_is_narrowed_rather_than_sought_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order, "TRIES_PER_ITEM", 0)
    assert sorted(drawn(slots_of(20, 3, 0.1))) == list(range(66))
