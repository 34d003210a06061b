"""Table 4: the systems' scores by automatic metrics, and how far apart they are."""

from collections.abc import Iterator, Sequence
from functools import partial

from pipeline.cli.wording import many
from pipeline.metrics.known import KNOWN, Family
from pipeline.metrics.of_study import Scores
from pipeline.report.cells import Show, interval_cell, p_text, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Heading,
    Note,
    Source,
    Table,
)
from pipeline.report.findings import WAITS, Metrics
from pipeline.report.sections import metrics_and_people
from pipeline.scoring.found import Difference, MetricFound, SystemValue
from pipeline.stats.resampling.intervals import Estimate

TABLE_4 = "Scores by automatic metrics (Table 4 of the reference study)"
SCORES = "cbt score --system NAME --reference NAME"
FAMILIES: dict[Family, str] = {
    "overlap": "Words and characters shared with the reference",
    "encoder": "Compared with the reference by a neural model",
    "form": "What the answers are like",
}
DIGITS = {"length": 1, "parts": 2}


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    yield Heading("metrics", "Automatic metrics")
    if not context.known.metrics:
        context.lacks(TABLE_4, "the store holds no score of an automatic metric", SCORES)
        return
    if not context.known.unblinded:
        context.lacks(TABLE_4, WAITS)
        return
    found = context.findings.metrics
    if not found.scores:
        context.lacks(TABLE_4, "all scores in the store are of metrics of another version")
        return
    yield _table(context, found)
    yield Note(
        "Automatic metrics measure how an answer is worded, most of them against one reference"
        " answer. None can tell whether an answer is safe, or helps: people's scores can."
    )
    if any(each.differences for each in found.found):
        yield _differences(context, found)
    yield from metrics_and_people.blocks(context, found.with_people)


def _table(context: Context, found: Metrics) -> Table:
    systems = [value.system for value in found.found[0].values]
    rows: dict[Family, list[tuple[Cell, ...]]] = {family: [] for family in FAMILIES}
    for scores, metric in zip(found.scores, found.found, strict=True):
        rows[KNOWN[metric.name].family].append(tuple(_row(context, scores, metric)))
    names = ((name, f"{name}_low", f"{name}_high") for name in systems)
    return Table(
        "t4",
        "Automatic scores (Table 4 of the reference study)",
        (
            Column("metric", text=True),
            *(Column(name, own) for name, own in zip(systems, names, strict=True)),
            Column("n", tuple(f"{name}_n" for name in systems)),
        ),
        tuple(Group(tuple(of), FAMILIES[family]) for family, of in rows.items() if of),
        notes=tuple(_notes(context, found)),
    )


def _row(context: Context, scores: Scores, metric: MetricFound) -> Iterator[Cell]:
    yield Cell(titled(scores))
    for value in metric.values:
        yield interval_cell(_value(context, scores, value), shown(metric.name))
    counts = tuple(value.n for value in metric.values)
    alike = counts[:1] if len(set(counts)) == 1 else counts
    yield Cell(" / ".join(f"{n:,}" for n in alike), counts)


def titled(scores: Scores) -> str:
    """Return what a metric is called, with its scale where that is not up to 1."""
    return f"{scores.title}, of 100" if KNOWN[scores.way.metric].top == 100 else scores.title


def shown(metric: str) -> Show:
    """Return how a metric's values are shown."""
    digits = 2 if KNOWN[metric].top == 100 else DIGITS.get(metric, 3)
    return partial(places, digits=digits)


def _value(context: Context, scores: Scores, value: SystemValue) -> Source:
    about = f"{scores.title} of {value.system}"
    name = f"t4.{context.code(value.system)}.{scores.id}"
    return figure(context, name, about, value.estimate, scores, n=value.n)


def figure(
    context: Context, name: str, about: str, estimate: Estimate, scores: Scores, *, n: int
) -> Source:
    """Tell a figure that rests on automatic scores, with its signature and its interval."""
    source = Source(
        id=name,
        about=about,
        value=estimate.value,
        command=context.command,
        low=estimate.low,
        high=estimate.high,
        level=estimate.level,
        method=f"{scores.way.signature}; {estimate.method}",
        n=n,
        code=estimate.code or "",
        reason=estimate.reason or "",
    )
    context.sources.told[source.id] = source
    return source


