"""Read what a model is to learn from, and refuse what it must not see."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import FileRejected, NotAllowed
from db.splits import TEST
from models import instruction_files
from models.adapters import Data
from models.records import Record
from models.training.rows import Rows
from pipeline.model_errors import in_plain_words

LISTED = 3


@dataclass(frozen=True)
class Source:
    """A file's records, its hash, and what the manifest beside it says of them."""

    path: Path
    records: tuple[Record, ...]
    sha256: str
    about: dict[str, Any]

    def data(self, rows: Rows) -> Data:
        """Return what is told of it where rows of it were learned from."""
        instructions = {record.instruction for record in self.records}
        return Data(
            name=self.path.name,
            sha256=self.sha256,
            rows=len(rows.rows),
            left_out={"too_long": len(rows.left_out)} if rows.left_out else {},
            shortened=len(rows.shortened),
            split=self.about.get("split"),
            subset=self.about.get("subset"),
            system=self.about.get("system"),
            instruction=instructions.pop() if len(instructions) == 1 else None,
        )


def read(path: Path, *, limit: int | None = None) -> Source:
    """Return a file's records; raise a known error for one that cannot be read."""
    with in_plain_words():
        records = instruction_files.read(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Source(path, tuple(records[:limit]), sha256, _beside(path, sha256=sha256))


def check_train(source: Source) -> None:
    """Raise NotAllowed for a split's test questions: who learns from them cannot be tested."""
    if source.about.get("subset") == TEST:
        raise NotAllowed(
            f"{source.path.name} holds the test questions of the split {source.about.get('split')},"
            " which no model may learn from; export its train subset and name that"
        )


def check_apart(train: Source, held_out: Source) -> None:
    """Raise NotAllowed where both hold a question, however its blanks are."""
    places: dict[str, int] = {}
    for number, record in enumerate(train.records, 1):
        places.setdefault(record.asked, number)
    leaks = [
        (places[record.asked], number)
        for number, record in enumerate(held_out.records, 1)
        if record.asked in places
    ]
    if leaks:
        shown = "; ".join(f"row {one} is its row {other}" for one, other in leaks[:LISTED])
        raise NotAllowed(
            f"{_questions(leaks)} of {held_out.path.name} {'is' if len(leaks) == 1 else 'are'} in"
            f" {train.path.name} too ({shown}{'; …' if len(leaks) > LISTED else ''}): a loss on"
            " what was learned tells nothing; export both from one split"
        )


def _questions(leaks: Sequence[object]) -> str:
    return "one question" if len(leaks) == 1 else f"{len(leaks):,} questions"


def _beside(path: Path, *, sha256: str) -> dict[str, Any]:
    """Return the manifest of an export; empty where there is none, or it is of other content."""
    place = instruction_files.sidecar(path)
    try:
        told = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise FileRejected(f"{place} cannot be read: {error}; export the records again") from error
    if not isinstance(told, dict):
        raise FileRejected(f"{place} is no manifest; export the records again")
    if told.get("sha256") not in {None, sha256} and told.get("subset") != TEST:
        return {}
    return told
