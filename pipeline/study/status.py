"""Say how far a study is."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import studies
from db.engine import Store
from db.studies import Counts, RaterProgress
from db.tables import Study
from pipeline.study import labelling
from pipeline.study.labelling import KeptLabels


@dataclass(frozen=True)
class Status:
    """How far a study is; `systems` are codes until the study is unblinded."""

    study: Study
    counts: Counts
    systems: list[str]
    raters: list[RaterProgress]
    labels: KeptLabels | None


def of_one(store: Store, *, name: str) -> Status:
    """Return how far the study of that name is. Raises NotKnown naming those that there are."""
    with store.reading() as session:
        return _status(session, studies.get(session, name=name))


def of_all(store: Store) -> list[Status]:
    """Return how far each study is, in the order of their making."""
    with store.reading() as session:
        return [_status(session, study) for study in studies.all_studies(session)]


def _status(session: Session, study: Study) -> Status:
    systems = studies.systems(session, study_id=study.id)
    blinded = study.unblinded_at is None
    return Status(
        study=study,
        counts=studies.counts(session, study_id=study.id),
        systems=[code if blinded else system.name for code, system in systems.items()],
        raters=studies.progress(session, study_id=study.id),
        labels=labelling.kept(session, study),
    )
