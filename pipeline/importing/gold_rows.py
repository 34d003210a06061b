"""Read one row of a gold file: what it is about, the gold, and what a detector predicted."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from db.questions import plain
from pipeline.codebook.distortions import folded, resolve
from pipeline.importing.fields import FieldRefused, Fields, identifier, is_missing, text
from pipeline.importing.gold_columns import NAMES, Columns, Layout, flag
from pipeline.importing.rows import Row
from pipeline.tidy import restored
from pipeline.tidy_gold import PRESENCE_OF, Answer, answer_of, answer_of_names, combined

SHOWN = 40
OTHER_JOINTS = re.compile("[,，、;；]")


class GoldRow(NamedTuple):
    """What one row says; `gold` is None only where the row says itself why it has no answer."""

    number: int
    id: str | None
    question_id: str | None
    text: str | None
    gold: Answer | None
    pred: Answer | None

    @property
    def plain_text(self) -> str | None:
        """The text as texts are compared."""
        return None if self.text is None else plain(self.text)


class GoldRows:
    """Reads the rows of one file; files of a spreadsheet hold `defused` names."""

    def __init__(self, layout: Layout, *, defused: bool) -> None:
        self._layout = layout
        self._fields = Fields(NAMES)
        self._restored: Callable[[str], str] = restored if defused else str

    def row(self, row: Row) -> GoldRow:
        """Read a row. Raises FieldRefused naming the field that is wrong."""
        given = self._fields.given(row.values)
        if not {"id", "question_id", "text"} & given.keys():
            raise FieldRefused("no_text", "has neither id, question_id nor text")
        gold = self._answer(self._layout.gold, row.values, "gold")
        if gold is None and "how" not in given:
            why = "has no gold: leave the row out, or write cannot_tell if that is the answer"
            raise FieldRefused("no_gold", why)
        pred = self._layout.pred
        return GoldRow(
            number=row.number,
            id=self._id(given, "id"),
            question_id=self._id(given, "question_id"),
            text=text(given["text"], "text") if "text" in given else None,
            gold=gold,
            pred=self._answer(pred, row.values, "pred") if pred else None,
        )

    def _id(self, given: Mapping[str, Any], field: str) -> str | None:
        value = given.get(field)
        if value is None:
            return None
        return identifier(self._restored(value) if isinstance(value, str) else value, field)

    def _answer(self, columns: Columns, values: Mapping[str, Any], field: str) -> Answer | None:
        """Return what a row answers, or None where all its cells for it are empty."""
        cells = [values.get(place) for _, place in columns.places]
        if all(map(is_missing, cells)):
            return None
        try:
            if columns.kind == "matrix":
                return _of_matrix([label for label, _ in columns.places], cells)
            cell = self._restored(cells[0]) if isinstance(cells[0], str) else cells[0]
            return _of_labels(cell) if columns.kind == "labels" else _of_flag(cell)
        except ValueError as error:
            raise FieldRefused(f"bad_{field}", str(error)) from error


def _of_flag(cell: Any) -> Answer:
    given = flag(cell)
    if given is not None:
        return Answer("yes" if given else "no")
    presence = PRESENCE_OF.get(folded(cell)) if isinstance(cell, str) else None
    if presence is None:
        raise ValueError(f"has {str(cell)[:SHOWN]!r} where 0 or 1 should be")
    return Answer(presence)


def _of_labels(cell: Any) -> Answer:
    if isinstance(cell, str):
        answer = answer_of(cell)
        for joined in filter(_joins_labels, answer.labels):
            raise ValueError(f"has {joined[:SHOWN]!r} as one label; join labels by | instead")
        return answer
    if isinstance(cell, list) and all(isinstance(name, str) for name in cell):
        return answer_of_names(cell)
    raise ValueError(f"has {str(cell)[:SHOWN]!r} where names of labels should be")


def _joins_labels(name: str) -> bool:
    """Say whether a name is several of the codebook's, with a comma or the like between them."""
    names = OTHER_JOINTS.split(name)
    return len(names) > 1 and resolve(name) is None and all(map(resolve, names))


def _of_matrix(labels: Sequence[str], cells: Sequence[Any]) -> Answer:
    """Return the labels whose cells are 1; a column such as "none" takes no other beside it."""
    given: list[str] = []
    for label, cell in zip(labels, cells, strict=True):
        value = flag(cell)
        if value is None:
            there = "nothing" if is_missing(cell) else repr(str(cell)[:SHOWN])
            raise ValueError(f"has {there} in the column {label}, where 0 or 1 should be")
        if value:
            given.append(label)
    words = [label for label in labels if folded(label) in PRESENCE_OF]
    if not given:
        if words:
            raise ValueError(f"has a 1 neither in a label's column nor in {', '.join(words)}")
        return Answer("no")
    return combined(
        [label for label in given if label in words],
        [label for label in given if label not in words],
    )
