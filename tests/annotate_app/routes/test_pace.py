from annotate_app.routes.pace import Pace


class Clock:
    """A clock that goes only when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_answered_and_then_so_many_a_second() -> None:
    clock = Clock()
    pace = Pace(per_second=20, burst=40, clock=clock)
    assert [pace.wait("lin") for _ in range(41)] == [0] * 40 + [1 / 20]
    clock.now += 0.5
    assert [pace.wait("lin") for _ in range(11)] == [0] * 10 + [1 / 20]
    clock.now += 3600
    assert [pace.wait("lin") for _ in range(41)].count(0) == 40


def test_one_askers_haste_holds_nobody_else_up() -> None:
    pace = Pace(per_second=1, burst=1, clock=Clock())
    assert pace.wait("lin") == 0
    assert pace.wait("lin") > 0
    assert pace.wait("wu") == 0


def test_a_clock_that_jumps_back_gives_and_takes_nothing() -> None:
    clock = Clock()
    clock.now = 1_000
    pace = Pace(per_second=1, burst=2, clock=clock)
    assert pace.wait("lin") == 0
    clock.now = 0
    assert pace.wait("lin") == 0
    assert pace.wait("lin") == 1


def test_a_flood_of_askers_is_not_remembered_without_end() -> None:
    pace = Pace(per_second=1, burst=1, clock=Clock())
    for number in range(10_050):
        pace.wait(str(number))
    assert len(pace._left) == 10_000
    assert pace.wait("10049") > 0
