"""What a check of the store found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something that should not be so: where, and what."""

    where: str
    what: str
