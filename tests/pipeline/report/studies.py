"""Studies for tests of the report: made and answered as a user would."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from db import people
from db.engine import Store
from db.tables import Assignment, Detection, Item, Judgement, Question, Response, System
from pipeline.importing import ratings as importing
from pipeline.report import findings, study_report
from pipeline.report.context import Context
from pipeline.report.datasheet import filling
from pipeline.report.datasheet.questions import Datasheet
from pipeline.report.document.blocks import Document, Piece, Table, pieces, texts
from pipeline.report.sections import whole
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Frame, Plan, shipped
from tests.pipeline.labels import close, give, make_label_study

SYSTEMS = ("zephyr", "boreas")  # no words of a report
CRITERIA = ("relevance", "structure", "helpfulness")
FIVE_PARTS = (
    "1. 共情：我理解你，{n} 天睡不着很难受。\n2. 想法：“我总是这样”是以偏概全。\n"
    "3. 质疑：有没有不是这样的时候？\n4. 策略：把它写下来。\n5. 鼓励：这是第一步。"
)
SOURCE = "report"
Row = dict[str, str]


def add_texts(
    store: Store, *, questions: int, systems: Sequence[str], danger: Sequence[int] = ()
) -> None:
    """Put questions into a store, with an answer of each system; some are tagged as danger."""
    with store.writing() as session:
        producers = [System(name=name, kind="local") for name in systems]
        asked = [
            Question(
                source=SOURCE,
                external_id=str(n),
                text=f"第 {n} 个问题",
                description="三天了 😔",
                content_hash=f"{SOURCE} {n}",
                tags=["danger"] if n in danger else [],
            )
            for n in range(questions)
        ]
        session.add_all([*producers, *asked])
        session.flush()
        session.add_all(
            Response(
                question_id=question.id,
                system_id=system.id,
                text=f"{FIVE_PARTS.format(n=number)}（{system.name}）",
            )
            for number, question in enumerate(asked)
            for system in producers
        )


def rating_study(  # noqa: PLR0913  # reads as a sentence where it is called
    store: Store,
    *,
    name: str = "pilot",
    questions: int = 12,
    systems: Sequence[str] = SYSTEMS,
    raters: Sequence[str] = ("li", "wang", "zhao"),
    danger: Sequence[int] = (),
    answered: float = 1.0,
    unblinded: bool = True,
    closed: bool = True,
    repeats: float = 0.1,
    criteria: Sequence[str] = CRITERIA,
) -> str:
    """Create a study, open it and give scores, seeded; the first system gets more points."""
    add_texts(store, questions=questions, systems=systems, danger=danger)
    with store.writing() as session:
        for number, rater in enumerate(raters):
            group = "therapist" if number == 0 else "student"
            people.add(session, username=rater, roles=["rater"], group=group, password_hash=None)
    create.run(
        store,
        Plan(
            name=name,
            systems=tuple(systems),
            raters=tuple(raters),
            frame=Frame(source=SOURCE),
            seed=11,
            repeats=repeats,
            criteria=tuple(c for c in shipped().criteria or () if c["id"] in criteria),
            analysis=dict(shipped().analysis or {})
            | {"primary": criteria[-1], "family": list(criteria), "resamples": 200},
        ),
    )
    lifecycle.open_study(store, name=name)
    score(store, answered=answered, criteria=criteria)
    if closed:
        lifecycle.close_study(store, name=name)
    if unblinded:
        lifecycle.unblind_study(store, name=name)
    return name


def score(store: Store, *, answered: float, criteria: Sequence[str]) -> None:
    dice = Random(5)  # noqa: S311
    with store.writing() as session:
        query = (
            select(Assignment.id, System.name, Question.external_id)
            .join(Item, Item.id == Assignment.item_id)
            .join(Response, Response.id == Item.response_id)
            .join(System, System.id == Response.system_id)
            .join(Question, Question.id == Item.question_id)
            .order_by(Assignment.person_id, Assignment.position)
        )
        rows = session.execute(query).all()
        for place, (assignment, system, question) in enumerate(rows):
            if place >= answered * len(rows):
                break
            base = 0.5 + 0.6 * (system == SYSTEMS[0]) + 0.3 * (int(question) % 3 == 0)
            values = {
                criterion: max(0, min(2, round(base + dice.gauss(0.2, 0.7))))
                for criterion in criteria
            }
            harmful = [{"flag": "harmful", "reason": None}] if place == 1 else []
            session.add(
                Judgement(
                    assignment_id=assignment,
                    revision=1,
                    values=values,
                    flags=harmful,
                    seconds=20.0 + place % 7,
                    token=f"t{place}",
                )
            )


def imported_study(  # noqa: PLR0913
    store: Store,
    folder: Path,
    *,
    name: str = "paper",
    items: int = 20,
    systems: Sequence[str] = ("A", "系统 B"),
    raters: int = 3,
    criteria: Sequence[str] = CRITERIA,
    silent: Sequence[str] = (),
) -> str:
    """Import a study of outside ratings, crossed; nobody scores a `silent` criterion."""
    dice = Random(3)  # noqa: S311
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "system", "rater", "criterion", "value"])
        for item in range(items):
            for place, system in enumerate(systems):
                for rater in range(raters):
                    for criterion in criteria:
                        value = dice.choice((0, 1, 1, 2, 2)) if place else dice.choice((1, 2, 2))
                        shown = "" if criterion in silent else value
                        writer.writerow([item, system, f"r{rater}", criterion, shown])
    importing.run(store, importing.RatingsImport(path=path, study=name))
    return name


def told(store: Store, name: str) -> tuple[Context, Document, Datasheet]:
    """Return a report as a document, with its datasheet, without writing it to a folder."""
    context = study_report.gathered(store, findings.known(store, name), tell=lambda _: None)
    return context, whole.document(context, store, texts=True), filling.filled(context, said={})


def words(document: Document) -> str:
    """Return all that a document says in running text, a line for each text."""
    return "\n".join(
        "".join(piece.text for piece in pieces(text) if isinstance(piece, Piece))
        for block in document.blocks
        for text in texts(block)
    )


def tables(document: Document) -> dict[str, Table]:
    return {block.id: block for block in document.blocks if isinstance(block, Table)}


def label_study(store: Store, *, system: str | None = "secret", n: int = 8) -> str:
    """A closed study of labels: two labellers, and a detector that is right on half the items."""
    make_label_study(store, questions=n, system=system)
    for item in range(1, n + 1):
        said = ("yes", ["labeling"]) if item % 2 else ("no", [])
        for labeller in ("li", "wang"):
            give(store, "labels", labeller, item, said[0], said[1])  # type: ignore[arg-type]
    with store.writing() as session:
        for place, item_id in enumerate(session.scalars(select(Item.id).order_by(Item.id))):
            found = ["labeling"] if place % 4 < 2 else []
            presence = "yes" if found else "no"
            session.add(
                Detection(detector="lexicon", item_id=item_id, presence=presence, labels=found)
            )
    close(store)
    return "labels"


def rows_of(figure: Mapping[str, Any], folder: Path) -> list[Row]:
    """Return the rows of a figure, chosen as a reader of the folder would."""
    wanted = {c: [v] if isinstance(v, str) else v for c, v in figure["rows"].items()}
    with (folder / figure["file"]).open(encoding="utf-8-sig", newline="") as file:
        return [
            row
            for row in csv.DictReader(file)
            if all(row[column] in kept for column, kept in wanted.items())
        ]
