"""Record each execution of a stage."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from sqlalchemy.orm import Session

from db.columns import now
from db.tables import Run


def start(session: Session, *, stage: str, configuration: Mapping[str, Any]) -> Run:
    """Add a run and give it its id; its rows can name it at once."""
    run = Run(stage=stage, configuration=dict(configuration), code_version=version("cbt-annotate"))
    session.add(run)
    session.flush()
    return run


def end(run: Run, *, counts: Mapping[str, Any]) -> None:
    run.ended_at = now()
    run.counts = dict(counts)
