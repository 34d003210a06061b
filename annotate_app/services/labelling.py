"""Check the labels that a labeller gives to an item, with their evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from annotate_app.services import label_check
from annotate_app.services.answers import NotUnderstood
from db import judgements, label_sets
from db.judgements import NewJudgement, Place
from db.labels import FIELDS, Labelling, Span, to_labels, to_values


def checked(session: Session, place: Place, new: NewJudgement) -> NewJudgement:
    """Return what is stored of a labelling: labels in the order of their set, evidence in order.

    Raises the errors of `label_check`, and NotUnderstood for a flag. The label set and the texts
    are looked at only where there are labels and evidence: most of what is saved has neither.
    """
    if new.flags:
        raise NotUnderstood("a labelling has no flags")
    given = label_check.read(new.values, new.labels)
    known: list[str] = []
    if given.labels:
        known = label_sets.known(session, label_set_id=place.label_set_id)
    marked = any(label.spans for label in given.labels)
    texts = judgements.labelled_texts(session, place=place) if marked else {}
    label_check.check(given, known=known, texts=texts)
    given = in_order(given, known)
    return replace(new, values=to_values(given), labels=to_labels(given))


def in_order(given: Labelling, known: Sequence[str]) -> Labelling:
    """Return a labelling as it is stored, in whichever order it was given.

    >>> from db.labels import GivenLabel
    >>> spans = (Span("answer", 7, 9), Span("answer", 0, 3), Span("answer", 2, 5))
    >>> given = Labelling("yes", (GivenLabel("b", False, spans), GivenLabel("a", True)))
    >>> [(label.id, [span[1:] for span in label.spans]) for label in in_order(given, "ab").labels]
    [('a', []), ('b', [(0, 5), (7, 9)])]
    """
    labels = sorted(given.labels, key=lambda label: known.index(label.id))
    return replace(
        given, labels=tuple(replace(label, spans=_merged(label.spans)) for label in labels)
    )


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in the order of the texts, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (FIELDS.index(span.field), *span[1:])):
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start < last.end:
            merged[-1] = last._replace(end=max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
