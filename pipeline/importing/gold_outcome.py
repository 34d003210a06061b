"""Tell what an import of a gold file did, and what the file holds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.columns import Presence
from db.errors import BadRow
from db.gold import ItemTexts
from pipeline.codebook.distortions import resolve
from pipeline.importing.gold_columns import Kind, Layout
from pipeline.importing.gold_merge import Conflict, Duplicate, Merged
from pipeline.importing.gold_places import Place
from pipeline.importing.gold_rows import GoldRow
from pipeline.importing.gold_study import Home
from pipeline.importing.outcome import Caution, Counts, cautions


@dataclass(frozen=True)
class GoldImported:
    """What an import did, and what the file holds.

    `matched_questions` counts the questions that the store had already, `unmatched` are the rows
    that are about none of these, `ambiguous` those of them that could be about several. `missing`
    rows have no answer, and `left_out` counts repeats and calibration items. `presence` and
    `labels` count answers, of duplicates one.
    """

    study: str
    is_new: bool
    counts: Counts
    shape: Kind
    pred_shape: Kind | None
    items: int
    presence: dict[Presence, int]
    labels: dict[str, int]
    unknown_labels: list[str]
    matched_questions: int
    unmatched: list[int]
    ambiguous: list[int]
    missing: list[int]
    duplicates: list[Duplicate]
    conflicts: list[Conflict]
    predictions: int
    warnings: list[Caution]
    ignored: list[str]
    left_out: int = 0


@dataclass(frozen=True)
class Brought:
    """What a file brings to a study: its rows by item, and where new items belong.

    `source` is that of the questions that come with this gold.
    """

    study: str
    source: str
    layout: Layout
    merged: Merged
    homes: Mapping[Place, Home]
    items: Mapping[int, ItemTexts]

    def question(self, place: Place) -> tuple[str, str]:
        """Return the source and the name of the question that an item is about."""
        if isinstance(place, int):
            item = self.items[place]
            return item.source, item.question
        home = self.homes[place]
        return home.source, home.name

    def is_matched(self, place: Place) -> bool:
        return self.question(place)[0] != self.source

    def labels(self) -> list[str]:
        """Return the names of the gold's labels, as they came and in their order."""
        named = [name for row in self.merged.rows if row.gold for name in row.gold.labels]
        return list(dict.fromkeys([*self.layout.gold.labels, *named]))

    def unknown_labels(self) -> list[str]:
        """Return the names, of the gold or of predictions, that the codebook does not know."""
        predicted = self.layout.pred.labels if self.layout.pred else []
        named = [name for row in self.merged.rows if row.pred for name in row.pred.labels]
        names = dict.fromkeys([*self.labels(), *predicted, *named])
        return [name for name in names if resolve(name) is None]


def told(brought: Brought, *, read: int, bad: list[BadRow], is_new: bool) -> GoldImported:
    merged = brought.merged
    added = merged.added
    again = {duplicate.row for duplicate in merged.duplicates}
    answers = [row.gold for row in merged.rows if row.gold and row.number not in again]
    named = Counter(name for answer in answers for name in answer.labels)
    presence = Counter(answer.presence for answer in answers)
    matched = [place for place in merged.items if brought.is_matched(place)]
    pred = brought.layout.pred
    return GoldImported(
        study=brought.study,
        is_new=is_new,
        counts=Counts(read, added, len(merged.rows) - added, bad),
        shape=brought.layout.gold.kind,
        pred_shape=pred.kind if pred else None,
        items=len(merged.items),
        presence={
            "yes": presence["yes"],
            "no": presence["no"],
            "cannot_tell": presence["cannot_tell"],
        },
        labels={name: named[name] for name in brought.labels()},
        unknown_labels=brought.unknown_labels(),
        matched_questions=len({brought.question(place) for place in matched}),
        unmatched=_unmatched(brought, bad),
        ambiguous=_ambiguous(brought, bad),
        missing=sorted(row.number for row in merged.rows if row.gold is None),
        duplicates=sorted(merged.duplicates),
        conflicts=sorted(merged.conflicts),
        predictions=sum(any(row.pred for row in each.rows) for each in merged.items.values()),
        warnings=sorted(_cautions(brought)),
        ignored=brought.layout.ignored,
    )


def _rows(brought: Brought, places: Iterator[Place]) -> list[int]:
    return [row.number for place in places for row in brought.merged.items[place].rows]


def _unmatched(brought: Brought, bad: list[BadRow]) -> list[int]:
    places = (place for place in brought.merged.items if not brought.is_matched(place))
    refused = [each.row for each in bad if each.code == "unmatched"]
    return sorted([*_rows(brought, places), *refused])


def _ambiguous(brought: Brought, bad: list[BadRow]) -> list[int]:
    places = (place for place, home in brought.homes.items() if home.ambiguous)
    refused = [each.row for each in bad if each.code == "ambiguous"]
    return sorted([*_rows(brought, places), *refused])


def _cautions(brought: Brought) -> Iterator[Caution]:
    """Yield what in the texts of new questions could identify a person."""
    for place, home in brought.homes.items():
        if home.id is None and home.text is not None:
            row: GoldRow = brought.merged.items[place].rows[0]
            yield from cautions(row.number, asked=home.text, answers=())
