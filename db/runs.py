"""Record each execution of a stage."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
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


def end(run: Run, *, counts: Mapping[str, Any]) -> None:
    run.ended_at = now()
    run.counts = dict(counts)
