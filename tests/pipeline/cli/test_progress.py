"""Who waits for a model sees how far it is, on a terminal and in a log."""

from dataclasses import dataclass, field

from pipeline.calling.work import Progress
from pipeline.cli.progress import Watch, line


@dataclass
class Screen:
    """A stream and a clock that a test moves."""

    now: float = 0.0
    written: list[str] = field(default_factory=list)

    def watch(self, *, terminal: bool) -> Watch:
        return Watch("USD", terminal, self.written.append, lambda: self.now)


HALF = Progress(
    planned=1_000,
    done=500,
    failed=3,
    set_aside=12,
    in_flight=32,
    tokens=1_250_000,
    cost=2.5,
    rate=10.0,
    cooling_seconds=12.0,
)


def test_a_line_tells_all_that_is_known() -> None:
    assert line(HALF, currency="USD") == (
        "500 of 1,000 done · 3 failed · 12 set aside · cooling down for 12 s · 50 s left"
        " · 10.0 a second · 2.50 USD · 1.2 million tokens · 32 in flight"
    )


def test_what_is_not_known_is_left_out() -> None:
    assert line(Progress(planned=5), currency="") == "0 of 5 done"


def test_a_log_gets_a_line_every_half_minute() -> None:
    screen = Screen()
    watch = screen.watch(terminal=False)
    for screen.now in range(95):
        watch.tell(HALF)
    watch.end()
    assert [text.count("\n") for text in screen.written] == [1, 1, 1]
    assert not any("\r" in text for text in screen.written)


def test_a_terminal_has_one_line_that_changes_and_stays_at_the_end() -> None:
    screen = Screen()
    watch = screen.watch(terminal=True)
    watch.tell(HALF)
    watch.tell(HALF)
    screen.now = 1.0
    watch.tell(Progress(planned=1_000, done=1_000))
    watch.end()
    first, second, end = screen.written
    assert first.startswith("\r500 of 1,000 done")
    assert second.startswith("\r1,000 of 1,000 done")
    assert len(first) == len(second), "nothing of the longer line is left behind the shorter one"
    assert end == "\n"
