"""Put the rows of a gold file together by item, and tell what the store lacks of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from db.columns import Presence
from db.errors import BadRow
from db.gold import StoredAnswer
from pipeline.codebook.distortions import folded
from pipeline.importing.fields import FieldRefused
from pipeline.importing.gold_places import Place, Places
from pipeline.importing.gold_rows import GoldRow
from pipeline.tidy_gold import Answer, answer_text

ROWS_NAMED = 5

Said = tuple[Presence, frozenset[str]]  # what an answer says, however its names are written


class Duplicate(NamedTuple):
    """A row that says again what an earlier row of the file says of the same item."""

    row: int
    same_as: int


class Conflict(NamedTuple):
    """The rows of an item that has several answers, and all of these."""

    rows: list[int]
    answers: list[str]


@dataclass
class Gathered:
    """What the file says of one item; `fresh` rows have answers that the store lacks.

    `said` holds the answers of the store and the file, with the file's first row for each.
    """

    rows: list[GoldRow] = field(default_factory=list)
    fresh: list[GoldRow] = field(default_factory=list)
    said: dict[Said, tuple[str, int | None]] = field(default_factory=dict)
    pred: Answer | None = None
    pred_row: int | None = None
    pred_is_new: bool = False

    @property
    def conflicting(self) -> bool:
        return len(self.said) > 1

    @property
    def answered(self) -> list[int]:
        """The rows that have an answer."""
        return [row.number for row in self.rows if row.gold is not None]


@dataclass
class Merged:
    items: dict[Place, Gathered] = field(default_factory=dict)
    duplicates: list[Duplicate] = field(default_factory=list)

    @property
    def rows(self) -> list[GoldRow]:
        return [row for gathered in self.items.values() for row in gathered.rows]

    @property
    def added(self) -> int:
        """How many rows add something: an answer, or an item that has none."""
        return sum(
            max(len(gathered.fresh), not isinstance(place, int))
            for place, gathered in self.items.items()
        )

    @property
    def adds_something(self) -> bool:
        return bool(self.added) or any(each.pred_is_new for each in self.items.values())

    @property
    def conflicts(self) -> list[Conflict]:
        return [
            Conflict(gathered.answered, [text for text, _ in gathered.said.values()])
            for gathered in self.items.values()
            if gathered.conflicting
        ]


@dataclass(frozen=True)
class Known:
    """What the store holds of a study: answers and predictions by the ids of its items."""

    answers: Mapping[int, Sequence[StoredAnswer]]
    predictions: Mapping[int, StoredAnswer]


def merge(
    rows: Iterable[GoldRow], places: Places, known: Known, *, bad: list[BadRow], strict: bool
) -> Merged:
    """Return the rows by item; those that no item takes go to `bad`.

    With `strict`, so do the rows of conflicts.
    """
    merged = Merged()
    for row in rows:
        try:
            _add(merged, places.of(row), row, known)
        except FieldRefused as refused:
            bad.append(BadRow(row.number, refused.code, refused.why))
    if not (strict and merged.conflicts):
        return merged
    bad.extend(each for gathered in merged.items.values() for each in _refused(gathered))
    good = [row for g in merged.items.values() if not g.conflicting for row in g.rows]
    return merge(sorted(good, key=lambda row: row.number), places, known, bad=bad, strict=False)


def said(answer: Answer | StoredAnswer) -> Said:
    return answer.presence, frozenset(map(folded, answer.labels))


def _add(merged: Merged, place: Place, row: GoldRow, known: Known) -> None:
    gathered = merged.items.get(place)
    if gathered is None:
        gathered = _begun(place, known)
    _add_prediction(gathered, row)
    merged.items[place] = gathered
    gathered.rows.append(row)
    if row.gold is None:
        return
    key = said(row.gold)
    text, first = gathered.said.get(key, (answer_text(*row.gold), None))
    if first is not None:
        merged.duplicates.append(Duplicate(row.number, first))
        return
    if key not in gathered.said:
        gathered.fresh.append(row)
    gathered.said[key] = text, row.number


def _begun(place: Place, known: Known) -> Gathered:
    gathered = Gathered()
    if isinstance(place, int):
        for answer in known.answers.get(place, ()):
            gathered.said[said(answer)] = answer_text(*answer), None
        found = known.predictions.get(place)
        gathered.pred = Answer(*found) if found else None
    return gathered


def _add_prediction(gathered: Gathered, row: GoldRow) -> None:
    if row.pred is None:
        return
    if gathered.pred is None:
        gathered.pred, gathered.pred_row, gathered.pred_is_new = row.pred, row.number, True
    elif said(gathered.pred) != said(row.pred):
        where = f"row {gathered.pred_row}" if gathered.pred_row else "the store"
        raise FieldRefused("other_pred", f"has another pred than {where} has for the same item")


def _refused(gathered: Gathered) -> Iterable[BadRow]:
    """Say of each row of a conflict that it is one."""
    if not gathered.conflicting:
        return
    answers = ", ".join(text for text, _ in gathered.said.values())
    for number in gathered.answered:
        others = [str(other) for other in gathered.answered if other != number][:ROWS_NAMED]
        where = f"row {', '.join(others)}" if others else "the store"
        why = f"has one of several answers to the same text ({answers[:100]}), as has {where}"
        yield BadRow(number, "conflict", why)
