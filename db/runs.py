"""Record each execution of a stage."""

from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.columns import now
from db.tables import Run


def start(session: Session, *, stage: str, configuration: Mapping[str, Any]) -> Run:
    """Add a run and give it its id; its rows can name it at once."""
    run = Run(stage=stage, configuration=dict(configuration), code_version=version("cbt-annotate"))
    session.add(run)
    session.flush()
    return run


def ids(session: Session, *, stage: str, having: Mapping[str, Any]) -> set[int]:
    """Return the runs of a stage whose configuration has these values."""
    rows = session.execute(select(Run.id, Run.configuration).where(Run.stage == stage))
    return {id_ for id_, configuration in rows if having.items() <= configuration.items()}


def end_dead(session: Session, *, run_ids: Collection[int]) -> None:
    """End the runs that died without a word; one that lives after all learns it by `goes_on`."""
    dead = (Run.id.in_(run_ids), Run.ended_at.is_(None))
    session.execute(update(Run).where(*dead).values(ended_at=now()))


def goes_on(session: Session, *, run_id: int) -> bool:
    """Return whether nobody has ended a run; nobody can until this transaction has ended."""
    query = select(Run.id).where(Run.id == run_id, Run.ended_at.is_(None))
    return session.scalar(query.with_for_update(read=True)) is not None


def end(run: Run, *, counts: Mapping[str, Any]) -> None:
    run.ended_at = now()
    run.counts = dict(counts)
