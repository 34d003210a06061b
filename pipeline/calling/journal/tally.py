"""Count what became of the requests, and how fast."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Entry
from pipeline.calling.work import Called, Progress, Stopped

RATE_SECONDS = 10.0


class Tally:
    """What was committed in this run, and what the journal says that it took."""

    def __init__(self, planned: int) -> None:
        self.planned = planned
        self.attempts = 0  # calls that were begun
        self.began = monotonic()
        self._status: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._said: dict[str, str] = {}
        self._reasons: Counter[str] = Counter()
        self._models: Counter[str] = Counter()
        self._untold = self._ended = 0
        self._tokens = [0, 0]
        self._replies = 0
        self._lately: deque[tuple[float, int]] = deque([(self.began, 0)])

    @property
    def given_up(self) -> int:
        """How many calls were begun and never heard of."""
        return self.attempts - self._ended

    @property
    def done(self) -> int:
        """How many requests have ended, in whatever way."""
        return self._status.total() + self._failed.total()

    def add(self, entries: Sequence[Entry]) -> None:
        """Count what was committed."""
        for entry in entries:
            if entry.settled:
                kept = entry.settled.kept
                self._status[kept.status] += 1
                if kept.status != "kept":
                    # What stands behind a colon is about this one, and would make a list of all.
                    self._reasons[(kept.reason or kept.status).partition(":")[0]] += 1
            if entry.failed:
                self._failed[entry.failed] += 1
                self._said[entry.failed] = entry.why
            if entry.row:
                self._call(entry.row)

    def _call(self, row: Mapping[str, Any]) -> None:
        self._ended += 1
        self._tokens[0] += row["tokens_in"]
        self._tokens[1] += row["tokens_out"]
        if row["error"] is None:
            self._replies += 1
            self._untold += row["usage"] is None
            if row["model"]:
                self._models[row["model"]] += 1

    def progress(self, budget: Budget, *, in_flight: int, cooling_seconds: float = 0.0) -> Progress:
        return Progress(
            self.planned,
            done=self.done,
            failed=self._failed.total(),
            set_aside=self._status["set_aside"],
            refused=self._status["refused"],
            in_flight=in_flight,
            tokens=sum(self._tokens),
            cost=budget.cost_of(*self._tokens),
            rate=self._rate(),
            cooling_seconds=cooling_seconds,
            failures=dict(self._failed),
        )

    def _rate(self) -> float:
        now = monotonic()
        self._lately.append((now, self._replies))
        while now - self._lately[0][0] > RATE_SECONDS:
            self._lately.popleft()
        at, replies = self._lately[0]
        return (self._replies - replies) / (now - at) if now > at else 0.0

    def called(self, run_id: int | None, budget: Budget, stopped: Stopped | None) -> Called:
        """Return the whole, with the most that calls which were not settled can have taken."""
        return Called(
            run_id=run_id,
            kept=self._status["kept"],
            set_aside=self._status["set_aside"],
            refused=self._status["refused"],
            failed=dict(self._failed),
            said=dict(self._said),
            reasons=dict(self._reasons),
            left=max(self.planned - self.done, 0),
            attempts=self.attempts,
            tokens_in=budget.tokens_in,
            tokens_out=budget.tokens_out,
            cost=budget.cost,
            seconds=monotonic() - self.began,
            stopped=stopped,
            models=dict(self._models),
            untold=self._untold,
            earlier_tokens=budget.earlier_tokens,
            earlier_cost=budget.earlier_cost,
        )
