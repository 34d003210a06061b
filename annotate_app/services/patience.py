"""Slow down who tries one wrong password after the other."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from db.errors import NotAllowed

WINDOW_SECONDS = 15 * 60
LONGEST_WAIT_SECONDS = 60
REMEMBERED = 10_000  # names and addresses; who floods us with new ones pushes out the oldest


class SlowDown(NotAllowed):
    """A try that was not made, since the one before was wrong too short a time ago."""

    code = "slow_down"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords; wait {seconds} seconds, then try again")
        self.seconds = seconds


@dataclass(frozen=True)
class Key:
    """Who is tried, or from where, and how many wrong tries are nothing unusual for it."""

    name: str
    usual: int


class Patience:
    """Counts the tries of the last quarter of an hour; each beyond the usual doubles the wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, *keys: Key) -> None:
        """Count a try before it is made, so that many at once are no way round.

        Raises SlowDown, and counts nothing, while a wait lasts.
        """
        with self._lock:
            seconds = max(self._wait(key) for key in keys)
            if seconds > 0:
                raise SlowDown(math.ceil(seconds))
            for key in keys:
                self._recent(key).append(self._clock())
                self._tries.move_to_end(key.name)
            while len(self._tries) > REMEMBERED:
                self._tries.popitem(last=False)

    def right(self, name: Key, address: Key) -> None:
        """Forget the wrong tries at a name, and that one of an address was a try."""
        with self._lock:
            self._tries.pop(name.name, None)
            recent = self._recent(address)
            if recent:
                recent.pop()

    def _wait(self, key: Key) -> float:
        recent = self._recent(key)
        beyond = len(recent) - key.usual
        if beyond < 0:
            return 0
        return recent[-1] + min(2.0**beyond, LONGEST_WAIT_SECONDS) - self._clock()

    def _recent(self, key: Key) -> deque[float]:
        recent = self._tries.setdefault(key.name, deque(maxlen=key.usual + 10))
        while recent and recent[0] < self._clock() - WINDOW_SECONDS:
            recent.popleft()
        return recent
