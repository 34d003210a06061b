"""Collect the figures that a report tells, each with the way back to it."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.errors import KnownError
from pipeline.report.blocks import Cell, Number, Piece, Source
from pipeline.tidy import defused

Choice = str | tuple[str, ...]
Scored = tuple[str, str, str]  # a criterion, a system, a rater: what tells rows with scores apart
NONE = "–"


@dataclass(frozen=True)
class Finding:
    """The JSON that a command prints, or None and the reason why there is nothing to print."""

    command: str
    whole: dict[str, Any] | None
    why: str = ""


def asked(words: Iterable[str], find: Callable[[], dict[str, Any]]) -> Finding:
    """Return what a command finds, or why it finds nothing, in its own sentence."""
    command = shlex.join(["cbt", *words, "--json"])
    try:
        return Finding(command, find())
    except KnownError as error:
        return Finding(command, None, error.message)


@dataclass(frozen=True)
class Rows:
    """Rows of a file beside the report: for each column, the value or values to keep."""

    file: str
    chosen: Mapping[str, Choice]


@dataclass
class Sources:
    """The figures told so far; `file` holds their rows, `scored` counts those with a score."""

    study: str
    file: str
    scored: Counter[Scored] = field(default_factory=Counter)
    told: dict[str, Source] = field(default_factory=dict)

    def figure(
        self,
        id_: str,
        about: str,
        finding: Finding,
        at: tuple[str | int, ...],
        *,
        rows: Rows | None = None,
        n: int | None = None,
    ) -> Source:
        """Return the figure at a place in what a command found, and remember it.

        The place holds a number or an interval of the contract, which has its number as `value`.
        """
        found = resolved(finding.whole, at)
        if isinstance(found, dict):
            at = (*at, "value")
        else:
            found = {"value": found}
        source = Source(
            id=named(id_),
            about=about,
            value=found["value"],
            command=finding.command,
            at=pointer(at),
            rows=rows.chosen if rows else {},
            file=rows.file if rows else "",
            low=found.get("low"),
            high=found.get("high"),
            level=found.get("level"),
            method=found.get("method") or "",
            n=n if n is not None else found.get("n"),
            code=found.get("code") or "",
            reason=found.get("reason") or "",
        )
        self.told[source.id] = source
        return source

    def again(self, id_: str) -> Source:
        """Return a figure that was told before."""
        return self.told[named(id_)]

    def rows(self, **chosen: Choice | None) -> Rows:
        """Return these rows of the study's own file, without repeats unless these are asked for."""
        return self.rows_of(self.file, chosen)

    def rows_of(self, file: str, chosen: Mapping[str, Choice | None]) -> Rows:
        """Return these rows of a file, without repeats unless these are asked for.

        Cells are named as they stand in the file, where a spreadsheet runs no formula.
        """
        marks = {"is_repeat": "false", "is_calibration": "false"}
        kept = {"study": self.study, **chosen} | {k: v for k, v in marks.items() if k not in chosen}
        named = {column: _in_file(value) for column, value in kept.items() if value is not None}
        return Rows(file, named)

    def scores(
        self, criterion: str, *, systems: Iterable[str] = (), raters: Iterable[str] = ()
    ) -> int:
        """Return how many scores there are on a criterion: of some systems or raters, or of all."""
        of_systems, of_raters = set(systems), set(raters)
        return sum(
            n
            for (of, system, rater), n in self.scored.items()
            if of == criterion
            and (not of_systems or system in of_systems)
            and (not of_raters or rater in of_raters)
        )


def named(id_: str) -> str:
    """Return an id as it is written, in one word.

    >>> named("t5.easy to read.S1.mean")
    't5.easy_to_read.S1.mean'
    """
    return "_".join(id_.split())


def _in_file(value: Choice) -> Choice:
    return defused(value) if isinstance(value, str) else tuple(map(defused, value))


def resolved(whole: Any, at: Iterable[str | int]) -> Any:
    """Return what stands at a place in a JSON value."""
    for step in at:
        whole = whole[step]
    return whole


def pointer(at: Iterable[str | int]) -> str:
    """Return a place in a JSON value as RFC 6901 writes it.

    >>> pointer(("criteria", "a/b", "systems", 0, "value"))
    '/criteria/a~1b/systems/0/value'
    """
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in at)


def places(value: Number | None, digits: int = 3) -> str:
    """Return a number with so many decimals, and a dash for none.

    >>> places(1.7324), places(-0.0001), places(None)
    ('1.732', '0.000', '–')
    """
    return NONE if value is None else f"{value:z.{digits}f}"


def percent(value: Number | None) -> str:
    return NONE if value is None else f"{value:.1%}"


def p_text(value: float | None) -> str:
    """Return a p-value as papers print it.

    >>> p_text(0.04567), p_text(0.00001), p_text(None)
    ('0.046', '<0.001', '–')
    """
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def value_cell(source: Source, shown: str) -> Cell:
    return Cell(shown, (source.value,), source.id)


def interval_cell(source: Source, show: Callable[[Number | None], str] = places) -> Cell:
    """Return a figure and its interval in one cell, of three values in a file of data."""
    values = (source.value, source.low, source.high)
    return Cell(interval_text(source, show), values, source.id)


def interval_text(source: Source, show: Callable[[Number | None], str] = places) -> str:
    if source.low is None or source.high is None:
        return show(source.value)
    return f"{show(source.value)} ({show(source.low)} to {show(source.high)})"


def said(source: Source, show: Callable[[Number | None], str] = places) -> Piece:
    """Return a figure with its interval as a piece of running text."""
    return Piece(interval_text(source, show), id=source.id)
