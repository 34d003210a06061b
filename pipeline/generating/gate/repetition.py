"""Find what an answer says again and again."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.generating.gate.problems import Finding, finding, quoted

CLAUSE = re.compile('[^，。！？；：…,.!?;:\n“”"]+')
# A clause that comes so many times, from so many characters on (three times as many in English).
SHORTEST = 4
OFTEN: Sequence[tuple[int, int]] = ((SHORTEST, 4), (10, 3))
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
    return [clause for clause in map(str.strip, CLAUSE.findall(text)) if clause]


def repeated(clauses: Sequence[str], language: str) -> Iterator[Finding]:
    """Yield a finding where clauses come back too often, or one of them runs in a circle."""
    example = _loop(clauses, language) or _often(clauses, language)
    if example:
        yield finding("repetition", example=quoted(example))


def _loop(clauses: Sequence[str], language: str) -> str | None:
    longest = max(clauses, key=len, default="")
    loop = LOOP.search(longest) if len(longest) > BREATHLESS * UNITS[language] else None
    return loop[0] if loop else None


def _often(clauses: Sequence[str], language: str) -> str | None:
    unit = UNITS[language]
    some = [clause for clause in clauses if len(clause) >= SHORTEST * unit]
    if len(set(some)) == len(some):
        return None
    counts = Counter(some)
    for clause, count in counts.most_common():
        if any(len(clause) >= least * unit and count >= times for least, times in OFTEN):
            return clause
    again = {
        clause: len(clause) * (count - 1)
        for clause, count in counts.items()
        if count > 1 and len(clause) >= LONG * unit
    }
    if sum(again.values()) < AGAIN * sum(map(len, clauses)):
        return None
    return max(again, key=again.__getitem__, default=None)
