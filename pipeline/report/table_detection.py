"""Table 3: how good each detector is against a ground truth of distortions."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.blocks import Block, Cell, Column, Group, Heading, Note, Source, Table
from pipeline.report.context import Context
from pipeline.report.findings import Detected
from pipeline.report.rows import DETECTIONS
from pipeline.report.sources import NONE, Finding, Rows, interval_cell, places, value_cell

FIGURES = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "specificity": "Specificity",
    "f1": "F1",
    "kappa": "Kappa",
    "mcc": "MCC",
}
BETWEEN = ("accuracy", "f1", "kappa")  # figures that labellers with each other have too
RESEARCH_NOTE = "for research only"  # said above the whole report already


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or a line that says why there is none."""
    yield Heading("detection", "Detection of distortions")
    if not context.findings.quality:
        why = "no study of distortions is about the same questions"
        what = "How good detectors are (Table 3 of the reference study)"
        yield context.lacking(what, why, "cbt study create --kind distortion")
        return
    for detected, found in context.findings.quality:
        if found.whole is None:
            yield context.lacking(_title(detected), found.why)
        else:
            yield from _detector(context, detected, found, found.whole)


def _title(detected: Detected) -> str:
    of = detected.detector or "a detector"
    return f"How good {of} is in the study {detected.study} (Table 3 of the reference study)"


def name(detected: Detected) -> str:
    """Return what the ids of a detector's figures begin with."""
    return f"t3.{detected.study}.{detected.detector}"


def _detector(
    context: Context, detected: Detected, found: Finding, whole: dict[str, Any]
) -> Iterator[Block]:
    yield _table_3(context, detected, found, whole)
    yield _two_by_two(context, detected, found, whole)
    if whole["labels"]:
        yield _by_label(context, detected, found, whole)
    notes = (note for note in whole["notes"] if not note.startswith(RESEARCH_NOTE))
    yield Note(f"{'. '.join(map(_sentence, notes))}.")


def _sentence(note: str) -> str:
    return note[:1].upper() + note[1:]


def _table_3(context: Context, detected: Detected, found: Finding, whole: dict[str, Any]) -> Table:
    between = whole["ceiling"].get("between")
    columns = [
        Column("figure", text=True),
        Column(whole["detector"], ("value", "low", "high")),
        *([Column("labellers", ("labellers", "labellers_low", "labellers_high"))]
          if between else []),
        Column("never flag"),
        Column("always flag"),
    ]  # fmt: skip

    def row(figure: str) -> Iterator[Cell]:
        rows = _rows(context, detected)
        yield Cell(FIGURES[figure])
        yield interval_cell(_told(context, detected, found, figure, ("binary", figure), rows))
        if between and figure in BETWEEN:
            yield interval_cell(_labellers(context, detected, found, figure))
        elif between:
            yield Cell(NONE)
        for baseline in ("never_flag", "always_flag"):
            at = ("baselines", baseline, figure)
            source = _told(context, detected, found, f"{baseline}.{figure}", at, rows)
            yield value_cell(source, places(source.value))

    level = whole["analysis"]["level"]
    return Table(
        f"t3-{detected.study}-{detected.detector}",
        f"{whole['detector']} against the {whole['gold']} labels of {whole['study']},"
        f" {whole['n']:,} items (Table 3 of the reference study)",
        tuple(columns),
        (Group(tuple(tuple(row(figure)) for figure in FIGURES)),),
        notes=(
            f"In brackets {100 * level:g}% intervals. Never and always flag: what a detector would"
            " score that always gives the same answer.",
        ),
    )


def _rows(context: Context, detected: Detected) -> Rows | None:
    """Return the rows of detections.csv, which only a study of distortions itself has beside it."""
    if detected.study != context.sources.study:
        return None
    decided = ("yes", "no")
    chosen = {"detector": detected.detector, "presence": decided, "gold": decided}
    return context.sources.rows_of(DETECTIONS, chosen)


def _told(
    context: Context,
    detected: Detected,
    found: Finding,
    figure: str,
    at: tuple[str | int, ...],
    rows: Rows | None,
) -> Source:
    return context.sources.figure(
        f"{name(detected)}.{figure}",
        f"{figure.replace('.', ', ').replace('_', ' ')}: {detected.detector}",
        found,
        at,
        rows=rows,
        n=(found.whole or {})["n"],
    )


def _labellers(context: Context, detected: Detected, found: Finding, figure: str) -> Source:
    """Return how well labellers match each other, over all pairs of their votes."""
    own = detected.study == context.sources.study
    return context.sources.figure(
        f"{name(detected)}.labellers.{figure}",
        f"{figure} of labellers with each other",
        found,
        ("ceiling", "between", figure),
        rows=context.sources.rows(presence=("yes", "no")) if own else None,
        n=(found.whole or {})["ceiling"]["between"]["items"],
    )


def _two_by_two(
    context: Context, detected: Detected, found: Finding, whole: dict[str, Any]
) -> Table:
    rows = _rows(context, detected)

    def cell(figure: str) -> Cell:
        source = _told(context, detected, found, figure, ("binary", figure), rows)
        return value_cell(source, f"{source.value:,}")

    return Table(
        f"t3-{detected.study}-{detected.detector}-cells",
        f"The 2×2 table of {whole['detector']}",
        (Column("detector", text=True), Column("gold: yes"), Column("gold: no")),
        (Group(((Cell("yes"), cell("tp"), cell("fp")), (Cell("no"), cell("fn"), cell("tn")))),),
    )


def _by_label(context: Context, detected: Detected, found: Finding, whole: dict[str, Any]) -> Table:
    scores = ("precision", "recall", "f1")
    rows = _rows(context, detected)

    def row(place: int, each: dict[str, Any]) -> Iterator[Cell]:
        yield Cell(each["label"])
        for count in ("support", "found"):
            at = ("labels", place, count)
            figure = f"label.{each['label']}.{count}"
            source = _told(context, detected, found, figure, at, rows)
            yield value_cell(source, f"{source.value:,}")
        for score in scores:
            figure = f"label.{each['label']}.{score}"
            yield interval_cell(
                _told(context, detected, found, figure, ("labels", place, score), rows)
            )

    def average(which: str) -> Iterator[Cell]:
        yield from (Cell(f"{which} average"), Cell(""), Cell(""))
        for score in scores:
            yield interval_cell(
                _told(context, detected, found, f"{which}.{score}", (which, score), rows)
            )

    of_label = tuple(tuple(row(place, each)) for place, each in enumerate(whole["labels"]))
    averages = tuple(tuple(average(which)) for which in ("micro", "macro", "weighted"))
    return Table(
        f"t3-{detected.study}-{detected.detector}-labels",
        f"{whole['detector']}, distortion by distortion",
        (
            Column("distortion", text=True),
            Column("gold"),
            Column("found"),
            *(Column(score, (score, f"{score}_low", f"{score}_high")) for score in scores),
        ),
        (Group(of_label), Group(averages)),
    )
