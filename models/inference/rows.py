"""What a model is asked to answer, and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Finish = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as tokens; `key` names it, and seeds what is drawn for its answer."""

    key: str
    prompt: Sequence[int]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as tokens, without the one that stopped it; `place` is its prompt's in the list."""

    place: int
    tokens: Sequence[int]
    finish: Finish


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is: rows that are written at once, tokens written, and prompts that wait."""

    rows: int
    tokens: int
    waiting: int


@dataclass(frozen=True)
class Listener:
    """Who is told of each step, and of what went wrong; `going` ends it by saying no."""

    step: Callable[[Pace], None] = lambda _: None
    word: Callable[[str], None] = lambda _: None
    going: Callable[[], bool] = lambda: True


@dataclass(slots=True)
class Row:
    """One prompt on its way; `draws` are its own, whatever else is in the batch."""

    place: int
    key: str
    prompt: Sequence[int]
    draws: Random
    tokens: list[int] = field(default_factory=list)
    finish: Finish | None = None

    @property
    def length(self) -> int:
        return len(self.prompt) + len(self.tokens)
