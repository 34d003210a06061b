"""Read what only a distortion study's file says: guidelines for either text, and adjudication."""

from collections.abc import Mapping
from typing import Any

from db.errors import NotAllowed
from pipeline.study.table import Table

TARGETS = ("question", "answer")  # whose text is labelled
DISAGREEMENTS = ("presence", "labels", "primary", "cannot_tell")


def target(systems: tuple[str, ...]) -> str:
    """Return whose text a study of these systems labels: without one, the help-seekers'."""
    return "answer" if systems else "question"


def check_systems(systems: tuple[str, ...]) -> None:
    """Raise NotAllowed where the answers of several systems are to be labelled in one study."""
    if len(systems) > 1:
        raise NotAllowed(
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
    unknown = [kind for kind in on if kind not in DISAGREEMENTS]
    if unknown:
        raise table.wrong(
            f"there is no kind of disagreement {', '.join(unknown)};"
            f" there are {', '.join(DISAGREEMENTS)}"
        )
    if not on:
        raise table.wrong(f"on must name one or more of {', '.join(DISAGREEMENTS)}")
    agreed = table.number("agreed", low=0, high=1)
    table.end()
    return {"on": list(on), "agreed": agreed}
