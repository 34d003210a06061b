"""What stands at the head of a report: the study, how far it is, who may read it."""

from collections.abc import Iterator

from pipeline.cli.wording import many
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Heading, Note, Paragraph, Terms
from pipeline.report.sections import generation_texts
from pipeline.report.versions import software

KINDS = {"rating": "ratings of answers", "distortion": "labels of cognitive distortions"}


def title(context: Context) -> str:
    return f"Report on the study {context.known.study.name}"


def subtitle(context: Context) -> str:
    study = context.known.study
    origin = "imported, " if study.origin == "imported" else ""
    return f"{KINDS[study.kind]}, {origin}{study.status}"


def blocks(context: Context) -> Iterator[Block]:
    """Yield what must be known before any figure."""
    known = context.known
    study, size = known.study, known.facts.size
    if study.status == "open":
        yield Note(
            f"The study is still open: {size.answered:,} of {size.assigned:,} assignments are"
            " answered. All figures are preliminary.",
            warning=True,
        )
    if not known.unblinded and known.facts.systems:
        yield Note(
            "Systems appear by code until 'cbt study unblind'; what would tell which code is which"
            " system is left out until then.",
            warning=True,
        )
    yield Heading("study", "The study")
    yield Terms(tuple(_terms(context)))
    yield Paragraph(
        "Each figure has an id, which stands in figures.csv with the command that computes it"
        " again, its place in that command's JSON and the rows behind it."
    )


def _terms(context: Context) -> Iterator[tuple[str, str]]:
    known = context.known
    study, facts = known.study, known.facts
    size = facts.size
    yield "name", study.name
    yield "kind", subtitle(context)
    beside = [
        many(n, what)
        for n, what in ((size.repeats, "hidden repeat"), (size.calibration, "calibration item"))
        if n
    ]
    with_them = f"; beside them {', '.join(beside)}" if beside else ""
    yield "items", f"{size.items:,} about {many(size.questions, 'question')}{with_them}"
    if facts.systems:
        yield "systems", ", ".join(system.shown for system in facts.systems)
    if made := generation_texts.generations(context):
        asked = (f"{of.shown} by {generation_texts.in_short(of)}" for of in made)
        yield "answers generated", "; ".join(asked)
    if context.criteria:
        yield "criteria", ", ".join(map(context.name, context.criteria))
    if facts.raters:
        groups = [f"{group} {n}" for group, n in facts.groups.items() if group]
        yield "raters", f"{facts.raters:,}" + (f" ({', '.join(groups)})" if groups else "")
        yield "judgements", f"{size.answered:,} of {size.assigned:,} assigned"
    yield "program", ", ".join(f"{name} {of}" for name, of in software().items())
