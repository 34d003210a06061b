"""Batches hold each row once an epoch, of like length, the same for any number of processes."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from models.training.batches import Plan, Share

LENGTHS = st.lists(st.integers(2, 900), min_size=1, max_size=150).map(tuple)


@given(LENGTHS, st.integers(1, 5), st.sampled_from([2, 4]), st.integers(0, 3))
def test_an_epoch_has_each_row_once_and_two_processes_share_each_step(
    lengths: tuple[int, ...], batch: int, accumulation: int, number: int
) -> None:
    plan = Plan(lengths, batch, accumulation, epochs=number + 1, seed=7)
    steps = plan.epoch(number)
    assert Counter(row for step in steps for b in step for row in b) == Counter(range(len(lengths)))
    assert len(steps) == plan.steps_per_epoch
    assert all(len(step) == accumulation for step in steps)
    assert all(len(b) == batch for step in steps[:-1] for b in step), "only the last may lack rows"
    shares = [Share(plan, process=each, processes=2) for each in range(2)]
    for share in shares:
        share.set_epoch(number)
    halves = [list(share) for share in shares]
    assert [len(half) for half in halves] == [len(share) for share in shares]
    part = accumulation // 2
    for place, step in enumerate(steps):
        mine = [b for half in halves for b in half[place * part : (place + 1) * part]]
        assert sorted(map(tuple, mine)) == sorted(step)


def test_rows_of_like_length_stand_together_and_the_order_is_drawn_anew_each_epoch() -> None:
    lengths = tuple(100 + (37 * number) % 801 for number in range(2_000))
    plan = Plan(lengths, 4, 4, epochs=3, seed=0)
    unsorted = 1 - sum(lengths) / sum(
        4 * max(lengths[start : start + 4]) for start in range(0, 2_000, 4)
    )
    assert plan.padding < 0.03
    assert unsorted > 0.15
    assert plan.tokens == 3 * sum(lengths)
    assert plan.epoch(0) != plan.epoch(1)
    assert plan.epoch(1) == Plan(lengths, 4, 4, epochs=3, seed=0).epoch(1)
    assert plan.epoch(0) != Plan(lengths, 4, 4, epochs=3, seed=1).epoch(0)
    assert plan.largest == (4, 900)
