"""Say what a researcher should know about how a study was drawn, as `cbt study create` does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotate_app.services.studies import Progress
from db.columns import StudyKind
from pipeline.study import labelling


@dataclass(frozen=True)
class Note:
    """One thing to know; `values` fill in its text."""

    code: str
    values: Mapping[str, int | float] = field(default_factory=dict)


def of(study: Progress) -> list[Note]:
    """Return what to know about a study that was drawn here; an imported one has no design."""
    balance = study.design.get("balance")
    if not balance:
        return []
    return [
        *_of_labels(study),
        *_left_out(study.design.get("frame", {})),
        *_of_raters(balance),
        *_of_repeats(study.design, balance),
        *_of_spacing(study.design, balance),
        *([Note("no_overlap")] if _lacks_overlap(study.kind, balance) else []),
    ]


def _of_labels(study: Progress) -> Iterator[Note]:
    usual = study.design.get("at_most")
    if usual and study.design["frame"]["questions"] < usual:
        yield Note("fewer", {"usual": usual, "n": study.design["frame"]["questions"]})
    if study.labels and study.labels.changes:
        yield Note("codebook_changed", {"n": len(study.labels.changes)})


def _lacks_overlap(kind: StudyKind, balance: Mapping[str, Any]) -> bool:
    enough = labelling.overlaps(items=balance["items"], assignments=balance["assignments"])
    return kind == "distortion" and balance["raters"] > 0 and not enough


def _left_out(frame: Mapping[str, Any]) -> Iterator[Note]:
    for code in ("unanswered", "same_text"):
        if frame.get(code):
            yield Note(code, {"n": frame[code]})


def _of_raters(balance: Mapping[str, Any]) -> Iterator[Note]:
    shared = balance["questions_per_pair"]
    if not balance["raters"]:
        yield Note("no_raters")
    elif shared is None or not shared["high"]:
        yield Note("no_agreement")
    elif balance["pairs_apart"]:
        yield Note("pairs_apart", {"n": balance["pairs_apart"]})


def _of_repeats(design: Mapping[str, Any], balance: Mapping[str, Any]) -> Iterator[Note]:
    if design["repeats"] and balance["items"] and not balance["repeats"]:
        yield Note("no_repeats", {"percent": design["repeats"] * 100})


def _of_spacing(design: Mapping[str, Any], balance: Mapping[str, Any]) -> Iterator[Note]:
    for code in ("answer_gap", "repeat_distance"):
        reached, wanted = balance[code], design[code]
        if reached is not None and reached < wanted:
            yield Note(code, {"reached": reached, "wanted": wanted})
