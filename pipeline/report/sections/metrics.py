"""Table 4: the systems' scores by automatic metrics."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from db.study_facts import MetricValue
from pipeline import analysis
from pipeline.report.cells import NONE, interval_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Cell, Column, Group, Heading, Source, Table
from pipeline.report.findings import WAITS
from pipeline.stats.resampling.intervals import NO_ITEMS, Estimate, Resampling
from pipeline.stats.systems.ratios import Ratio, intervals, resample

TABLE_4 = "Scores by automatic metrics (Table 4 of the reference study)"
Metric = tuple[str, str]  # its name, and its full signature


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    yield Heading("metrics", "Automatic metrics")
    metrics = context.known.metrics
    if not metrics:
        context.lacks(TABLE_4, "the store holds no score of an automatic metric")
        return
    if not context.known.unblinded:
        context.lacks(TABLE_4, WAITS)
        return
    yield _table(context)


def _table(context: Context) -> Table:
    by_system = {code: _by_metric(values) for code, values in context.known.metrics.items()}
    metrics = sorted({metric for of in by_system.values() for metric in of})
    plan = analysis.resampling(context.known.study)
    rows = tuple(
        (Cell(system.shown), *_cells(context, system.code, metrics, by_system, plan))
        for system in context.known.facts.systems
        if system.code in by_system
    )
    columns = (Column(name, (name, f"{name}_low", f"{name}_high")) for name, _ in metrics)
    return Table(
        "t4",
        "Automatic scores (Table 4 of the reference study)",
        (Column("system", text=True), *columns),
        (Group(rows),),
        notes=(
            f"Means over all kept answers; {100 * plan.level:g}% intervals (bootstrap over"
            f" questions, {plan.resamples:,} resamples, seed {plan.seed}).",
            *(f"{name}: {signature}" for name, signature in metrics),
        ),
    )


def _by_metric(values: Sequence[MetricValue]) -> dict[Metric, dict[int, list[float]]]:
    found: dict[Metric, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in values:
        found[each.metric, each.signature][each.question_id].append(each.value)
    return found


def _cells(
    context: Context,
    code: str,
    metrics: Sequence[Metric],
    by_system: dict[str, dict[Metric, dict[int, list[float]]]],
    plan: Resampling,
) -> Iterator[Cell]:
    for metric in metrics:
        by_question = by_system[code].get(metric)
        if by_question is None:
            yield Cell(NONE)
            continue
        yield interval_cell(_told(context, code, metric, by_question, plan))


def _told(
    context: Context,
    code: str,
    metric: Metric,
    by_question: dict[int, list[float]],
    plan: Resampling,
) -> Source:
    found = mean(list(by_question.values()), plan)
    source = Source(
        id=f"t4.{code}.{metric[1]}",
        about=f"mean {metric[0]} of {code}",
        value=found.value,
        command=context.command,
        low=found.low,
        high=found.high,
        level=found.level,
        method=f"{metric[1]}; {found.method}",
        n=sum(map(len, by_question.values())),
        code=found.code or "",
        reason=found.reason or "",
    )
    context.sources.told[source.id] = source
    return source


def mean(scores: Sequence[Sequence[float]], plan: Resampling) -> Estimate:
    """Return the mean over all scores, `scores` being those of each question, with its interval."""
    sums, counts = (np.array(list(map(of, scores)), dtype=np.float64) for of in (sum, len))
    ratio = Ratio(sums, counts, NO_ITEMS)
    (found,) = intervals([ratio], resample([ratio], plan), plan)
    return found
