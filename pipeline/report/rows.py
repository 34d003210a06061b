"""The rows behind a report's figures, as files that lie beside it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.detections import ItemDetection
from db.votes import LabelledItem
from pipeline import ground_truth
from pipeline.exporting import csv_file
from pipeline.exporting.gold_rows import OF_VOTE, of_vote
from pipeline.exporting.ratings import long_rows
from pipeline.report.findings import Known
from pipeline.tidy import COLUMNS, Kind

RATINGS, LABELS, DETECTIONS = "ratings.csv", "labels.csv", "detections.csv"
FILES = {"rating": (RATINGS,), "distortion": (LABELS, DETECTIONS)}  # the study's own first
OF_ITEM: dict[str, Kind] = {
    "study": "text",
    "item": "text",
    "question_id": "text",
    "system": "text",
}
MARKS: dict[str, Kind] = {"is_repeat": "boolean", "is_calibration": "boolean"}
OF_DETECTION: dict[str, Kind] = {
    "detector": "text",
    "place": "text",
    "presence": "text",
    "labels": "text",
    "gold": "text",
    "gold_labels": "text",
    "how": "text",
}


def files(known: Known) -> dict[str, bytes]:
    """Return the files of a study's judgements, under the names that sources give."""
    study = known.study
    if study.kind == "rating":
        criteria = [criterion["id"] for criterion in study.criteria]
        return {RATINGS: _csv(COLUMNS, long_rows(study.name, criteria, known.answers))}
    votes = (
        (*_item(study.name, item), *of_vote(vote).values(), item.is_repeat, item.is_calibration)
        for item in known.items
        for vote in item.votes
    )
    found = {LABELS: _csv(OF_ITEM | OF_VOTE | MARKS, votes)}
    if known.found:
        rows = _detections(study.name, known.items, known.found)
        found[DETECTIONS] = _csv(OF_ITEM | OF_DETECTION | MARKS, rows)
    return found


def _csv(columns: Mapping[str, Kind], rows: Iterator[tuple[Any, ...]]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        csv_file.write(path, columns, rows)
        return path.read_bytes()


def _item(study: str, item: LabelledItem) -> tuple[Any, ...]:
    return study, item.item, item.question, item.system


def _detections(
    study: str, items: tuple[LabelledItem, ...], found: Mapping[str, Mapping[int, ItemDetection]]
) -> Iterator[tuple[Any, ...]]:
    for item in items:
        settled = ground_truth.settle(item, rule=ground_truth.ADJUDICATED)
        gold = "cannot_tell" if settled.left_out == "cannot_tell" else settled.presence
        for detector, of_items in found.items():
            if item.id in of_items:
                detected = of_items[item.id]
                yield (
                    *_item(study, item),
                    detector,
                    detected.place,
                    detected.presence,
                    "|".join(map(str, detected.labels)) or None,
                    gold,
                    "|".join(sorted(settled.labels)) or None,
                    settled.how or settled.left_out,
                    item.is_repeat,
                    item.is_calibration,
                )
