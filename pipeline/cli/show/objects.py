"""What `cbt show` tells of a question and its answers as the one JSON object."""

from collections.abc import Sequence
from typing import Any

from pipeline.cli.show.texts import notes
from pipeline.showing.shown import Answer, Finding, Ratings, Shown, Titles


def as_object(found: Shown) -> dict[str, Any]:
    asked, study = found.question, found.study
    return {
        "question": {
            "source": asked.source,
            "id": asked.external_id,
            "text": asked.text,
            "description": asked.description,
            "danger": asked.danger,
            "withheld": asked.withheld,
            "detections": _findings(asked.findings),
        },
        "study": study
        and {"study": study.name, "status": study.status, "unblinded": study.unblinded},
        "answers": [_answer(each) for each in found.answers],
        "others": list(found.others),
        "silent": list(found.silent),
        "seed": found.seed,
        "notes": list(notes(found)),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    said = answer.said
    return {
        "system": answer.system,
        "status": answer.status,
        "reason": answer.reason,
        "sample": answer.sample,
        "samples": answer.samples,
        "text": "".join(each.text for each in said.stretches) if said else None,
        "parts": [vars(each) for each in said.stretches] if said else [],
        "parts_given": said.given if said else None,
        "scores": [each._asdict() for each in answer.scores],
        "ratings": [_ratings(each) for each in answer.ratings],
        "detections": _findings(answer.findings),
    }


def _ratings(of: Ratings) -> dict[str, Any]:
    none = {"code": "no_scores", "reason": "nobody has given a score"}
    return {
        "criterion": of.criterion,
        "scale": [of.lowest, of.highest],
        "mean": {"value": of.mean, "n": len(of.values)} | (none if of.mean is None else {}),
        "raters": [vars(each) for each in of.given],
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "detector": each.detector,
            "presence": each.presence,
            "labels": [vars(label) | {"quotes": list(label.quotes)} for label in each.labels],
        }
        for each in findings
    ]


def titles_as_object(found: Titles) -> dict[str, Any]:
    return {
        "count": found.count,
        "questions": [
            {
                "source": each.source,
                "id": each.external_id,
                "text": each.text,
                "danger": each.danger,
            }
            for each in found.first
        ],
    }
