"""Let each asker ask only so often, with room for a burst."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED = 10_000  # who has not asked for long is forgotten, and begins anew with a full burst


@dataclass
class Pace:
    """So many requests a second from each asker, or so many at once after a rest."""

    per_second: float
    burst: float
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, asker: str) -> float:
        """Count a request and return 0, or return the seconds after which one may be made."""
        now = self.clock()
        left, then = self._left.pop(asker, (self.burst, now))
        left = min(self.burst, left + max(0.0, now - then) * self.per_second)
        allowed = left >= 1
        self._left[asker] = (left - 1 if allowed else left, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0 if allowed else (1 - left) / self.per_second
