"""Tell the parts of an answer without headings by cues, in the order in which they come."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.codebook.names import names
from pipeline.parsing.spelling import GAP, Cue, Cues, spellings

CUES = Path(__file__).parent / "cues.toml"
PARTS, THOUGHT, CHALLENGE, STRATEGY = 5, 1, 2, 3
STRONG, WEAK = 2.0, 1.0
MOST = 6.0  # what the cues of one sentence can count together
WITHIN = 1.0  # what a new part costs that begins inside a paragraph,
AMONG = 4.0  # and inside one of several paragraphs, which are parts themselves
SEVERAL = 4
ENOUGH = 2.0  # what a part must count, or it is left out
SHAPE = {THOUGHT, STRATEGY}  # a thought and a strategy: the answer is one in CBT's shape
# A sentence ends with its mark and the quotation marks that close after it, or with its line.
ENDS = re.compile(r"[。!?…]+[\"')]*|(?<!\d)\.[\"')]*(?=\s|$)|\n+")
CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Sentence:
    """A sentence from `start` to `end`; `first` where it begins a paragraph."""

    start: int
    end: int
    first: bool


@dataclass(frozen=True)
class Span:
    """A part, by its number from 0, and where it stands."""

    part: int
    start: int
    end: int


@cache
def _cues() -> Cues:
    parts = tomllib.loads(CUES.read_text("utf-8"))["part"]
    return Cues(
        Cue(head, tail, number, worth)
        for number, part in enumerate(parts)
        for strength, worth in (("strong", STRONG), ("weak", WEAK))
        for cue in part[strength]
        for head, _, tail in (spelling.partition(GAP) for spelling in spellings(cue))
    )


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a plain text, without the spaces around them."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    start, first = 0, True
    ends = [match.span() for match in ENDS.finditer(text)] + [(len(text), len(text))]
    for mark, end in ends:
        piece = text[start:end]
        inside = piece.strip()
        if inside:
            at = start + len(piece) - len(piece.lstrip())
            yield Sentence(at, at + len(inside), first)
        first = "\n" in text[mark:end] or (first and not inside)
        start = end


def scores(text: str, found: Sequence[Sentence]) -> list[list[float]]:
    """Return what the cues in each sentence count for each part, in the order of the parts."""
    table = [[0.0] * PARTS for _ in found]
    starts = [sentence.start for sentence in found]
    for hit in _cues().hits(text):
        table[max(0, bisect_right(starts, hit.start) - 1)][hit.part] += hit.worth
    for name in names(text):
        worth = WEAK if name.everyday else STRONG
        table[max(0, bisect_right(starts, name.start) - 1)][THOUGHT] += worth
    for row, sentence in zip(table, found, strict=True):
        _weigh(row, sentence, text)
    if found:
        table[0][0] += WEAK
        table[-1][-1] += WEAK
    return table


def _frame(table: list[list[float]], found: Sequence[Sentence], spans: Sequence[Span]) -> None:
    """Let what stands before the thought and after the strategy count as the answer's frame.

    People open and close in words of their own, which few cues catch.
    """
    starts = [index for index, sentence in enumerate(found) if sentence.first]
    several = len(starts) > 2
    opening = starts[1] if several else 1  # sentences
    closing = starts[-1] if several else len(found) - 1
    begins = {span.part: span.start for span in spans}
    if begins[THOUGHT] >= found[opening].start:
        table[0][0] += STRONG
        for row in table[:opening]:
            row[0] += WEAK
    if begins[STRATEGY] < found[closing].start:
        table[-1][-1] += STRONG
        for row in table[closing:]:
            row[-1] += WEAK


def _weigh(row: list[float], sentence: Sentence, text: str) -> None:
    """Add what a sentence's place and its question mark tell."""
    place = (sentence.start + sentence.end) / 2 / len(text)
    if text[sentence.end - 1] == "?":
        row[CHALLENGE] += 2 * STRONG
    if place > 0.5:
        row[0] /= 2
    if place < 0.4:
        row[-1] = 0.0
    if max(row) > MOST:
        row[:] = [min(value, MOST) for value in row]


def told(text: str, found: Sequence[Sentence] | None = None) -> list[Span]:
    """Return the parts that cues tell in a plain text; `found` are its sentences, if known.

    Of all ways to cut the sentences into parts in their order, the one counts that agrees with
    the most cues. A part with hardly a cue is left out.
    """
    found = sentences(text) if found is None else found
    if not found:
        return []
    table = scores(text, found)
    spans = _cut(table, found)
    if {span.part for span in spans} >= SHAPE:
        _frame(table, found, spans)
        spans = _cut(table, found)
    return spans


def _cut(table: Sequence[Sequence[float]], found: Sequence[Sentence]) -> list[Span]:
    within = AMONG if sum(sentence.first for sentence in found) >= SEVERAL else WITHIN
    path = best_path(table, [0.0 if sentence.first else within for sentence in found])
    spans = []
    for part in sorted(set(path)):
        own = [index for index, each in enumerate(path) if each == part]
        if sum(table[index][part] for index in own) >= ENOUGH:
            spans.append(Span(part, found[own[0]].start, found[own[-1]].end))
    return spans


def best_path(table: Sequence[Sequence[float]], costs: Sequence[float]) -> list[int]:
    """Return the part of each row, never falling, whose values less the costs of new parts is most.

    `costs` says what a new part costs that begins with this row.

    >>> best_path([[2, 0], [0, 1], [1, 0]], [0, 0, 0])
    [0, 0, 0]
    """
    totals = list(table[0])
    came: list[list[int]] = []
    for row, cost in zip(table[1:], costs[1:], strict=True):
        before: list[int] = []
        best, most = 0, totals[0]  # of the parts so far
        for part, total in enumerate(totals):
            stays = part == 0 or total > most - cost  # else a sentence without a cue stays behind
            before.append(part if stays else best)
            totals[part] = (total if stays else most - cost) + row[part]
            if total > most:
                best, most = part, total
        came.append(before)
    path = [max(range(len(totals)), key=totals.__getitem__)]
    for before in reversed(came):
        path.append(before[path[-1]])
    return path[::-1]
