"""How many calls at a time: few at first, fewer when a server is short, none while it rests."""

import re
from random import Random

import pytest

from pipeline.calling.live.flow import HOPELESS_SECONDS, Flow
from pipeline.calling.replies import Fault, FaultKind


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flow(clock: Clock) -> Flow:
    return Flow(64, clock=clock, chance=Random(1))  # noqa: S311


def fault(kind: FaultKind = "rate_limit", after: float | None = None) -> Fault:
    return Fault(kind, "the server is busy", retry_after=after)


def grown(flow: Flow, clock: Clock) -> Flow:
    while flow.window < flow.limit:
        clock.now += 0.2
        flow.replied(began=clock.now - 0.2)
    return flow


def test_the_first_call_is_alone_and_a_few_rounds_later_all_go(flow: Flow, clock: Clock) -> None:
    assert flow.free == 1
    rounds = 0
    while flow.window < 64:
        began, going = clock.now, flow.free
        clock.now += 0.2
        for _ in range(going):
            flow.replied(began=began)
        rounds += 1
    assert rounds == 3  # 1, 8, 32, and then 64
    assert flow.free == 64


def test_calls_that_are_turned_away_together_halve_the_flow_once_and_all_rest(
    flow: Flow, clock: Clock
) -> None:
    grown(flow, clock)
    began = clock.now
    clock.now += 0.5
    for after in (2.0, 3.0, 1.0):
        assert flow.troubled(fault(after=after), began=began) is None
    assert (flow.window, flow.free) == (32, 0)
    assert 3.0 <= flow.cooling_seconds <= 3.0 * 1.05
    clock.now += 3.2
    assert flow.free == 32


def test_a_flow_that_was_halved_comes_back_within_some_rounds(flow: Flow, clock: Clock) -> None:
    grown(flow, clock)
    flow.troubled(fault(after=0.1), began=clock.now)
    replies = 0
    while flow.window < 64:
        clock.now += 0.01
        flow.replied(began=clock.now)
        replies += 1
    assert 8 * 32 < replies < 9 * 64


def test_without_a_time_to_wait_each_rest_is_longer_until_a_call_is_answered(
    flow: Flow, clock: Clock
) -> None:
    rests = []
    for _ in range(9):
        flow.troubled(fault(), began=clock.now)
        rests.append(flow.cooling_seconds)
        clock.now += rests[-1]
    assert all(0.5 * 2**n <= rest <= 2**n for n, rest in enumerate(rests[:6]))
    assert all(30 <= rest <= 60 for rest in rests[6:])
    flow.replied(began=clock.now)
    flow.troubled(fault(), began=clock.now)
    assert flow.cooling_seconds <= 1.0


def test_some_failing_calls_do_not_slow_the_others(flow: Flow, clock: Clock) -> None:
    grown(flow, clock)
    for n in range(400):
        if n % 3:
            flow.replied(began=clock.now)
        else:
            flow.troubled(fault("server"), began=clock.now)
    assert (flow.window, flow.cooling_seconds) == (64, 0.0)


def test_where_nothing_is_answered_one_call_at_a_time_finds_out_until_it_is_hopeless(
    flow: Flow, clock: Clock
) -> None:
    grown(flow, clock)
    why = None
    asked = 0
    began = clock.now
    while why is None and asked < 1000:
        clock.now += flow.cooling_seconds + 0.1
        why = flow.troubled(fault("connection"), began=clock.now)
        asked += 1
    assert flow.window == 1.0
    assert clock.now - began >= HOPELESS_SECONDS
    assert asked < 100
    assert why is not None
    assert re.fullmatch("it has answered nothing for 1[01] minutes; run this again later", why)


def test_a_server_that_asks_to_wait_for_hours_is_not_waited_for(flow: Flow, clock: Clock) -> None:
    assert flow.troubled(fault(after=3600.0), began=clock.now) is None
    why = flow.troubled(fault(after=86_400.0), began=clock.now)
    assert why == "it asks to wait for 86,400 seconds; run this again after that"
