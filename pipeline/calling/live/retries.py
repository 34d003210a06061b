"""Say how often a call is tried, and how long to wait before the next try."""

from random import Random

from pipeline.calling.replies import Fault, FaultKind

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 8.0
UNANSWERED_TRIES = 3
# That a server has enough to do says nothing about the request that it turned away.
LIMITED_TIMES = 5


class Tries:
    """The tries of one request; those that a server turned away for its load are counted apart."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.failed = self.limited = 0

    def may_go_on(self, fault: Fault, *, answering: bool) -> bool:
        """Count a try that failed; return whether another one is worth it.

        As long as the server has not answered anything in this run, fewer are.
        """
        if fault.kind == "rate_limit":
            self.limited += 1
            return self.limited < self.most * LIMITED_TIMES
        self.failed += 1
        if answering:
            return self.failed < self.most
        # Whoever waits for a first answer is not to wait for long.
        return fault.kind != "timeout" and self.failed < min(self.most, UNANSWERED_TRIES)

    def wait(self, kind: FaultKind, chance: Random) -> float:
        """Return the seconds until the next try, drawn so that calls that fell together part."""
        if kind == "rate_limit":
            return 0.0  # all calls wait for that together
        longest = min(FIRST_WAIT_SECONDS * 2.0 ** (self.failed - 1), LONGEST_WAIT_SECONDS)
        return longest * chance.uniform(0.5, 1.0)
