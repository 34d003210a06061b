"""The log of who did what when."""

from typing import Any

from sqlalchemy.orm import Session

from db.tables import Event


def record(
    session: Session,
    *,
    kind: str,
    person_id: int | None = None,
    study_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Append one event; a study's kinds are created, opened, closed, unblinded, exported.

    Of a distortion study also adjudication_drawn and adjudication_handed_over.
    Of no study are danger_set, responses_set_aside and responses_kept.
    """
    event = Event(kind=kind, person_id=person_id, study_id=study_id, details=details or {})
    session.add(event)
