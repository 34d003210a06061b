"""The cumulative-logit mixed model of the primary criterion: systems and raters at once."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.cells import NONE, interval_cell, p_text, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Cell, Column, Group, Heading, Source, Table
from pipeline.report.sources import Finding

TESTS = {"systems": "system_test", "raters": "rater_test"}
DEVIATIONS = {
    "question": "questions",
    "question_by_system": "answers beside their questions",
}


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study."""
    found, criterion = context.findings.model, context.primary
    if not found.command:
        return
    yield Heading("model", f"The mixed model of {context.name(criterion)}")
    model = found.whole["criteria"][criterion]["model"] if found.whole else {}
    if "n" not in model:
        context.lacks("The mixed model", model.get("reason") or found.why)
        return
    yield _table(context, found, model)


def _table(context: Context, found: Finding, model: dict[str, Any]) -> Table:
    criterion = context.primary

    def told(name: str, about: str, *where: str | int) -> Source:
        return context.sources.figure(
            f"model.{criterion}.{name}",
            f"{about} on {criterion}",
            found,
            ("criteria", criterion, "model", *where),
            rows=context.sources.rows(criterion=criterion),
            n=model["n"],
        )

    def effects(of: str) -> Group:
        one = of.removesuffix("s")
        rows: list[tuple[Cell, ...]] = []
        for place, each in enumerate(model[of]):
            name = context.code(each[one]) if of == "systems" else each[one]
            source = told(f"{of}.{name}", f"log odds of {each[one]}", of, place)
            rows.append((Cell(each[one]), interval_cell(source), Cell("")))
        if model[TESTS[of]]:
            test = told(f"{of}.p", f"p-value of all {of} alike", TESTS[of], "p")
            row = (Cell(f"all {of} alike"), Cell(""), value_cell(test, p_text(test.value)))
            rows.append(row)
        return Group(tuple(rows), f"{of}, in log odds against their mean")

    def deviation(which: str) -> tuple[Cell, ...]:
        source = told(which, f"standard deviation of {DEVIATIONS[which]}", which)
        test = model[which]["test"]
        p = Cell(NONE)
        if test:
            of_test = told(f"{which}.p", f"p-value of no {which}", which, "test", "p")
            p = value_cell(of_test, p_text(of_test.value))
        return (Cell(DEVIATIONS[which]), interval_cell(source), p)

    effect = (*model["systems"], *model["raters"], model["question"])
    level = next((each["level"] for each in effect if "level" in each), 0.95)
    return Table(
        "mixed-model",
        f"{context.name(criterion)}: effects of the mixed model",
        (
            Column("effect", text=True),
            Column(f"estimate ({100 * level:g}% interval)", ("estimate", "low", "high")),
            Column("p"),
        ),
        (
            effects("systems"),
            effects("raters"),
            Group(tuple(map(deviation, DEVIATIONS)), "standard deviations, in log odds"),
        ),
        notes=(
            f"Method: {model['method']}. {model['n']:,} scores of {model['questions']:,}"
            " questions.",
            "p: likelihood-ratio tests; that a deviation is 0 lies on the edge of what it can be,"
            " and its p-value is halved."
            f" Log likelihood {places(model['log_likelihood'], 2)}.",
        ),
    )
