"""The environment that models are trained in: which of several processes this one is."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Launched:
    """One of the processes that torchrun or accelerate has started, or the only one."""

    number: int = 0
    of: int = 1
    on_machine: int = 0

    @property
    def first(self) -> bool:
        return self.number == 0


def launched() -> Launched:
    """Return which process this is, as torchrun and accelerate say it to each."""
    try:
        return Launched(
            number=int(os.environ.get("RANK", "0")),
            of=int(os.environ.get("WORLD_SIZE", "1")),
            on_machine=int(os.environ.get("LOCAL_RANK", "0")),
        )
    except ValueError:
        return Launched()
