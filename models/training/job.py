"""What a training run works on, what it tells meanwhile, and what it ends with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.loading import Place
from models.settings import Launched
from models.training.batches import Plan
from models.training.recipe import Recipe
from models.training.rows import Rows


@dataclass(frozen=True)
class Job:
    """A base model, and what it is to learn; checkpoints go to a folder of their own.

    Without `save_steps` a checkpoint is written when `SAVE_SECONDS` have passed, and after each
    epoch.
    """

    base: Path
    recipe: Recipe
    targets: tuple[str, ...]
    rows: Rows
    eval_rows: Rows | None
    place: Place
    checkpoints: Path
    processes: Launched
    pad: int
    save_steps: int | None = None

    @property
    def plan(self) -> Plan:
        return Plan(
            lengths=tuple(map(len, self.rows.rows)),
            batch=self.recipe.batch,
            accumulation=self.recipe.accumulation,
            epochs=self.recipe.epochs,
            seed=self.recipe.seed,
        )


@dataclass(frozen=True)
class Logged:
    """One step as it was logged; `tokens` counts all that were learned from since the first."""

    step: int
    epoch: float
    loss: float
    learning_rate: float
    grad_norm: float | None
    tokens: int
    seconds: float
    loss_eval: float | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run is; `seconds_left` is by what this run has needed so far."""

    step: int
    steps: int
    loss: float
    learning_rate: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Outcome:
    """What came of a run; one that was asked to stop has `steps` of `planned`."""

    steps: int
    planned: int
    resumed_from: int | None
    tokens_per_second: float | None
    seconds: float
    skipped: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        return self.steps < self.planned


@dataclass(frozen=True)
class Ears:
    """Who listens: to what is logged, to how far it is, and whether it is to stop.

    `resumed` is told the step from which the run goes on, before anything is logged.
    """

    logged: Callable[[Logged], None]
    progress: Callable[[Progress], None]
    resumed: Callable[[int], None]
    stop: Callable[[], bool]
