"""Put the rows of a ratings file together: items, raters, assignments and their judgements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from db.errors import BadRow
from pipeline.importing.rating_cells import CellRefused
from pipeline.importing.rating_rows import RatingRow

T = TypeVar("T")


class ItemKey(NamedTuple):
    """What makes an item one: a repeat of a unit is an item of its own."""

    item: str
    system: str
    is_repeat: bool


@dataclass(slots=True)
class RatedItem:
    key: ItemKey
    row: int
    is_calibration: bool
    question: str | None
    original: ItemKey | None = None

    @property
    def unit(self) -> tuple[str, str]:
        return self.question or self.key.item, self.key.system


@dataclass(slots=True)
class RatedJudgement:
    row: int
    values: dict[str, int | None] = field(default_factory=dict)
    comment: str | None = None
    flags: str | None = None
    seconds: float | None = None
    submitted_at: datetime | None = None


@dataclass(slots=True)
class RatedAssignment:
    """What one rater did with one item; without revisions it is still to be answered."""

    item: ItemKey
    rater: str
    row: int
    position: int | None = None
    revisions: dict[int, RatedJudgement] = field(default_factory=dict)
    seen: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass
class Ratings:
    """All that a file says."""

    study: str | None = None
    criteria: dict[str, None] = field(default_factory=dict)
    items: dict[ItemKey, RatedItem] = field(default_factory=dict)
    groups: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    assignments: dict[tuple[ItemKey, str], RatedAssignment] = field(default_factory=dict)


def together(rows: Iterable[RatingRow], *, bad: list[BadRow]) -> Ratings:
    """Return what the rows say; those that contradict earlier ones are put into `bad`.

    Criteria, items and raters are in the order of the file.
    """
    ratings = Ratings()
    for row in rows:
        try:
            _add(ratings, row)
        except CellRefused as refused:
            bad.append(BadRow(row.number, refused.code, refused.why))
    bad.extend(_link_repeats(ratings.items))
    return ratings


def _add(ratings: Ratings, row: RatingRow) -> None:
    ratings.study = _agreed(ratings.study, row.study, what="study", row=1)
    item = _item(ratings, row)
    group, since = ratings.groups.get(row.rater, (None, row.number))
    group = _agreed(group, row.group, what=f"group of the rater {row.rater}", row=since)
    ratings.groups[row.rater] = (group, since)
    key = (item.key, row.rater)
    assignment = ratings.assignments.get(key)
    if assignment is None:
        assignment = RatedAssignment(item.key, row.rater, row.number)
        ratings.assignments[key] = assignment
    assignment.position = _agreed(
        assignment.position, row.position, what="position of this assignment", row=assignment.row
    )
    _add_values(ratings, assignment, row)


def _item(ratings: Ratings, row: RatingRow) -> RatedItem:
    key = ItemKey(row.item, row.system, row.is_repeat)
    item = ratings.items.get(key)
    if item is None:
        item = RatedItem(key, row.number, row.is_calibration, row.question)
        ratings.items[key] = item
    item.question = _agreed(
        item.question, row.question, what=f"question_id of the item {row.item}", row=item.row
    )
    if item.is_calibration != row.is_calibration:
        raise CellRefused(
            "conflict", f"is_calibration of the item {row.item} is not what row {item.row} says"
        )
    return item


def _add_values(ratings: Ratings, assignment: RatedAssignment, row: RatingRow) -> None:
    revision = row.revision or 1
    for criterion, _ in row.values:
        ratings.criteria.setdefault(criterion)
        first = assignment.seen.setdefault((criterion, revision), row.number)
        if first != row.number:
            raise CellRefused(
                "duplicate",
                f"{criterion} of item {row.item}, system {row.system} and rater {row.rater}"
                f" is in row {first} already",
            )
    if row.is_blank:
        return
    judgement = assignment.revisions.get(revision)
    if judgement is None:
        judgement = RatedJudgement(row.number)
        assignment.revisions[revision] = judgement
    judgement.values.update(row.values)
    at = judgement.row
    judgement.comment = _agreed(judgement.comment, row.comment, what="comment", row=at)
    judgement.flags = _agreed(judgement.flags, row.flags, what="flags", row=at)
    judgement.seconds = _agreed(judgement.seconds, row.seconds, what="seconds", row=at)
    judgement.submitted_at = _agreed(
        judgement.submitted_at, row.submitted_at, what="submitted_at", row=at
    )


def _agreed(known: T | None, given: T | None, *, what: str, row: int) -> T | None:
    """Return what is known or given; of two different things the later row is refused."""
    if given is None or given == known:
        return known
    if known is None:
        return given
    raise CellRefused(
        "conflict", f"the {what} is {given} here, but {known} further up (from row {row} on)"
    )


def _link_repeats(items: dict[ItemKey, RatedItem]) -> Iterator[BadRow]:
    originals: dict[tuple[str, str], list[ItemKey]] = defaultdict(list)
    for item in items.values():
        if not item.key.is_repeat:
            originals[item.unit].append(item.key)
    for item in items.values():
        if not item.key.is_repeat:
            continue
        candidates = originals[item.unit]
        same = item.key._replace(is_repeat=False)
        if same in candidates:
            candidates = [same]
        if len(candidates) == 1:
            item.original = candidates[0]
            continue
        found = "no item" if not candidates else f"{len(candidates)} items"
        yield BadRow(
            item.row,
            "no_original",
            f"item {item.key.item} is a repeat, and the file has {found} of the same question and"
            f" system {item.key.system} that it could repeat",
        )
