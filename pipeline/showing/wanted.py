"""What a person wants to be shown: which question, and what beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """One question, named by its id or a study's item, or else drawn by lot with `seed`.

    `source` says whose id it is, or among which questions the lot falls; `search` is a text that
    these hold. `systems` are shown in this order, without any all. A `study` adds its ratings;
    until unblinding its systems are named by code. `set_aside` also shows what answers say that
    are not kept, and `danger` what a question of somebody who may be in danger says.
    """

    question: str | None = None
    source: str | None = None
    item: str | None = None
    search: str | None = None
    seed: int = 0
    systems: tuple[str, ...] = ()
    study: str | None = None
    set_aside: bool = False
    danger: bool = False