def _notes(context: Context, found: Metrics) -> Iterator[str]:
    values = [value for metric in found.found for value in metric.values]
    told = [each.estimate for each in values if each.estimate.low is not None]
    if told:
        methods = "; ".join(dict.fromkeys(each.method for each in told))
        yield f"In brackets the {100 * told[0].level:g}% interval: {methods}."
    yield (
        "n is the number of answers, to all questions that were scored, also those that the study"
        " does not ask; of several answers to a question the first one counts."
    )
    if _apart(found):
        yield (
            "Not all systems answered the same questions, so that their scores are of other ones:"
            " only the differences are of common questions."
        )
    yield from _trained_on(context)
    for system in context.known.facts.systems:
        yield from _not_scored(context, system.code, system.shown, values)
    for scores, metric in zip(found.scores, found.found, strict=True):
        held = f", against {scores.way.reference}" if scores.way.reference else ""
        # With blanks it can be broken into lines; figures.csv has it as it is compared.
        yield f"{scores.title}{held}: {scores.way.signature.replace('|', ' | ')}"
        if metric.windowed:
            yield (
                f"{scores.title}: too long with its reference to be read at once, and so read in"
                f" several windows, never cut: {many(metric.windowed, 'answer')} of"
                f" {metric.added + metric.known:,}."
            )


def _apart(found: Metrics) -> bool:
    """Say whether two systems' scores by one metric rest on other questions."""
    return any(
        each.n_pairs < max(value.n for value in metric.values)
        for metric in found.found
        for each in metric.differences
    )


def _trained_on(context: Context) -> Iterator[str]:
    for system in context.known.facts.systems:
        for split, count in context.known.in_train.get(system.code, {}).items():
            yield (
                f"Of {system.shown}, {many(count, 'scored question')} of the train part of split"
                f" {split}: if the model was fine-tuned on these, it has seen them, and its scores"
                " tell of no new ones."
            )


def _not_scored(
    context: Context, code: str, name: str, values: Sequence[SystemValue]
) -> Iterator[str]:
    kept = context.known.metrics[code].answers if code in context.known.metrics else 0
    most = max((each.n for each in values if each.system == name), default=0)
    if most < kept:
        yield f"Of {name}, {most:,} of {kept:,} kept answers have scores."
    if not kept:
        yield f"No answer of {name} has scores."


def _differences(context: Context, found: Metrics) -> Table:
    groups = tuple(
        Group(tuple(tuple(_difference(context, scores, each)) for each in metric.differences),
              titled(scores))
        for scores, metric in zip(found.scores, found.found, strict=True)
    )  # fmt: skip
    told = [each for metric in found.found for each in metric.differences]
    return Table(
        "t4-differences",
        "Automatic scores: every two systems",
        (
            Column("systems", text=True),
            Column("difference", ("difference", "low", "high")),
            Column("p"),
            Column("p (Holm)", ("p_holm",)),
            Column("n", ("n_pairs",)),
        ),
        groups,
        notes=tuple(_notes_of_differences(told)),
    )


def _difference(context: Context, scores: Scores, each: Difference) -> Iterator[Cell]:
    name = f"{each.a} − {each.b}"
    codes = ".".join(map(context.code, (each.a, each.b)))
    id_, about = f"t4-differences.{scores.id}.{codes}", f"{scores.title}, {name}"
    yield Cell(name)
    source = figure(context, f"{id_}.value", about, each.estimate, scores, n=each.n_pairs)
    yield interval_cell(source, shown(scores.way.metric))
    for kind, p in (("p", each.p), ("p_holm", each.p_holm)):
        of_p = Source(
            id=f"{id_}.{kind}",
            about=f"{kind} of {about}",
            value=p,
            command=context.command,
            method=each.test or "",
            n=each.n_pairs,
            code=each.estimate.code or "" if p is None else "",
            reason=each.estimate.reason or "" if p is None else "",
        )
        context.sources.told[of_p.id] = of_p
        yield value_cell(of_p, p_text(p))
    yield Cell(f"{each.n_pairs:,}", (each.n_pairs,))


def _notes_of_differences(told: Sequence[Difference]) -> Iterator[str]:
    yield (
        "The first system's score less the second one's, both over the n questions that both"
        " answered."
    )
    intervals = [each.estimate for each in told if each.estimate.low is not None]
    if intervals:
        methods = "; ".join(dict.fromkeys(each.method for each in intervals))
        yield f"In brackets the {100 * intervals[0].level:g}% interval: {methods}."
    tests = dict.fromkeys(each.test for each in told if each.test)
    if tests:
        count = sum(each.p is not None for each in told)
        yield (
            f"p: {'; '.join(tests)}. Adjusted by Holm's method over all {many(count, 'test')} of"
            " this table, which is no part of the study's frozen family."
        )
