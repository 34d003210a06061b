"""Cut rows into batches of like length: seeded, and the same however many processes share them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

POOL = 16  # steps whose rows are sorted by length together: little padding, and still by chance

Batch = tuple[int, ...]
Step = tuple[Batch, ...]


@dataclass(frozen=True)
class Plan:
    """Which rows each step learns from; a step has `accumulation` batches, the last may be empty.

    All processes hold the same plan. Of a step's batches each takes every nth, so that a step has
    the same rows, and the same loss, for any number of processes.
    """

    lengths: tuple[int, ...]
    batch: int
    accumulation: int
    epochs: int
    seed: int

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.lengths) // (self.batch * self.accumulation))

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.epochs

    def epoch(self, number: int) -> tuple[Step, ...]:
        """Return the steps of an epoch, counted from 0: drawn from the seed, each row once."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311 - replayable, not secret
        order = chance.sample(range(len(self.lengths)), k=len(self.lengths))
        rows = self.batch * self.accumulation
        steps: list[Step] = []
        for pool in _cut(order, rows * POOL):
            batches = list(_cut(sorted(pool, key=self._by_length), self.batch))
            chance.shuffle(batches)
            # One that is not full would leave the steps behind it with fewer rows than they need.
            batches.sort(key=lambda batch: len(batch) < self.batch)
            steps += [self._filled(step) for step in _cut(batches, self.accumulation)]
        return tuple(steps)

    def _by_length(self, row: int) -> tuple[int, int]:
        return self.lengths[row], row

    def _filled(self, batches: Sequence[Sequence[int]]) -> Step:
        step = [tuple(batch) for batch in batches]
        return (*step, *[()] * (self.accumulation - len(step)))

    @cached_property
    def costs(self) -> tuple["Cost", ...]:
        """Return what each step of all epochs takes, in tokens."""
        return tuple(
            Cost.of(step, self.lengths)
            for number in range(self.epochs)
            for step in self.epoch(number)
        )

    @property
    def tokens(self) -> int:
        return sum(cost.tokens for cost in self.costs)

    @property
    def places(self) -> int:
        return sum(cost.places for cost in self.costs)

    @property
    def padding(self) -> float:
        """Return which share of what the model computes is nothing but filling."""
        return 1 - self.tokens / self.places if self.places else 0.0

    @property
    def largest(self) -> tuple[int, int]:
        """Return rows and length of the batch that takes most room."""
        return max((cost.largest for cost in self.costs), key=lambda cost: cost[0] * cost[1])


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens of a step, places with those that only fill up, and the shape of its largest batch."""

    tokens: int
    places: int
    largest: tuple[int, int]

    @staticmethod
    def of(step: Step, lengths: Sequence[int]) -> "Cost":
        shapes = [(len(b), max(lengths[row] for row in b)) for b in step if b]
        return Cost(
            tokens=sum(lengths[row] for batch in step for row in batch),
            places=sum(rows * longest for rows, longest in shapes),
            largest=max(shapes, key=lambda shape: shape[0] * shape[1]),
        )


class Share:
    """One process's batches of an epoch, for a data loader."""

    def __init__(self, plan: Plan, *, process: int = 0, processes: int = 1) -> None:
        self.plan, self.process, self.processes = plan, process, processes
        self.number = 0

    @property
    def batch_sampler(self) -> "Share":
        """Return itself: the Trainer tells the epoch to the sampler within a sampler."""
        return self

    def set_epoch(self, number: int) -> None:
        self.number = number

    def __iter__(self) -> Iterator[list[int]]:
        for step in self.plan.epoch(self.number):
            for batch in step[self.process :: self.processes]:
                yield list(batch)

    def __len__(self) -> int:
        return self.plan.steps_per_epoch * self.plan.accumulation // self.processes


def _cut(items: Sequence[int] | list[list[int]], size: int) -> Iterator[list]:  # type: ignore[type-arg]
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
