"""What a labeller, a lead or an outside gold says of an item: presence, distortions, evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from db.columns import Presence

PRESENCES: tuple[Presence, ...] = get_args(Presence)
CONFIDENCES = (1, 2, 3, None)  # low, middle, high, not given
FIELDS = ("question", "description", "answer")  # the texts of an item that a span can lie in


class Span(NamedTuple):
    """Evidence: from `start` up to, not with, `end`, in characters of the stored text."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class GivenLabel:
    """One distortion that was given, by its id in the study's label set."""

    id: str
    primary: bool = False
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Labelling:
    """One answer to a distortion item; only "yes" has labels, and "yes" may have none.

    `confidence` is one of CONFIDENCES.
    """

    presence: Presence
    labels: tuple[GivenLabel, ...] = ()
    confidence: int | None = None

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(label.id for label in self.labels)

    @property
    def primary(self) -> str | None:
        return next((label.id for label in self.labels if label.primary), None)


def of_gold(presence: Presence, names: Iterable[object]) -> Labelling:
    """Return the answer of an outside gold, which has names of labels and nothing else."""
    return Labelling(presence, tuple(GivenLabel(str(name)) for name in names))


def to_values(given: Labelling) -> dict[str, Any]:
    """Return what a judgement's column `values` holds."""
    return {"presence": given.presence, "confidence": given.confidence}


def to_labels(given: Labelling) -> list[dict[str, Any]]:
    """Return what a judgement's column `labels` holds.

    >>> to_labels(Labelling("yes", (GivenLabel("labeling", True, (Span("question", 0, 2),)),)))
    [{'label': 'labeling', 'primary': True, 'spans': [{'field': 'question', 'start': 0, 'end': 2}]}]
    """
    return [
        {"label": label.id, "primary": label.primary, "spans": [s._asdict() for s in label.spans]}
        for label in given.labels
    ]


def read(values: Mapping[str, Any], labels: Sequence[Any] | None) -> Labelling:
    """Return what `to_values` and `to_labels` wrote."""
    return Labelling(
        presence=values["presence"],
        labels=tuple(
            GivenLabel(
                each["label"], each["primary"], tuple(Span(**span) for span in each["spans"])
            )
            for each in labels or ()
        ),
        confidence=values.get("confidence"),
    )


def to_json(given: Labelling) -> dict[str, Any]:
    """Return the whole answer as one object: an adjudication's `before` and `decision`."""
    return {**to_values(given), "labels": to_labels(given)}


def from_json(stored: Mapping[str, Any]) -> Labelling:
    return read(stored, stored["labels"])
