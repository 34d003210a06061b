"""Read the rows of a ratings file, long or wide, by the names of its columns."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple

from db.errors import BadRow, FileRejected
from pipeline.importing.rating_cells import LONGEST_NAME, CellRefused, Cells
from pipeline.tidy import COLUMNS, WIDE_ITEM, can_be_criterion, is_showable

OF_ROW = [column for column in COLUMNS if column not in ("criterion", "value")]
REQUIRED = ("item", "system", "rater")
OFF_SCALE = "off_scale"
FIRST_ROWS = 1_000  # JSON and spreadsheets leave out empty cells, so one row shows no header


class RatingRow(NamedTuple):
    """What one row says: in a long file of one criterion, in a wide one of all."""

    number: int
    study: str | None
    item: str
    question: str | None
    system: str
    rater: str
    group: str | None
    comment: str | None
    flags: str | None
    position: int | None
    seconds: float | None
    revision: int | None
    submitted_at: datetime | None
    is_repeat: bool
    is_calibration: bool
    values: tuple[tuple[str, int | None], ...]

    @property
    def is_blank(self) -> bool:
        """Whether it says only that something is assigned."""
        given = (self.revision, self.submitted_at, self.comment, self.flags, self.seconds)
        return all(cell is None for cell in given) and all(v is None for _, v in self.values)


@dataclass(frozen=True)
class Scale:
    low: int
    high: int


PAPERS_SCALE = Scale(0, 2)


@dataclass(frozen=True)
class Layout:
    """Where a file has what: its column for each of OF_ROW (or None), and for the values.

    A long file has one `criterion` and one `value` column, a wide one a column a criterion;
    `ignored` are other columns.
    """

    of_row: list[str | None]
    long: tuple[str, str] | None
    wide: list[tuple[str, str]]
    ignored: list[str]


class RatingRows:
    """The rows of one file; those that cannot be read are put into `bad`."""

    def __init__(
        self,
        rows: Iterable[tuple[int, Mapping[str, Any]]],
        *,
        cells: Cells,
        scale: Scale,
        bad: list[BadRow],
        criteria: Sequence[str] | None = None,
    ) -> None:
        """Read all criteria, or only those that are given; the others are ignored."""
        self._rows = iter(rows)
        self._cells = cells
        self._scale = scale
        self._readers = [cells.readers[column] for column in OF_ROW]
        self._header: dict[str, None] = {}
        self._layout = Layout([], None, [], [])
        self._chosen = None if criteria is None else frozenset(criteria)
        self._left_out: dict[str, None] = {}
        self.bad = bad
        self.good = 0
        self.words: dict[str, tuple[int, str]] = {}

    @property
    def ignored_columns(self) -> list[str]:
        return self._layout.ignored

    @property
    def ignored_criteria(self) -> list[str]:
        """The criteria of a long file that were not to be read."""
        return list(self._left_out)

    @property
    def criteria_columns(self) -> list[str]:
        """The columns of a wide file that are read as criteria."""
        return [name for name, _ in self._layout.wide]

    def __iter__(self) -> Iterator[RatingRow]:
        """Yield what can be read. Raises FileRejected for a header that lacks a column."""
        first = list(islice(self._rows, FIRST_ROWS))
        if not first and self.bad:
            return  # not one row fits the header: the rows say what is wrong
        self._read_header(key for _, row in first for key in row)
        for number, row in chain(first, self._rows):
            if not row.keys() <= self._header.keys():
                self._read_header(row)
            if self._is_left_out(row):
                continue
            try:
                yield self._parsed(number, row)
                self.good += 1
            except CellRefused as refused:
                self.bad.append(BadRow(number, refused.code, refused.why))

    def _read_header(self, columns: Iterable[str]) -> None:
        self._header.update(dict.fromkeys(columns))
        self._layout = layout_of(list(self._header), self._cells.header, chosen=self._chosen)

    def _is_left_out(self, row: Mapping[str, Any]) -> bool:
        """Whether this is the row of a criterion that is not to be read."""
        if self._chosen is None or self._layout.long is None:
            return False
        criterion = row.get(self._layout.long[0])
        name = self._cells.header(criterion) if isinstance(criterion, str) else str(criterion)
        if not name or criterion is None or name in self._chosen:
            return False
        self._left_out.setdefault(_shown(name))
        return True

    def _parsed(self, number: int, row: Mapping[str, Any]) -> RatingRow:
        cells = [None if place is None else row.get(place) for place in self._layout.of_row]
        try:
            known = [reader(cell) for reader, cell in zip(self._readers, cells, strict=True)]
        except (CellRefused, TypeError):  # TypeError: a list or an object, which JSON can hold
            known = [self._one(column, cell) for column, cell in zip(OF_ROW, cells, strict=True)]
        parsed = RatingRow._make((number, *known, self._values(number, row)))
        for column, cell in zip(REQUIRED, (parsed.item, parsed.system, parsed.rater), strict=True):
            if cell is None:
                raise CellRefused(f"no_{column}", f"there is no {column}")
        return parsed

    def _one(self, column: str, cell: Any, *, called: str | None = None) -> Any:
        """Read one cell, so that what is wrong can name its column."""
        name = called or column
        if isinstance(cell, list | dict):
            raise CellRefused("not_a_text", f"{name} holds a list or an object")
        try:
            return self._cells.readers[column](cell)
        except CellRefused as refused:
            raise CellRefused(refused.code, f"{name} {cell!r} {refused.why}") from refused

    def _values(self, number: int, row: Mapping[str, Any]) -> tuple[tuple[str, int | None], ...]:
        layout = self._layout
        if layout.long is None:
            return self._wide_values(number, row)
        named, value = layout.long
        criterion = self._one("criterion", row.get(named))
        if criterion is None:
            raise CellRefused("no_criterion", "there is no criterion")
        return ((criterion, self._value(row.get(value), called="value")),)

    def _wide_values(
        self, number: int, row: Mapping[str, Any]
    ) -> tuple[tuple[str, int | None], ...]:
        columns = self._layout.wide
        try:
            return tuple((name, self._value(row.get(at), called=name)) for name, at in columns)
        except CellRefused:
            for name, at in columns:
                if _is_word(row.get(at)):
                    self.words.setdefault(name, (number, row[at]))
            raise

    def _value(self, cell: Any, *, called: str) -> int | None:
        value: int | None = self._one("value", cell, called=called)
        scale = self._scale
        if value is not None and not scale.low <= value <= scale.high:
            raise CellRefused(
                OFF_SCALE, f"{called} {value} is off the scale {scale.low} to {scale.high}"
            )
        return value


def _is_word(cell: Any) -> bool:
    """Whether a cell holds a text that is no number, as a column of notes does."""
    if not isinstance(cell, str) or not cell.strip():
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def layout_of(
    header: Sequence[str], plain: Callable[[str], str], *, chosen: Collection[str] | None = None
) -> Layout:
    """Return where a file with this header has what; `plain` undoes what a spreadsheet's adds.

    Of a wide file, `chosen` are the columns to read as criteria. Raises FileRejected naming what
    is missing or there twice.
    """
    places: dict[str, str] = {}
    others: dict[str, str] = {}
    for place in header:
        name = plain(place)
        known = _known(name)
        found = places if known else others
        if (known or name) in found:
            raise FileRejected(f"the file has two columns for {known or name}; keep one")
        found[known or name] = place
    is_long = "criterion" in places or "value" in places
    wanted = [*REQUIRED, *(("criterion", "value") if is_long else ())]
    missing = [column for column in wanted if column not in places]
    wide = {} if is_long else _criteria(others, chosen)
    if missing or not (is_long or wide or chosen):
        raise FileRejected(_what_is_missing(header, missing))
    return Layout(
        of_row=[places.get(column) for column in OF_ROW],
        long=(places["criterion"], places["value"]) if is_long else None,
        wide=list(wide.items()),
        ignored=[_shown(name) for name in others if name not in wide],
    )


def _criteria(others: Mapping[str, str], chosen: Collection[str] | None) -> dict[str, str]:
    """Return the columns of a wide file that hold criteria."""
    found = {
        name: place
        for name, place in others.items()
        if (chosen is None or name in chosen) and can_be_criterion(name)
    }
    for name in found:
        if len(name) > LONGEST_NAME or not is_showable(name):
            raise FileRejected(
                f"the column {name[:LONGEST_NAME]!r} cannot be a criterion, as its name is longer"
                f" than {LONGEST_NAME} characters or holds one that is not shown; rename it"
            )
    return found


def _shown(name: str) -> str:
    return name if name and is_showable(name) else repr(name)


def _known(name: str) -> str | None:
    lower = name.lower()
    if lower == WIDE_ITEM:
        return "item"
    return lower if lower in COLUMNS else None


def _what_is_missing(header: Sequence[str], missing: Sequence[str]) -> str:
    there = ", ".join(map(_shown, header))
    lacks = f"has no column {', '.join(missing)}" if missing else "has no column with scores"
    return (
        f"the file {lacks}; a long file needs item, system, rater, criterion and value, a wide one"
        f" item_id, system, rater and a column for each criterion (this one has: {there})"
    )
