"""Find how many calls at a time a server takes, and pause all of them when it asks for that."""

from collections.abc import Callable
from random import Random

from pipeline.calling.replies import Fault

AFTER_THE_FIRST = 8
GROWTH = 3  # by each reply, until the server first turns one away: four times as many a round
RECOVERY = 16  # rounds from nothing to the limit, after that
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
SPREAD = 0.05
MEMORY = 16  # calls over which the share of failing ones is followed
TOO_MANY = 0.5
LONGEST_ASKED_SECONDS = 3600.0
HOPELESS_PAUSES = 5
HOPELESS_SECONDS = 600.0


class Flow:
    """How many calls may be in flight: one at first, then more, fewer when the server is short.

    A call is named by the moment when it began: what is heard of calls that began before the last
    cut says nothing about the flow since.
    """

    def __init__(self, limit: int, *, clock: Callable[[], float], chance: Random) -> None:
        self.limit, self._clock, self._chance = limit, clock, chance
        self.window = 1.0
        self.in_flight = 0
        self.resume_at = 0.0
        self.seconds_a_call = 0.0
        self._answered = False
        self._starting = True
        self._cut_at = 0.0
        self._share = 0.0
        self._pauses = 0
        self._heard_at = clock()

    @property
    def free(self) -> int:
        """How many more calls may begin now."""
        if self.cooling_seconds:
            return 0
        return max(int(self.window) - self.in_flight, 0)

    @property
    def cooling_seconds(self) -> float:
        return max(self.resume_at - self._clock(), 0.0) if self.resume_at else 0.0

    def replied(self, *, began: float) -> None:
        """Take in that a call was answered."""
        now = self._clock()
        self._heard_at = now
        self._share -= self._share / MEMORY
        seconds = now - began
        self.seconds_a_call += (seconds - self.seconds_a_call) / (MEMORY if self._answered else 1)
        if began >= self.resume_at:
            self._pauses = 0
        if not self._answered:
            self._answered = True
            self.window = AFTER_THE_FIRST
        elif self._starting:
            self.window += GROWTH
        else:
            self.window += max(self.limit / RECOVERY, 1.0) / self.window
        self.window = min(self.window, self.limit)

    def troubled(self, fault: Fault, *, began: float) -> str | None:
        """Take in that a call failed for a reason that passes; return why to wait no longer."""
        self._slow_down(fault, began)
        if (fault.retry_after or 0.0) > LONGEST_ASKED_SECONDS:
            return (
                f"it asks to wait for {fault.retry_after:,.0f} seconds; run this again after that"
            )
        silent = self._clock() - self._heard_at
        if self._pauses >= HOPELESS_PAUSES and silent >= HOPELESS_SECONDS:
            return f"it has answered nothing for {silent / 60:.0f} minutes; run this again later"
        return None

    def _slow_down(self, fault: Fault, began: float) -> None:
        limited = fault.kind == "rate_limit" or fault.retry_after is not None
        if not limited:
            self._share += (1.0 - self._share) / MEMORY
            if self._share <= TOO_MANY:
                return
        fresh = began >= self._cut_at
        if fresh:
            limited = limited or self.window <= 1.0
            self._cut()
        if limited:
            self._pause(fault.retry_after, again=fresh)

    def _cut(self) -> None:
        # At one call a time, each further failure pauses again until one is answered.
        self._share = TOO_MANY / 2 if self.window > 1.0 else TOO_MANY
        self.window = max(self.window / 2, 1.0)
        self._starting = False
        self._cut_at = self._clock()

    def _pause(self, asked: float | None, *, again: bool) -> None:
        self._pauses += again
        if asked:
            seconds = asked * (1 + SPREAD * self._chance.random())
        elif again:
            longest = min(FIRST_PAUSE_SECONDS * 2 ** (self._pauses - 1), LONGEST_PAUSE_SECONDS)
            seconds = longest * self._chance.uniform(0.5, 1.0)
        else:
            return
        self.resume_at = max(self.resume_at, self._clock() + seconds)
        self._cut_at = max(self._cut_at, self.resume_at)
