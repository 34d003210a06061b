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
        return Watch("USD", terminal=terminal, write=self.written.append, clock=lambda: self.now)


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


def test_a_server_in_trouble_is_told_with_its_words() -> None:
    waits = Progress(planned=9, refused=2, done=2, cooling_seconds=4.0, trouble="it hung up")
    assert (
        line(waits, currency="") == "2 of 9 done · 2 refused · cooling down for 4.0 s · it hung up"
    )


def test_who_asks_a_run_to_end_is_told_at_once_what_it_waits_for() -> None:
    for terminal in (True, False):
        screen = Screen()
        watch = screen.watch(terminal=terminal)
        for ending in (False, True, True):
            watch.tell(Progress(planned=9, in_flight=3, ending=ending))
        assert "ending: waits for 3 calls, Ctrl-C again gives them up" in screen.written[-1]
        assert len(screen.written) == 1 + terminal


def test_a_terminal_is_left_with_how_far_it_came() -> None:
    screen = Screen()
    watch = screen.watch(terminal=True)
    for done in (1, 8, 9):
        watch.tell(Progress(planned=9, done=done))
    watch.end()
    assert [text.rstrip(" ") for text in screen.written] == ["\r1 of 9 done", "\r9 of 9 done", "\n"]


def test_a_run_goes_on_where_nobody_reads_how_far_it_is() -> None:
    tried = []

    def closed(text: str) -> None:
        tried.append(text)
        raise BrokenPipeError

    for terminal in (True, False):
        watch = Watch("USD", terminal=terminal, write=closed, clock=iter(range(0, 99, 31)).__next__)
        for done in (1, 2):
            watch.tell(Progress(planned=9, done=done))
        watch.end()
        assert tried, "it said how far it is, and nobody read it"
        tried.clear()


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
