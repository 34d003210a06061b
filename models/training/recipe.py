"""How a model is trained: the paper's recipe, and what the paper leaves open."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.errors import ModelError

Precision = Literal["auto", "bf16", "fp16", "fp32"]
TooLong = Literal["drop", "shorten", "refuse"]
Compile = Literal["auto", "on", "off"]


@dataclass(frozen=True)
class Recipe:
    """Every setting that decides what is learned; the defaults are the paper's where it gives any.

    The paper: learning rate, cosine schedule, epochs, accumulation, 16 bit. Ours, as of that time:
    batch, rank, alpha, dropout, and the backbone's own targets where `targets` is empty.
    """

    epochs: int = 3
    learning_rate: float = 5e-5
    warmup: float = 0.0
    weight_decay: float = 0.0
    batch: int = 4
    accumulation: int = 4
    rank: int = 8
    alpha: int = 32
    dropout: float = 0.1
    targets: tuple[str, ...] = ()
    max_tokens: int = 2048
    too_long: TooLong = "drop"
    precision: Precision = "auto"
    quantize: bool = False
    checkpointing: bool = False
    compile: Compile = "auto"
    seed: int = 0

    def as_object(self) -> dict[str, Any]:
        return {**asdict(self), "targets": list(self.targets), "schedule": "cosine"}

    def shared(self, processes: int) -> int:
        """Return the accumulation of one of several processes, so that a step's rows stay equal."""
        if self.accumulation % processes:
            raise ModelError(
                f"an accumulation of {self.accumulation} cannot be shared by {processes}"
                f" processes; give --accumulation a multiple of {processes}, or start fewer"
            )
        return self.accumulation // processes
