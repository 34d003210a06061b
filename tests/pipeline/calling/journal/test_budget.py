"""The budget holds whatever calls cost, and in whatever order they end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.attempts import Spent
from db.errors import NotAllowed
from pipeline.calling.asking import Model, Request
from pipeline.calling.journal import budget
from pipeline.calling.journal.budget import Budget
from pipeline.calling.prices import Price
from pipeline.calling.work import Limits

PRICE = Price(0.3, 1.1, "USD")
tokens = st.integers(0, 9000)
# A call: what is reserved for it, what share of that it takes, and how many calls later it ends.
calls = st.lists(
    st.tuples(st.tuples(tokens, tokens), st.floats(0, 1), st.integers(0, 9)), max_size=60
)


@given(calls, st.integers(1, 120_000), st.floats(0.0001, 0.05), tokens, tokens)
def test_no_order_of_replies_gets_past_the_budget(
    made: list[tuple[tuple[int, int], float, int]],
    most: int,
    dollars: float,
    before_in: int,
    before_out: int,
) -> None:
    limits = Limits(max_tokens=most, max_cost=dollars, price=PRICE)
    earlier = PRICE.cost(tokens_in=before_in, tokens_out=before_out)
    money = Budget(limits, Spent(before_in, before_out, earlier))
    in_flight: list[tuple[int, tuple[int, int], float]] = []
    for turn, (reserved, share, later) in enumerate(made):
        if money.reserve(*reserved):
            in_flight.append((turn + later, reserved, share))
            assert before_in + before_out + money.tokens_in + money.tokens_out <= most
            assert earlier + (money.cost or 0) <= dollars
        for ended in [one for one in in_flight if one[0] <= turn]:
            in_flight.remove(ended)
            _, held, took = ended
            money.settle(reserved=held, used=(int(held[0] * took), int(held[1] * took)))
        assert money.reserved == len(in_flight)


def test_what_was_spent_without_a_price_is_counted_at_todays() -> None:
    limits = Limits(max_cost=1.0, price=Price(1.0, 1.0, "USD"))
    money = Budget(limits, Spent(900_000, 0, 0.0, unpriced_in=900_000))
    assert not money.reserve(100_001, 0)
    assert money.reserve(99_999, 0)


def test_a_call_that_takes_more_than_was_reserved_counts_as_it_is() -> None:
    money = Budget(Limits(max_tokens=100), Spent())
    assert money.reserve(50, 10)
    money.settle(reserved=(50, 10), used=(80, 30))
    assert (money.tokens_in, money.tokens_out) == (80, 30)
    assert not money.reserve(0, 0)


def test_once_a_call_took_more_than_was_reserved_all_may() -> None:
    limits = Limits(max_tokens=1000, max_cost=0.01, price=Price(10.0, 10.0, "USD"))
    money = Budget(limits, Spent())
    assert all(money.reserve(80, 20) for _ in range(3))
    money.settle(reserved=(80, 20), used=(200, 60))
    taken = 0
    while money.reserve(80, 20):
        taken += 1
    for _ in range(2 + taken):
        money.settle(reserved=(80, 20), used=(200, 60))
    assert taken == 0
    assert money.tokens_in + money.tokens_out <= 1000
    assert (money.cost or 0) <= 0.01


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(max_tokens=0), "a budget of tokens of 0 allows no call"),
        (Limits(max_cost=0.0, price=PRICE), "a budget of money of 0 allows no call"),
        (Limits(max_cost=float("nan"), price=PRICE), "a budget of money of nan allows no call"),
        (Limits(max_cost=float("inf"), price=PRICE), "a budget of money of inf is none"),
        (Limits(timeout_seconds=float("inf")), "leave it out"),
        (Limits(concurrency=0), "a concurrency of 0"),
        (Limits(timeout_seconds=0), "a timeout"),
        (Limits(tries=0), "a number of tries"),
        (Limits(max_cost=1.0), "needs the model's price"),
    ],
)
def test_limits_that_allow_nothing_are_one_sentence(limits: Limits, what: str) -> None:
    with pytest.raises(NotAllowed, match=what):
        budget.check(limits)


def test_a_schema_is_among_the_tokens_that_a_server_reads() -> None:
    schema = {"type": "object", "title": "回答"}
    request = Request(1, ({"role": "user", "content": "睡不着"},), 100)
    plain = budget.most_tokens_in(Model("m"), request)
    assert plain >= len("睡不着".encode())
    asked = budget.most_tokens_in(Model("m", schema=schema), request)
    assert asked - plain >= len('{"type": "object", "title": "回答"}'.encode())
