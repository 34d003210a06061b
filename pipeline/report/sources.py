"""Collect the figures that a report tells, each with the way back to it."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.errors import KnownError
from pipeline.report.document.blocks import Source
from pipeline.tidy import defused

Choice = str | tuple[str, ...]
Scored = tuple[str, str, str]  # a criterion, a system, a rater: what tells rows with scores apart


@dataclass(frozen=True)
class Finding:
    """The JSON that a command prints; without it, why there is nothing to print.

    Neither is there of what a study of this kind does not ask for.
    """

    command: str = ""
    whole: dict[str, Any] = field(default_factory=dict)
    why: str = ""


def asked(words: Iterable[str], find: Callable[[], dict[str, Any]]) -> Finding:
    """Return what a command finds, or why it finds nothing, in its own sentence."""
    command = shlex.join(["cbt", *words, "--json"])
    try:
        return Finding(command, find())
    except KnownError as error:
        return Finding(command, why=error.message)


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
