"""Cut a plain text into the five parts: by headings, else by numbers, else by cues."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from pipeline.parsing.cues import Sentence, Span, scores, sentences, told
from pipeline.parsing.headings import Heading, headings, numbers

ORDER = ("validation", "thought", "challenge", "strategy", "encouragement")
VALIDATION, ENCOURAGEMENT = 0, len(ORDER) - 1
LONGEST_OPENING = 40  # a greeting may stand before the first number
MARKS = re.compile(r"\s*(?:[>•·*-]+\s+)*")


def outlined(text: str) -> list[Span]:
    """Return the parts of a plain text, each at most once, in the order of the text."""
    found = sentences(text)
    starts = [sentence.start for sentence in found]
    return _headed(text, headings(text, starts)) or _numbered(text, starts) or _told(text, found)


def _told(text: str, found: Sequence[Sentence]) -> list[Span]:
    return [_trimmed(text, span) for span in told(text, found)]


def _headed(text: str, found: Sequence[Heading]) -> list[Span]:
    if not found:
        return []
    ends = [*(heading.start for heading in found[1:]), len(text)]
    spans: list[Span] = []
    for heading, end in zip(found, ends, strict=True):
        span = _trimmed(text, Span(ORDER.index(heading.part), heading.end, end))
        if spans and spans[-1].part == span.part:
            spans[-1] = replace(spans[-1], end=span.end)
        elif span.start < span.end and all(span.part != other.part for other in spans):
            spans.append(span)
    return [*_opening(text[: found[0].start], spans), *_with_closing(text, spans)]


def _opening(before: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the validation that stands before the first heading, where none heads one."""
    if all(span.part != VALIDATION for span in spans):
        yield from (span for span in told(before) if span.part == VALIDATION)


def _with_closing(text: str, spans: list[Span]) -> list[Span]:
    """Return the spans; an encouragement that is a paragraph of its own leaves the last one."""
    if not spans or any(span.part == ENCOURAGEMENT for span in spans):
        return spans
    last = spans[-1]
    for span in told(text[last.start : last.end]):
        start = last.start + span.start
        if span.part == ENCOURAGEMENT and text[last.start : start].rstrip(" ").endswith("\n"):
            kept = _trimmed(text, replace(last, end=start))
            return [*spans[:-1], kept, replace(span, start=start, end=last.start + span.end)]
    return spans


def _numbered(text: str, starts: Sequence[int]) -> list[Span]:
    """Return the blocks of a numbered list as parts, if cues say that it is no other list."""
    found = numbers(text, starts)
    if not 3 <= len(found) <= len(ORDER) or len(text[: found[0].start].strip()) > LONGEST_OPENING:
        return []
    ends = [*(number.start for number in found[1:]), len(text)]
    blocks = [(number.end, end) for number, end in zip(found, ends, strict=True)]
    table = [_block_scores(text[start:end]) for start, end in blocks]
    chosen = max(
        combinations(range(len(ORDER)), len(blocks)),
        key=lambda parts: sum(row[part] for row, part in zip(table, parts, strict=True)),
    )
    told_ = [row[part] > 0 for row, part in zip(table, chosen, strict=True)]
    if chosen[0] != VALIDATION or not told_[0] or sum(told_) < len(told_) - 1:
        return []
    spans = [_trimmed(text, Span(part, *block)) for part, block in zip(chosen, blocks, strict=True)]
    return [span for span in spans if span.start < span.end]


def _block_scores(block: str) -> list[float]:
    found = sentences(block)
    return [sum(column) for column in zip(*scores(block, found), strict=True)] or [0.0] * len(ORDER)


def _trimmed(text: str, span: Span) -> Span:
    """Return the span without the spaces around it, and the marks of a list or a quotation."""
    piece = text[span.start : span.end]
    marks = MARKS.match(piece)
    start = span.start + (marks.end() if marks else 0)
    return Span(span.part, start, max(start, span.start + len(piece.rstrip())))
