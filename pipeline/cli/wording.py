"""Words that several commands say: counts, and what must be known of every result."""

from collections.abc import Mapping

RESEARCH_ONLY = "for research only: the answers are by models, not by professionals"


def many(n: int, what: str) -> str:
    """Return a number of things.

    >>> many(1, "item"), many(1200, "item")
    ('1 item', '1,200 items')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def counted(names: Mapping[str, int]) -> str:
    """Return names with the number of each.

    >>> counted({"rumination": 1200, "other": 3})
    'rumination (1,200), other (3)'
    """
    return ", ".join(f"{name} ({n:,})" for name, n in names.items())
