"""The rows of a gold file with their structure: votes as a list, evidence as spans."""

from typing import Any

from db import labels
from db.votes import Decision, Vote
from pipeline.exporting.gold_rows import TEXTS, Row, about
from pipeline.tidy import Kind

FIELDS = (
    "study", "item", "source", "question_id", "system", "label_set", "presence", "gold", "labels",
    "primary", "how", *TEXTS, "assigned", "votes", "outside", "lead", "share",
    "changed_definitions", "is_repeat", "is_calibration",
)  # fmt: skip


def fields(*, texts: bool) -> dict[str, Kind]:
    """Return the fields of a record; JSON needs no kinds, as it knows its own."""
    return {name: "text" for name in FIELDS if texts or name not in TEXTS}


def record(row: Row) -> dict[str, Any]:
    decision, shares = row.item.decision, row.shares
    return about(row) | {
        "labels": list(row.labels),
        "votes": [_vote(vote) for vote in row.item.votes],
        "outside": [
            {
                "presence": answer.presence,
                "labels": list(answer.labels),
                "conflicting": answer.conflicting,
            }
            for answer in row.item.gold
        ],
        "lead": _lead(decision) if decision else None,
        "share": {"present": shares.present, "labels": dict(shares.labels)} if shares else None,
        "changed_definitions": list(row.changed),
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "rater": vote.rater.pseudonym,
        "rater_group": vote.rater.group,
        **labels.to_json(vote.given),
        "comment": vote.comment,
        "revision": vote.revision,
        "seconds": vote.seconds,
        "submitted_at": vote.submitted_at,
    }


def _lead(decision: Decision) -> dict[str, Any]:
    return {
        "lead": decision.lead.pseudonym,
        "before": labels.to_json(decision.before),
        "decision": labels.to_json(decision.decided) if decision.decided else None,
        "reason": decision.reason or None,
        "revision": decision.revision,
        "at": decision.at,
    }
