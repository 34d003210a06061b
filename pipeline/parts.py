"""The five parts of a CBT answer, as spans of its text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.parsing.outline import outlined
from pipeline.parsing.plain import plain

PARTS = ("validation", "thought", "challenge", "strategy", "encouragement")
PARSER = "parser"  # who marked the spans that the parser found, and no person


@dataclass(frozen=True)
class Stretch:
    """A stretch of an answer; `part` is the part that it is, or "" outside of them."""

    text: str
    part: str


@dataclass(frozen=True)
class Parted:
    """A whole answer cut into stretches; `given` tells that its parts came with it."""

    stretches: tuple[Stretch, ...]
    given: bool

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts in the order of the answer, which may be those of another protocol."""
        return tuple(dict.fromkeys(each.part for each in self.stretches if each.part))

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of the five parts that were not found; none where the parts are another's."""
        if self.of_another:
            return ()
        return tuple(part for part in PARTS if part not in self.parts)

    @property
    def of_another(self) -> tuple[str, ...]:
        """The parts that are those of another protocol."""
        return tuple(part for part in self.parts if part not in PARTS)


def spans_of_texts(answer: str, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return where each part's text stands in the answer, in the order of the parts.

    Raises ValueError for a part that there is not, or that does not follow the part before it.

    >>> spans_of_texts("Hard. Try it.", {"strategy": "Try it.", "validation": "Hard."})
    [{'part': 'validation', 'start': 0, 'end': 5}, {'part': 'strategy', 'start': 6, 'end': 13}]
    """
    _refuse_unknown(texts, PARTS)
    spans: list[dict[str, Any]] = []
    end = 0
    for part in PARTS:
        text = texts.get(part, "").strip()
        if not text:
            continue
        start = answer.find(text, end)
        if start < 0:
            after = f" after its part {spans[-1]['part']}" if spans else ""
            raise ValueError(f"has a part {part} whose text is not in the answer{after}")
        end = start + len(text)
        spans.append({"part": part, "start": start, "end": end})
    return spans


def checked_spans(
    answer: str, spans: Sequence[Mapping[str, Any]], *, known: Sequence[str] = PARTS
) -> list[dict[str, Any]]:
    """Return the spans in the order of the text; `known` are the parts that there are.

    Raises ValueError for a part that there is not, given twice, or not inside the text, and for
    spans that overlap.
    """
    names = [str(span.get("part")) for span in spans]
    _refuse_unknown(names, known)
    if len(set(names)) < len(names):
        raise ValueError("gives a part twice")
    for name, span in zip(names, spans, strict=True):
        start, end = span.get("start"), span.get("end")
        inside = type(start) is int and type(end) is int and 0 <= start < end <= len(answer)
        if not inside:
            raise ValueError(
                f"has a part {name} that is not inside the text (0 to {len(answer)}):"
                f" {start} to {end}"
            )
    ordered = sorted(
        ({key: span[key] for key in ("part", "start", "end")} for span in spans),
        key=lambda span: span["start"],
    )
    for before, after in pairwise(ordered):
        if after["start"] < before["end"]:
            raise ValueError(f"has parts {before['part']} and {after['part']} that overlap")
    return ordered


def parse(answer: str) -> list[dict[str, Any]]:
    r"""Return the parts that the answer shows, in its order; [] where it shows none.

    Headings and numbers count before cues. A span holds what is said: the heading and its number
    stand outside. What cannot be told is left out.

    >>> parse("1. 共情：我理解你。\n2. 策略：写下来。")
    [{'part': 'validation', 'start': 6, 'end': 11}, {'part': 'strategy', 'start': 18, 'end': 22}]
    """
    text = plain(answer)
    return [
        {"part": PARTS[span.part], "start": span.start, "end": span.end} for span in outlined(text)
    ]


def marked(answer: str) -> list[dict[str, Any]]:
    """Return the parts as `parse` finds them, marked as the parser's."""
    return [{**span, "by": PARSER} for span in parse(answer)]


def given(spans: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Return the stored spans that came with the answer, or None where the parser found them."""
    if spans is None or any(span.get("by") == PARSER for span in spans):
        return None
    return [dict(span) for span in spans]


def parted(answer: str, spans: Sequence[Mapping[str, Any]] | None) -> Parted:
    """Return the answer cut by the stored spans that came with it, else by those of the parser.

    >>> [each.text for each in parted("Hard. Try it.", [{"part": "validation", "start": 0,
    ...     "end": 5}]).stretches]
    ['Hard.', ' Try it.']
    """
    came = given(spans)
    found = parse(answer) if came is None else came
    return Parted(tuple(_stretches(answer, found)), came is not None)


def _stretches(answer: str, spans: Sequence[Mapping[str, Any]]) -> Iterator[Stretch]:
    end = 0
    for span in sorted(spans, key=lambda span: int(span["start"])):
        start, stop = max(int(span["start"]), end), int(span["end"])
        if start > end:
            yield Stretch(answer[end:start], "")
        if stop > start:
            yield Stretch(answer[start:stop], str(span["part"]))
        end = max(end, stop)
    if end < len(answer):
        yield Stretch(answer[end:], "")


def _refuse_unknown(names: Sequence[str] | Mapping[str, str], known: Sequence[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"has a part {unknown[0]}, where the parts are {', '.join(known)}")
