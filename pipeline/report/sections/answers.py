"""Tables 1 and 2: how long the systems' answers are, and which distortions they name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db.detections import generated
from pipeline.codebook.crosswalk import crosswalks
from pipeline.codebook.distortions import shipped
from pipeline.describe import TABLE_2
from pipeline.report.cells import NONE, interval_cell, percent, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Cell, Column, Group, Heading, Table
from pipeline.report.sources import Finding

TABLES = "Lengths and distortions of answers (Tables 1 and 2 of the reference study)"
BY_THE_MODEL = generated("")  # what such detectors' names begin with
LENGTHS = ("question", "description", "response")
LEFT_OUT_NOTE = (
    "Left out are answers that a check or a person set aside, or that a model refused: they count"
    " in no other column."
)
LEFT_OUT = {"set_aside": "set aside", "refused": "refused"}


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    found = context.findings.described
    yield Heading("answers", "The answers")
    if not found.whole:
        context.lacks(TABLES, found.why)
        return
    if not any(each["responses"] for each in found.whole["systems"]):
        why = "the store holds no texts of their answers"
        context.lacks(TABLES, why, "cbt import responses FILE --system NAME")
        return
    yield _table_1(context, found)
    ran = [place for place, each in enumerate(found.whole["systems"]) if each["detector"]]
    if ran:
        yield _table_2(context, found, ran)
    else:
        why = "no detector was run on these answers"
        context.lacks("Which distortions answers name (Table 2)", why, "cbt detect")


def _table_1(context: Context, found: Finding) -> Table:
    systems = found.whole["systems"]
    left_out = tuple(name for name in LEFT_OUT if any(each[name] for each in systems))
    columns = (
        Column("system", text=True),
        Column("responses"),
        *(Column(LEFT_OUT[name], over="left out") for name in left_out),
        Column("questions"),
        *(Column(name, over="mean characters") for name in LENGTHS),
        Column("name a distortion", ("distorted", "low", "high")),
    )
    rows = tuple(
        _row_1(context, found, place, each, left_out) for place, each in enumerate(systems)
    )
    methods = dict.fromkeys(each["distorted"].get("method") for each in systems)
    return Table(
        "t1",
        "The systems' answers (Table 1 of the reference study)",
        columns,
        (Group(rows),),
        notes=(
            "Over all kept answers of these systems in the store, not only those in this study."
            " Characters are Unicode code points of the texts as stored.",
            *(LEFT_OUT_NOTE for _ in left_out[:1]),
            *(f"Shares: {method} interval." for method in methods if method),
        ),
    )


def _row_1(
    context: Context, found: Finding, place: int, each: dict[str, Any], left_out: Sequence[str]
) -> tuple[Cell, ...]:
    code = context.code(each["system"])
    at = ("systems", place)

    def figure(name: str, about: str, *where: str, digits: int) -> Cell:
        about = f"{about} of {each['system']}"
        n = None if name in LEFT_OUT else each["responses"]
        source = context.sources.figure(f"t1.{code}.{name}", about, found, (*at, *where), n=n)
        return value_cell(
            source, f"{source.value or 0:,}" if not digits else places(source.value, 1)
        )

    if each["detector"]:
        distorted = context.sources.figure(
            f"t1.{code}.distorted",
            f"share of {each['system']}'s answers that name a distortion",
            found,
            (*at, "distorted"),
            n=each["detected"],
        )
        share = interval_cell(distorted, percent)
    else:
        share = Cell(NONE)
    return (
        Cell(each["system"]),
        figure("responses", "number of answers", "responses", digits=0),
        *(
            figure(name, f"number of answers {LEFT_OUT[name]}", name, digits=0)
            for name in left_out
        ),
        figure("questions", "number of questions answered", "questions", digits=0),
        *(
            figure(f"characters.{name}", f"mean characters of a {name}", "mean_characters", name,
                   digits=1)
            for name in LENGTHS
        ),
        share,
    )  # fmt: skip


def _table_2(context: Context, found: Finding, ran: list[int]) -> Table:
    systems = found.whole["systems"]
    named = [id_ for id_ in shipped().ids if any(systems[n]["distortions"][id_] for n in ran)]
    classes = {each.id: each.name["en"] for each in crosswalks()[TABLE_2].classes}
    names = {label.id: label.name["en"] for label in shipped().labels}

    def row(kind: str, id_: str, name: str) -> tuple[Cell, ...]:
        return (Cell(name), *(_count(context, found, place, kind, id_) for place in ran))

    return Table(
        "t2",
        "Answers that name each distortion (Table 2 of the reference study)",
        (
            Column("distortion", text=True),
            *(Column(systems[place]["system"]) for place in ran),
        ),
        (
            Group(tuple(row("classes", id_, name) for id_, name in classes.items()),
                  "In the reference study's classes"),
            Group(tuple(row("distortions", id_, names[id_]) for id_ in named),
                  "By the codebook"),
        ),
        notes=(
            "Each answer counts once a row; in brackets its share of the answers that have a"
            " distortion. An answer may name several.",
            "Detectors: "
            + ", ".join(f"{systems[n]['system']} {systems[n]['detector']}" for n in ran),
            *_by_the_model(systems[n]["detector"] for n in ran),
        ),
    )  # fmt: skip


def _by_the_model(detectors: Iterable[str]) -> Iterator[str]:
    if any(name.startswith(BY_THE_MODEL) for name in detectors):
        yield f"{BY_THE_MODEL}…: what the model that wrote an answer said that it names."


def _count(context: Context, found: Finding, place: int, kind: str, id_: str) -> Cell:
    each = found.whole["systems"][place]
    source = context.sources.figure(
        f"t2.{context.code(each['system'])}.{kind}.{id_}",
        f"number of {each['system']}'s answers that name {id_}",
        found,
        ("systems", place, kind, id_),
        n=each["detected"],
    )
    share = f" ({percent((source.value or 0) / each['with_distortion'])})" if source.value else ""
    return value_cell(source, f"{source.value or 0:,}{share}")
