"""How a model was asked for the systems' answers, and what became of all that it was asked."""

from collections.abc import Iterator, Sequence

from pipeline.cli.amounts import money
from pipeline.cli.wording import many
from pipeline.report.cells import NONE, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Heading,
    Paragraph,
    Table,
    Terms,
)
from pipeline.report.sections import generation_texts as texts
from pipeline.report.sections.generation_texts import Generation

Row = tuple[str, tuple[str, ...]]  # what it counts, and its place in what `cbt describe` says
QUESTIONS: tuple[Row, ...] = (
    ("questions asked", ("became", "asked")),
    ("of people who may be in acute danger", ("became", "in_danger")),
    ("without an answer", ("became", "failed")),
    ("still with the server", ("became", "waiting")),
)
AGAIN: tuple[Row, ...] = (
    ("asked once more to mend an answer", ("became", "repaired")),
    ("asked once more with more room", ("became", "longer")),
)
CALLS: tuple[Row, ...] = (
    ("calls", ("took", "calls")),
    ("through the Batch API", ("took", "in_batch")),
    ("tokens in", ("took", "tokens_in")),
    ("tokens out", ("took", "tokens_out")),
)
ALWAYS = {"asked", "failed", "kept", "set_aside", "refused", "calls", "tokens_in", "tokens_out"}


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section where this program had models answer; nothing of it before unblinding."""
    found = texts.generations(context)
    if not found:
        return
    yield Heading("generated", "How the answers were generated")
    yield Terms(tuple((of.shown, " ".join(_about(of))) for of in found))
    yield _table(context, found)
    yield Paragraph(
        "What the prompts say, word by word, stands in the datasheet beside this report."
    )


def _about(of: Generation) -> Iterator[str]:
    yield texts.details(of).removeprefix(f"{of.shown}: ")
    if of.prompt:
        yield f"Prompt: {of.prompt['name']}, {texts.prompt(of.prompt)}."


def _table(context: Context, found: Sequence[Generation]) -> Table:
    groups = (
        Group(tuple(_rows(context, found, QUESTIONS)), "Questions"),
        Group(tuple(_rows(context, found, (*_answers(found), *AGAIN))), "Answers"),
        Group(tuple(_rows(context, found, (*CALLS, *_costs(found)))), "Calls"),
    )
    return Table(
        "generation",
        "What models were asked for, and what became of it",
        (Column("counted", text=True), *(Column(of.shown) for of in found)),
        groups,
        notes=tuple(_notes(found)),
    )


def _answers(found: Sequence[Generation]) -> Iterator[Row]:
    yield "kept", ("became", "kept")
    for status, name in (("set_aside", "set aside"), ("refused", "refused")):
        yield name, ("became", status)
        codes = (code for of in found for code in of.became["reasons"].get(status, ()))
        for code in dict.fromkeys(codes):
            yield f"{name}: {texts.reason(status, code)}", ("became", "reasons", status, code)


def _costs(found: Sequence[Generation]) -> Iterator[Row]:
    for currency in dict.fromkeys(currency for of in found for currency in of.took["costs"]):
        yield f"cost, {currency}", ("took", "costs", currency)


def _rows(
    context: Context, found: Sequence[Generation], rows: Sequence[Row]
) -> Iterator[tuple[Cell, ...]]:
    for name, at in rows:
        if at[-1] in ALWAYS or any(_value(of, at) for of in found):
            yield (Cell(name), *(_cell(context, of, name, at) for of in found))


def _value(of: Generation, at: Sequence[str]) -> float | None:
    found = of.found
    for step in at:
        found = found.get(step, {})
    return found if isinstance(found, int | float) else None


def _cell(context: Context, of: Generation, name: str, at: Sequence[str]) -> Cell:
    value = _value(of, at)
    if value is None:
        return Cell(NONE if "costs" in at else "0")
    source = context.sources.figure(
        f"generation.{context.code(of.shown)}.{'.'.join(at[1:])}",
        f"{name}, {of.shown}",
        context.findings.described,
        ("systems", of.place, "generation", *at),
    )
    return value_cell(source, money(value, "").strip() if "costs" in at else f"{value:,}")


def _notes(found: Sequence[Generation]) -> Iterator[str]:
    yield (
        "Over all that these systems were asked, not only what is in this study. Answers that a"
        " check or a person set aside (counted by what was found first), or that the model or its"
        " server refused, stay in the store and count in no other figure; docs/generation.md says"
        " what the checks are."
    )
    if any(of.became["in_danger"] for of in found):
        yield f"In acute danger: {texts.danger_rules(found[0])}."
    if any(not of.took["costs"] for of in found):
        yield "No cost where no price was given."
    unpriced = sum(of.took["unpriced"] for of in found if of.took["costs"])
    if unpriced:
        yield f"Not in the costs: {many(unpriced, 'call')} of which no price was given."
    at_most = sum(of.took["at_most"] for of in found)
    if at_most:
        yield (
            f"Of {many(at_most, 'call')} the tokens are not known: counted is the most that they"
            " can have taken."
        )
