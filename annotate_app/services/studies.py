"""List a rater's studies; and, for who runs them, how far every study and each rater is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotate_app.services import rights
from annotate_app.services.sign_in import SignedIn
from db import studies
from db.columns import StudyKind, StudyStatus
from db.engine import Store
from db.studies import Counts, RaterProgress
from pipeline.study import labelling
from pipeline.study.labelling import KeptLabels

RaterStudy = studies.RaterStudy


@dataclass(frozen=True)
class Overview:
    """One study in the list of all."""

    name: str
    kind: StudyKind
    status: StudyStatus
    counts: Counts


@dataclass(frozen=True)
class Progress:
    """How far one study is; `own` marks one in which the reader rates, whose results stay closed.

    `design` is what was drawn and how balanced it is, as the study keeps it; `labels` is the label
    set of a distortion study.
    """

    name: str
    kind: StudyKind
    status: StudyStatus
    imported: bool
    unblinded: bool
    opened_at: datetime | None
    closed_at: datetime | None
    systems: int
    seed: int
    counts: Counts
    raters: Sequence[RaterProgress]
    design: dict[str, Any]
    labels: KeptLabels | None
    own: bool


def of_rater(store: Store, *, person_id: int) -> list[RaterStudy]:
    """Return the studies in which a person has items, open and closed ones."""
    with store.reading() as session:
        mine = studies.of_rater(session, person_id=person_id)
    return [study for study in mine if study.status != "draft"]


def overview(store: Store, *, reader: SignedIn) -> list[Overview]:
    """Return every study, newest first. Raises NotForYou for someone who only rates."""
    with store.reading() as session:
        rights.check_watches(session, reader)
        counts = studies.sizes(session)
        return [
            Overview(study.name, study.kind, study.status, counts[study.id])
            for study in reversed(studies.all_studies(session))
        ]


def progress(store: Store, *, reader: SignedIn, name: str) -> Progress:
    """Return how far a study is, and nothing of its scores.

    Raises NotForYou for someone who only rates, NotKnown for a name that no study has.
    """
    with store.reading() as session:
        rights.check_watches(session, reader)
        study = studies.get(session, name=name)
        raters = studies.progress(session, study_id=study.id)
        return Progress(
            name=study.name,
            kind=study.kind,
            status=study.status,
            imported=study.origin == "imported",
            unblinded=study.unblinded_at is not None,
            opened_at=study.opened_at,
            closed_at=study.closed_at,
            systems=len(studies.systems(session, study_id=study.id)),
            seed=study.seed,
            counts=Counts(
                *studies.item_counts(session, study_id=study.id),
                raters=len(raters),
                assigned=sum(rater.assigned for rater in raters),
                answered=sum(rater.answered for rater in raters),
            ),
            raters=raters,
            design=study.design,
            labels=labelling.kept(session, study),
            own=any(rater.person_id == reader.person_id for rater in raters),
        )
