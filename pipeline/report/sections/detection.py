"""Table 3: how good each detector is against a ground truth of distortions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.report.cells import NONE, interval_cell, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Heading,
    Listing,
    Paragraph,
    Source,
    Table,
)
from pipeline.report.findings import Detected
from pipeline.report.rows import DETECTIONS
from pipeline.report.sources import Finding, Rows

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
SCORES = {"precision": "precision", "recall": "recall", "f1": "F1"}
# What the head of the report says already.
SAID_ABOVE = ("for research only", "the study is still open", "until 'cbt study unblind'")


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, with tables for each detector that found something."""
    yield Heading("detection", "Detection of distortions")
    if not context.findings.quality:
        why = "no study of distortions is about the same questions"
        what = "How good detectors are (Table 3 of the reference study)"
        context.lacks(what, why, "cbt study create --kind distortion")
        return
    for detected, found in context.findings.quality:
        if not found.whole:
            context.lacks(_title(detected), found.why)
        else:
            yield from _Quality(context, detected, found).blocks()


def _title(detected: Detected) -> str:
    of = detected.detector or "a detector"
    return f"How good {of} is in the study {detected.study} (Table 3 of the reference study)"


def key(detected: Detected) -> str:
    """Return what the ids of a detector's figures begin with."""
    return f"t3.{detected.study}.{detected.detector}"


@dataclass(frozen=True)
class _Quality:
    """The tables of one detector in one study of distortions."""

    context: Context
    detected: Detected
    found: Finding

    @property
    def whole(self) -> dict[str, Any]:
        return self.found.whole

    @property
    def id(self) -> str:
        return f"t3-{self.detected.study}-{self.detected.detector}"

    @property
    def own(self) -> bool:
        """Whether the report is of that study itself, whose labels lie beside it."""
        return self.detected.study == self.context.sources.study

    @cached_property
    def rows(self) -> Rows | None:
        """The rows of the file of detections that were compared with the ground truth."""
        if not self.own:
            return None
        decided = ("yes", "no")
        chosen = {"detector": self.detected.detector, "presence": decided, "gold": decided}
        return self.context.sources.rows_of(DETECTIONS, chosen)

    def figure(self, name: str, *at: str | int) -> Source:
        return self.context.sources.figure(
            f"{key(self.detected)}.{name}",
            f"{name.replace('.', ', ').replace('_', ' ')}: {self.detected.detector}",
            self.found,
            at,
            rows=self.rows,
            n=self.whole["n"],
        )

    def blocks(self) -> Iterator[Block]:
        yield self.table_3()
        yield self.two_by_two()
        if self.whole["labels"]:
            yield self.by_label()
        notes = (each for each in self.whole["notes"] if not each.startswith(SAID_ABOVE))
        yield Paragraph("What these figures rest on:")
        yield Listing(tuple(f"{note[:1].upper()}{note[1:]}." for note in notes))

    def table_3(self) -> Table:
        whole, between = self.whole, self.whole["ceiling"].get("between")
        labellers = Column("labellers", ("labellers", "labellers_low", "labellers_high"))
        return Table(
            self.id,
            f"{whole['detector']} against the {whole['gold']} labels of the study"
            f" {whole['study']}, {whole['n']:,} items (Table 3 of the reference study)",
            (
                Column("figure", text=True),
                Column(whole["detector"], ("value", "low", "high")),
                *([labellers] if between else []),
                Column("never flag"),
                Column("always flag"),
            ),
            (Group(tuple(tuple(self.row(name, between=bool(between))) for name in FIGURES)),),
            notes=(
                f"In brackets {100 * whole['analysis']['level']:g}% intervals. Never and always"
                " flag: what a detector would score that always gives the same answer.",
            ),
        )

    def row(self, name: str, *, between: bool) -> Iterator[Cell]:
        yield Cell(FIGURES[name])
        yield interval_cell(self.figure(name, "binary", name))
        if between:
            yield interval_cell(self.labellers(name)) if name in BETWEEN else Cell(NONE)
        for baseline in ("never_flag", "always_flag"):
            source = self.figure(f"{baseline}.{name}", "baselines", baseline, name)
            yield value_cell(source, places(source.value))

    def labellers(self, name: str) -> Source:
        """Return how well labellers match each other, over all pairs of their votes."""
        sources = self.context.sources
        return sources.figure(
            f"{key(self.detected)}.labellers.{name}",
            f"{name} of labellers with each other",
            self.found,
            ("ceiling", "between", name),
            rows=sources.rows(presence=("yes", "no")) if self.own else None,
            n=self.whole["ceiling"]["between"]["items"],
        )

    def two_by_two(self) -> Table:
        def count(name: str) -> Cell:
            source = self.figure(name, "binary", name)
            return value_cell(source, f"{source.value:,}")

        return Table(
            f"{self.id}-cells",
            f"The 2×2 table of {self.whole['detector']}",
            (Column("detector", text=True), Column("gold: yes"), Column("gold: no")),
            (
                Group(
                    (
                        (Cell("yes"), count("tp"), count("fp")),
                        (Cell("no"), count("fn"), count("tn")),
                    )
                ),
            ),
        )

    def by_label(self) -> Table:
        of_label = tuple(tuple(self.label(place)) for place in range(len(self.whole["labels"])))
        averages = tuple(tuple(self.average(which)) for which in ("micro", "macro", "weighted"))
        return Table(
            f"{self.id}-labels",
            f"{self.whole['detector']}, distortion by distortion",
            (
                Column("distortion", text=True),
                Column("gold"),
                Column("found"),
                *(
                    Column(shown, (name, f"{name}_low", f"{name}_high"))
                    for name, shown in SCORES.items()
                ),
            ),
            (Group(of_label), Group(averages)),
        )

    def label(self, place: int) -> Iterator[Cell]:
        name = self.whole["labels"][place]["label"]
        yield Cell(self.context.labels.get(name, name))
        for count in ("support", "found"):
            source = self.figure(f"label.{name}.{count}", "labels", place, count)
            yield value_cell(source, f"{source.value:,}")
        for score in SCORES:
            yield interval_cell(self.figure(f"label.{name}.{score}", "labels", place, score))

    def average(self, which: str) -> Iterator[Cell]:
        yield from (Cell(f"{which} average"), Cell(""), Cell(""))
        for score in SCORES:
            yield interval_cell(self.figure(f"{which}.{score}", which, score))
