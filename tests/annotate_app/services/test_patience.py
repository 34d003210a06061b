from concurrent.futures import ThreadPoolExecutor

from annotate_app.services.patience import Key, Patience, SlowDown

NAME, ADDRESS = Key("name lin", 5), Key("address 10.0.0.1", 100)


class Clock:
    """A clock that goes only when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(patience: Patience, *keys: Key) -> int:
    """Try once, and return for how long one is told to wait: 0 if the try may be made."""
    try:
        patience.begin(*(keys or (NAME, ADDRESS)))
    except SlowDown as error:
        return error.seconds
    return 0


def test_after_five_wrong_tries_each_further_one_doubles_the_wait_up_to_a_minute() -> None:
    clock = Clock()
    patience = Patience(clock)
    assert [told(patience) for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(8):
        waits.append(told(patience))
        clock.now += waits[-1]
        assert told(patience) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_try_during_the_wait_is_not_made_and_does_not_lengthen_it() -> None:
    clock = Clock()
    patience = Patience(clock)
    for _ in range(6):
        told(patience)
        clock.now += 1
    clock.now -= 0.5
    assert {told(patience) for _ in range(20)} == {2}
    clock.now += 1.5
    assert told(patience) == 0


def test_after_a_quarter_of_an_hour_all_is_forgotten() -> None:
    clock = Clock()
    patience = Patience(clock)
    for _ in range(5):
        told(patience)
    assert told(patience) == 1
    clock.now += 15 * 60 + 1
    assert [told(patience) for _ in range(5)] == [0] * 5


def test_the_right_password_forgets_the_wrong_ones() -> None:
    patience = Patience(Clock())
    for _ in range(5):
        told(patience)
    patience.right(NAME, ADDRESS)
    assert [told(patience) for _ in range(5)] == [0] * 5


def test_one_raters_typos_lock_nobody_else_out_behind_the_same_address() -> None:
    patience = Patience(Clock())
    for _ in range(50):
        told(patience)
    assert told(patience) == 1
    assert told(patience, Key("name wu", 5), ADDRESS) == 0


def test_a_class_that_signs_in_together_is_not_slowed_down() -> None:
    patience = Patience(Clock())
    for number in range(300):
        student = Key(f"name {number}", 5)
        assert told(patience, student, ADDRESS) == 0
        patience.right(student, ADDRESS)


def test_many_names_from_one_address_are_slowed_down_too() -> None:
    patience = Patience(Clock())
    tries = [told(patience, Key(f"name {number}", 5), ADDRESS) for number in range(101)]
    assert tries == [0] * 100 + [1]
    assert told(patience, NAME, Key("address 10.0.0.2", 100)) == 0


def test_tries_at_the_same_time_are_no_way_round() -> None:
    patience = Patience(Clock())
    with ThreadPoolExecutor(8) as many:
        made = list(many.map(lambda _: told(patience), range(40)))
    assert made.count(0) == 5


def test_a_flood_of_names_is_not_remembered_without_end() -> None:
    patience = Patience(Clock())
    for number in range(10_050):
        told(patience, Key(f"name {number}", 5))
    assert [told(patience, Key("name 10049", 5)) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert len(patience._tries) == 10_000
