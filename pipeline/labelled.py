"""A distortion study's newest votes as arrays: what agreement between labellers starts from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db import label_sets, votes
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.labels import PRESENCES
from db.ratings import Rater
from db.tables import Study
from db.votes import LabelledItem
from pipeline import analysis
from pipeline.stats.agreement.clusters import several
from pipeline.stats.ratings import MISSING, Codes, Ratings
from pipeline.stats.resampling.intervals import Resampling


@dataclass(frozen=True)
class Votes:
    """Who said what of which item, shape (raters, items), -1 where nothing is said.

    `presence` is the place of the answer in PRESENCES. `sets` has bit j where the labeller gave
    `labels[j]`; who cannot tell has given no set. `about` has shape (items,): the question that
    each is about, as a place from 0; None where each is about one of its own.
    """

    labels: tuple[str, ...]
    presence: Codes
    sets: Codes
    about: NDArray[np.int64] | None

    @property
    def answers(self) -> Ratings:
        """Return presence as ratings on a scale without order, the places in PRESENCES."""
        return Ratings(self.presence, np.arange(len(PRESENCES), dtype=np.float64), self.about)

    @property
    def compared(self) -> "Votes":
        """Return the votes on items that have two or more."""
        kept = (self.presence != MISSING).sum(axis=0) > 1
        about = None if self.about is None else self.about[kept]
        return Votes(self.labels, self.presence[:, kept], self.sets[:, kept], about)

    @property
    def raters(self) -> int:
        """How many raters have given a vote."""
        return int((self.presence != MISSING).any(axis=1).sum())

    @property
    def items(self) -> int:
        return len(self.presence.T)


@dataclass(frozen=True)
class LabelledStudy:
    """The votes of a study, one row a labeller and one column an item.

    `again` are those of the same labellers on the hidden repeat of the same item, `assigned`
    whether the labeller was to answer at all. Items for calibration are left out: `calibration`
    counts their votes, `repeats` those of repeats.
    """

    name: str
    group: str | None
    status: str
    unblinded: bool
    plan: Resampling
    raters: tuple[Rater, ...]
    votes: Votes
    again: Votes
    assigned: NDArray[np.bool_]
    repeats: int
    calibration: int


def read(store: Store, *, study: str, group: str | None = None) -> LabelledStudy:
    """Return the newest votes of all labellers of a study, or of one group.

    Raises NotKnown for a study or group that there is not, NotAllowed for a study of another
    kind, or one without votes.
    """
    with store.reading() as session:
        found = votes.distortion_study(session, name=study)
        items = votes.of_study(session, study=found)
        labels = tuple(label_sets.known(session, label_set_id=found.label_set_id))
        assigned = votes.assigned(session, study=found)
        _check(found, items, assigned)
        raters = _raters(assigned, study=study, group=group)
        names = [rater.pseudonym for rater in raters]
        counted = [item for item in items if not item.is_calibration]
        first = [item for item in counted if not item.is_repeat]
        places = {_unit(item): place for place, item in enumerate(first)}
        repeats = [item for item in counted if item.is_repeat and _unit(item) in places]
        return LabelledStudy(
            name=found.name,
            group=group,
            status=found.status,
            unblinded=found.unblinded_at is not None,
            plan=analysis.resampling(found),
            raters=raters,
            votes=arrays(first, labels=labels, raters=names),
            again=_at(
                [(places[_unit(item)], item) for item in repeats],
                first,
                labels=labels,
                raters=names,
            ),
            assigned=np.array([[item.id in assigned[rater] for item in first] for rater in raters]),
            repeats=_given(repeats, names),
            calibration=_given([item for item in items if item.is_calibration], names),
        )


def arrays(items: Sequence[LabelledItem], *, labels: Sequence[str], raters: Sequence[str]) -> Votes:
    """Return the newest votes of these raters, by pseudonym, on these items, in their order."""
    return _at(list(enumerate(items)), items, labels=labels, raters=raters)


def _at(
    places: Sequence[tuple[int, LabelledItem]],
    items: Sequence[LabelledItem],
    *,
    labels: Sequence[str],
    raters: Sequence[str],
) -> Votes:
    """Return the votes on items, whose columns are told, in the order of all `items`."""
    row = {rater: number for number, rater in enumerate(raters)}
    bit = {label: 1 << place for place, label in enumerate(labels)}
    presence = np.full((len(raters), len(items)), MISSING, dtype=np.int64)
    sets = presence.copy()
    given = [
        (row[vote.rater.pseudonym], column, vote.given)
        for column, item in places
        for vote in item.votes
        if vote.rater.pseudonym in row
    ]
    for rater, column, answer in given:
        presence[rater, column] = PRESENCES.index(answer.presence)
        if answer.presence != "cannot_tell":
            sets[rater, column] = sum(bit[label] for label in answer.ids)
    place_of = {
        question: place
        for place, question in enumerate(dict.fromkeys(item.question_id for item in items))
    }
    about = np.array([place_of[item.question_id] for item in items], dtype=np.int64)
    return Votes(tuple(labels), presence, sets, several(about))


def _unit(item: LabelledItem) -> tuple[int, int | None]:
    """Return what is labelled: a repeat has the same as its original."""
    return item.question_id, item.response_id


def _given(items: Sequence[LabelledItem], raters: Collection[str]) -> int:
    return sum(vote.rater.pseudonym in raters for item in items for vote in item.votes)


def _check(study: Study, items: Sequence[LabelledItem], assigned: dict[Rater, set[int]]) -> None:
    if not assigned:
        if any(item.gold for item in items):
            raise NotAllowed(
                f"the study {study.name} is an imported ground truth,"
                " which has no labellers to agree"
            )
        raise NotAllowed(f"the study {study.name} has no assignments yet; open it first")
    if not any(item.votes for item in items):
        waiting = sum(map(len, assigned.values()))
        draft = "; it is a draft, so open it first" if study.status == "draft" else ""
        raise NotAllowed(
            f"the study {study.name} has no judgements yet:"
            f" 0 of {waiting:,} assignments are answered{draft}"
        )


def _raters(assigned: dict[Rater, set[int]], *, study: str, group: str | None) -> tuple[Rater, ...]:
    chosen = [rater for rater in assigned if group is None or rater.group == group]
    if not chosen:
        known = sorted({rater.group for rater in assigned if rater.group})
        raise NotKnown(
            f"no labeller of the study {study} is in the group {group};"
            f" groups: {', '.join(known) or 'none'}"
        )
    return tuple(sorted(chosen, key=lambda rater: rater.pseudonym))
