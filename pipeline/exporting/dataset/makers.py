"""Tell who made the answers of a dataset, with which settings, prompt and program, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import dataset_rows
from db.columns import SystemKind
from db.tables import Prompt, System
from pipeline import provenance
from pipeline.tidy import instant_text


@dataclass(frozen=True)
class Maker:
    """A system, what the store knows of how it came to its answers, and how many are written."""

    name: str
    kind: SystemKind
    rows: int
    configuration: Mapping[str, Any]
    prompt: Prompt | None
    first_at: datetime | None
    last_at: datetime | None
    programs: tuple[str, ...]

    @property
    def prompt_file(self) -> str | None:
        """Where in the folder the prompt's text stands."""
        if self.prompt is None:
            return None
        return f"prompts/{self.prompt.name}-{self.prompt.content_hash[:12]}.toml"

    def as_json(self) -> dict[str, Any]:
        return {
            "system": self.name,
            "kind": self.kind,
            "rows": self.rows,
            "configuration": dict(self.configuration),
            "prompt": self.prompt_file,
            "from": None if self.first_at is None else instant_text(self.first_at),
            "to": None if self.last_at is None else instant_text(self.last_at),
            "programs": list(self.programs),
        }


def maker(session: Session, system: System, *, rows: int) -> Maker:
    behind = dataset_rows.runs_behind(session, system_id=system.id)
    ends = [run.ended_at or run.started_at for run in behind]
    prompt = None if system.prompt_id is None else session.get_one(Prompt, system.prompt_id)
    return Maker(
        name=system.name,
        kind=system.kind,
        rows=rows,
        configuration=provenance.published(system.configuration or {}),
        prompt=prompt,
        first_at=min((run.started_at for run in behind), default=None),
        last_at=max(ends, default=None),
        programs=tuple(dict.fromkeys(f"cbt-annotate {run.code_version}" for run in behind)),
    )


def prompt_files(makers: Iterable[Maker]) -> dict[str, bytes]:
    """Return the prompts' texts under their places in the folder."""
    return {
        each.prompt_file: each.prompt.text.encode()
        for each in makers
        if each.prompt_file and each.prompt
    }
