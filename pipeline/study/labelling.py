"""What only a distortion study has: whose text is labelled, by how many, and adjudication."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import label_sets
from db.errors import NotAllowed
from db.tables import Study
from pipeline.codebook import distortions
from pipeline.ground_truth import KINDS
from pipeline.study.table import Table

TARGETS = ("question", "answer")  # whose text is labelled
USUAL_SAMPLE = 500  # as the paper's ground truth has
ENOUGH = 2  # labellers for each item: with fewer, there is nothing to compare


class OneSystem(NotAllowed):
    code = "one_system"


@dataclass(frozen=True)
class KeptLabels:
    """The label set that a study keeps.

    `changes` are the labels of which the codebook has other definitions by now.
    """

    name: str
    version: str
    changes: Mapping[str, str]


def kept(session: Session, study: Study) -> KeptLabels | None:
    """Return the label set of a study; None where it has none."""
    if study.label_set_id is None:
        return None
    found = label_sets.get(session, label_set_id=study.label_set_id)
    changes = distortions.changes(found.labels, of=found.name)
    return KeptLabels(found.name, found.version, changes)


def target(systems: tuple[str, ...]) -> str:
    """Return whose text a study of these systems labels: without one, the help-seekers'."""
    return "answer" if systems else "question"


def overlaps(*, items: int, assignments: int) -> bool:
    """Say whether a study that gives each item to equally many gives it to enough of them."""
    return assignments >= ENOUGH * items


def check_systems(systems: tuple[str, ...]) -> None:
    """Raise OneSystem where the answers of several are to be labelled in one study."""
    if len(systems) > 1:
        raise OneSystem(
            "a distortion study labels the questions, or the answers of one system,"
            f" not of {len(systems)}; create one study for each of {', '.join(systems)}"
        )


def by_text(given: Mapping[str, Any]) -> bool:
    """Say whether guidelines are given for each text apart, and not for both alike."""
    return any(each in given for each in TARGETS)


def guidelines(table: Table) -> dict[str, dict[str, str]]:
    """Take the guidelines for each text to label; those for one of them may be left out."""
    given = {key: table.both(key) for key in TARGETS if table.has(key)}
    table.end()
    return given


def adjudication(table: Table) -> dict[str, Any]:
    """Take which disagreements go to a lead, and the share of agreed items mixed in unseen."""
    on = table.names("on")
    unknown = [kind for kind in on if kind not in KINDS]
    if unknown:
        raise table.wrong(
            f"there is no kind of disagreement {', '.join(unknown)}; there are {', '.join(KINDS)}"
        )
    if not on:
        raise table.wrong(f"on must name one or more of {', '.join(KINDS)}")
    agreed = table.number("agreed", low=0, high=1)
    table.end()
    return {"on": list(on), "agreed": agreed}
