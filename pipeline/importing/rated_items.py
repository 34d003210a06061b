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
    """An item; `original` is the one that a repeat repeats."""

    key: ItemKey
    row: int
    is_calibration: bool
    question: str | None
    original: ItemKey | None = None

    @property
    def unit(self) -> ItemKey:
        """The response that is judged: an item's own, and for a repeat its original's."""
        return self.original or self.key

    @property
    def about(self) -> str:
        """The question: an item without one is a question of its own."""
        return self.question or self.key.item


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
    """All that a file says; `asked` holds the criteria that each system has rows for."""

    study: str | None = None
    criteria: dict[str, None] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
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
    for assignment in ratings.assignments.values():
        _carry_forward(assignment)
    return ratings


def _carry_forward(assignment: RatedAssignment) -> None:
    """Let each revision keep the scores of the one before that it does not mention."""
    values: dict[str, int | None] = {}
    for _, judgement in sorted(assignment.revisions.items()):
        values = judgement.values = values | judgement.values


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
        ratings.asked[row.system].add(criterion)
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
    """Give each repeat its original: the item of the same id, else the only one of its question."""
    originals: dict[tuple[str, str], list[RatedItem]] = defaultdict(list)
    for item in items.values():
        if not item.key.is_repeat:
            originals[item.about, item.key.system].append(item)
    for item in items.values():
        if not item.key.is_repeat:
            continue
        same = items.get(item.key._replace(is_repeat=False))
        if same and item.question in (None, same.question):
            candidates = [same]
        else:
            candidates = originals[item.about, item.key.system]
        if len(candidates) == 1:
            item.original, item.question = candidates[0].key, candidates[0].question
        else:
            yield _unlinked(item, len(candidates))


def _unlinked(item: RatedItem, count: int) -> BadRow:
    found = f"{count} items" if count else "no item"
    why = (
        f"item {item.key.item} is a repeat, and the file has {found} of the question"
        f" {item.about} and the system {item.key.system} that it could repeat"
    )
    if count:
        why += "; give it the item id of the one that it repeats"
    return BadRow(item.row, "no_original", why)
