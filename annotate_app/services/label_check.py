"""Check what a labeller or a lead says of an item: labels of the set, evidence inside the text."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from annotate_app.services.answers import NotUnderstood
from db.columns import Presence
from db.errors import NotAllowed
from db.labels import CONFIDENCES, PRESENCES, GivenLabel, Labelling, Span

MOST_SPANS = 100  # of one label


class PresenceMissing(NotAllowed):
    code = "presence_missing"


class LabelsWithoutPresence(NotAllowed):
    code = "labels_without_presence"


class LabelUnknown(NotAllowed):
    code = "label_unknown"


class PrimaryMissing(NotAllowed):
    code = "primary_missing"


class SpanOutside(NotAllowed):
    code = "span_outside"


def read(values: Mapping[str, Any], labels: Sequence[Any]) -> Labelling:
    """Return what a desk sent. Raises NotUnderstood for another shape, PresenceMissing."""
    if not values.keys() <= {"presence", "confidence"}:
        raise NotUnderstood("an answer has a presence, a confidence and labels, nothing else")
    presence, confidence = values.get("presence"), values.get("confidence")
    if presence is None:
        raise PresenceMissing("say whether a distortion is present, absent or cannot be told")
    if presence not in PRESENCES:
        raise NotUnderstood(f"presence is one of {', '.join(PRESENCES)}")
    if isinstance(confidence, bool) or confidence not in CONFIDENCES:
        raise NotUnderstood("confidence is 1, 2, 3 or not given")
    return Labelling(cast(Presence, presence), tuple(map(_label, labels)), confidence)


def check(given: Labelling, *, known: Collection[str], texts: Mapping[str, str]) -> None:
    """Raise NotAllowed, as one of the classes above, for an answer that cannot be kept.

    `known` are the ids of the study's labels, `texts` those of the item that are labelled.
    """
    if given.labels and given.presence != "yes":
        raise LabelsWithoutPresence("labels go with “present” only; take them away, or say present")
    unknown = [label.id for label in given.labels if label.id not in known]
    if unknown:
        raise LabelUnknown(f"this study has no label {', '.join(unknown)}; use those it shows")
    if len(given.ids) < len(given.labels):
        raise NotUnderstood("a label is given twice")
    if given.labels and sum(label.primary for label in given.labels) != 1:
        raise PrimaryMissing("mark one of the labels as the primary one")
    for label in given.labels:
        for span in label.spans:
            if not 0 <= span.start < span.end <= len(texts.get(span.field, "")):
                raise SpanOutside(
                    f"evidence for {label.id} lies outside the text ({span.field} {span.start} to"
                    f" {span.end}); mark it again"
                )


def _label(sent: Any) -> GivenLabel:
    if not (isinstance(sent, dict) and sent.keys() == {"label", "primary", "spans"}):
        raise NotUnderstood("a label is sent as label, primary and spans")
    id_, primary, spans = sent["label"], sent["primary"], sent["spans"]
    if not (isinstance(id_, str) and isinstance(primary, bool) and isinstance(spans, list)):
        raise NotUnderstood("a label has an id, is primary or not, and has a list of spans")
    if len(spans) > MOST_SPANS:
        raise NotUnderstood(f"a label has at most {MOST_SPANS} spans")
    return GivenLabel(id_, primary, tuple(map(_span, spans)))


def _span(sent: Any) -> Span:
    if not (isinstance(sent, dict) and sent.keys() == set(Span._fields)):
        raise NotUnderstood("a span is sent as field, start and end")
    if not (isinstance(sent["field"], str) and _whole(sent["start"]) and _whole(sent["end"])):
        raise NotUnderstood("a span has a field, and its ends in characters")
    return Span(**sent)


def _whole(number: Any) -> bool:
    return type(number) is int
