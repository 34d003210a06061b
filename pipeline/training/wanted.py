"""What is asked of a training run, and what it says when it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from models.training.recipe import Recipe


@dataclass(frozen=True)
class Training:
    """What is to be learned from which file, by which base model, and where it goes.

    `template` and the recipe's targets are the base model's own where they are empty; of the data
    the first `limit` records count.
    """

    data: Path
    backbone: str
    out: Path
    recipe: Recipe = field(default_factory=Recipe)
    eval_data: Path | None = None
    template: str | None = None
    save_steps: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Trained:
    """What a run came to; `loss_first` and `loss_last` are those of single steps.

    `tokens` are all that were learned from, `tokens_per_second` those of this run, filling left
    out. `stopped` says that it was interrupted. `known` means that all of it was there before.
    """

    steps: int
    loss_first: float
    loss_last: float
    tokens_per_second: float | None
    resumed_from: int | None
    planned: int
    loss_eval: float | None
    tokens: int
    rows: int
    left_out: Mapping[str, int]
    shortened: int
    padding: float
    seconds: float
    device: str
    precision: str
    template: str
    backbone: str
    out: str
    skipped: tuple[str, ...] = ()
    stopped: Literal["interrupted"] | None = None
    known: bool = False


@dataclass(frozen=True)
class Planned:
    """What a run would do and take; figures that could only be guessed are None.

    `least_bytes` is without what the way back needs; `operations_per_second` is what a matrix
    product reached on this device just now, and `seconds` assumes a share of it.
    """

    steps: int
    steps_per_epoch: int
    rows: int
    left_out: Mapping[str, int]
    shortened: int
    tokens: int
    answer_tokens: int
    longest: int
    padding: float
    eval_rows: int
    weights: int
    adapter_weights: int
    memory_bytes: int
    least_bytes: int
    free_bytes: int
    disk_bytes: int
    operations: float
    operations_per_second: float
    seconds: float
    device: str
    precision: str
    template: str
    backbone: str
    settings: Mapping[str, Any]
    resume_from: int | None = None
