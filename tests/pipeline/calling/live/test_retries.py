"""How often a call is tried, and how long it waits in between."""

from random import Random

from pipeline.calling.live.retries import Tries
from pipeline.calling.replies import Fault, FaultKind


def tried(kind: FaultKind, most: int, *, answering: bool = True) -> int:
    tries, made = Tries(most), 1
    while tries.may_go_on(Fault(kind, "no"), answering=answering):
        made += 1
    return made


def test_a_call_is_tried_so_often_and_less_often_while_nothing_was_ever_answered() -> None:
    assert tried("server", 6) == 6
    assert tried("timeout", 1) == 1
    assert tried("server", 6, answering=False) == 3
    assert tried("server", 2, answering=False) == 2
    assert tried("timeout", 6, answering=False) == 1


def test_calls_that_a_busy_server_turned_away_do_not_use_up_the_tries() -> None:
    assert tried("rate_limit", 6) == 30
    tries = Tries(2)
    for _ in range(9):
        assert tries.may_go_on(Fault("rate_limit", "busy"), answering=True)
    assert tries.may_go_on(Fault("server", "no"), answering=True)
    assert not tries.may_go_on(Fault("server", "no"), answering=True)


def test_waits_grow_and_differ() -> None:
    chance = Random(3)  # noqa: S311
    tries = Tries(9)
    waits = []
    for _ in range(8):
        tries.may_go_on(Fault("server", "no"), answering=True)
        waits.append(tries.wait("server", chance))
    longest = (0.5, 1, 2, 4, 8, 8, 8, 8)
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))
    assert len(set(waits)) == 8
    assert tries.wait("rate_limit", chance) == 0.0
