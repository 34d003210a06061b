"""Find what an answer says again and again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.generating.gate.problems import Finding, finding, quoted

CLAUSE = re.compile('[^，。！？；：…,.!?;:\n“”"]+')
# A clause that comes so many times, from so many characters on (three times as many in English).
OFTEN: Sequence[tuple[int, int]] = ((2, 8), (4, 4), (10, 3))
LONG = 8  # a clause of which every return counts towards the share of an answer that is said again
AGAIN = 0.12
UNITS: Mapping[str, int] = {"zh": 1, "en": 3}
BREATHLESS = 80  # a clause so long is looked through for a loop
LOOP = re.compile(r"(.{1,40}?)\1{4,}")


def clauses_of(text: str) -> list[str]:
    """Return what stands between a text's punctuation marks.

    >>> clauses_of("慢慢来，不急。 好吗？")
    ['慢慢来', '不急', '好吗']
    """
    found = CLAUSE.findall(text)
    if " " not in text and "\u3000" not in text:
        return found
    return [clause for clause in map(str.strip, found) if clause]


def repeated(clauses: Sequence[str], language: str) -> Finding | None:
    """Return a finding where clauses come back too often, or one of them runs in a circle."""
    example = _loop(clauses, language) or _often(clauses, language)
    return finding("repetition", example=quoted(example)) if example else None


def _loop(clauses: Sequence[str], language: str) -> str | None:
    if max(map(len, clauses), default=0) <= BREATHLESS * UNITS[language]:
        return None
    loop = LOOP.search(max(clauses, key=len))
    return loop[0] if loop else None


def _often(clauses: Sequence[str], language: str) -> str | None:
    if len(set(clauses)) == len(clauses):
        return None
    unit = UNITS[language]
    counts = {clause: count for clause, count in Counter(clauses).items() if count > 1}
    for clause, count in counts.items():
        if any(len(clause) >= least * unit and count >= times for least, times in OFTEN):
            return clause
    again = {
        clause: len(clause) * (count - 1)
        for clause, count in counts.items()
        if len(clause) >= LONG * unit
    }
    if sum(again.values()) < AGAIN * sum(map(len, clauses)):
        return None
    return max(again, key=again.__getitem__, default=None)
