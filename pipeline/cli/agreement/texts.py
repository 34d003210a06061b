"""Say how far raters agree: to a person, and as a table for LaTeX."""

from collections.abc import Iterator

from pipeline.agreement.counts import Extent
from pipeline.agreement.criterion import CriterionAgreement, chosen, leading
from pipeline.agreement.measuring import Agreement
from pipeline.cli import latex
from pipeline.cli.agreement import raters, tables
from pipeline.cli.agreement.names import EMPTY_SETS, NAMES, SETS, metric, named, reasons, two
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import interval, interval_heading, places
from pipeline.cli.planning_texts import sentence
from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.resampling.intervals import Estimate


def lines(found: Agreement) -> Iterator[str]:
    of_group = f" (group {found.group})" if found.group else ""
    yield (
        f"study {found.study}, {found.status}: {many(found.raters, 'rater')},"
        f" {many(found.items, 'item')}{of_group}"
    )
    yield ""
    yield from aligned(_overview(found))
    for each in found.criteria:
        yield ""
        yield from _criterion(each, found)
    if found.labels:
        yield ""
        yield from tables.labels(found.labels, found.plan.level)
    if found.contrast:
        yield ""
        yield from tables.contrast(found.contrast, found.plan.level)
    yield ""
    yield from notes(found)


def _overview(found: Agreement) -> list[list[str]]:
    """Return what to read first: three coefficients of each criterion, beside each other."""
    head = ["", *(f"{each.criterion}" for each in found.criteria)]
    rows = [
        [named(one), *(told(of[place].estimate) for of in map(_first, found.criteria))]
        for place, one in enumerate(_first(found.criteria[0]))
    ]
    return [head, *rows]


def _first(found: CriterionAgreement) -> list[Coefficient]:
    equal = Which("percent_agreement", IDENTITY)
    wanted = (equal, *leading(ordered=found.ordered, weights=found.weights))
    return [chosen(found.coefficients, each) for each in wanted]


def _criterion(found: CriterionAgreement, of: Agreement) -> Iterator[str]:
    what = "score" if found.ordered else "answer"
    if not found.extent.judgements:
        yield (
            f"{found.criterion}: nobody has given {'a score' if found.ordered else 'an answer'},"
            f" {found.extent.missing:,} missing; there is nothing to compare"
        )
        return
    yield f"{found.criterion}: {_extent(found.extent, what=what)}"
    if found.planning:
        yield planned(found)
    level = of.plan.level
    head = [found.criterion, "metric or weights", "value", interval_heading(level), "items"]
    yield from aligned([head, *map(_row, found.coefficients)], left=2)
    yield from _block(raters.distribution(found))
    yield from _block(raters.categories(found, level))
    yield from _block(raters.pairs(found))
    yield from _block(raters.without(found, level))
    yield from _block(raters.repeats(found.repeats, level))
    if found.groups:
        yield from _block(tables.groups(found.groups, found.weights, level))
    for caution in found.cautions:
        yield f"warning: {caution.message}"


def _block(block: Iterator[str]) -> Iterator[str]:
    """Yield lines with an empty one before them, nothing of none."""
    told = list(block)
    if told:
        yield ""
        yield from told


def _extent(extent: Extent, *, what: str) -> str:
    each = sorted(extent.per_item)
    some = f"{each[0]}" if len(each) == 1 else f"{each[0]} to {each[-1]}" if each else "no"
    return (
        f"{many(extent.raters, 'rater')}, {many(extent.items, 'item')} with {some} {what}s each,"
        f" {extent.shared:,} with two or more; {many(extent.judgements, what)} given,"
        f" {extent.missing:,} missing"
    )


def planned(found: CriterionAgreement) -> str:
    """Return how many more items, or questions, narrow the chief coefficient's interval."""
    if found.planning is None:
        return ""
    extent, chief = found.extent, found.chief
    several = {scores: items for scores, items in extent.per_item.items() if scores > 1}
    scores = sum(each * items for each, items in several.items())
    name = f"{NAMES[chief.name]} ({chief.metric})"
    each = scores / extent.shared if extent.shared else 2.0
    per = extent.shared / extent.questions if extent.questions else None
    return sentence(name, chief.estimate, found.planning, each=each, of_question=per)


def _row(each: Coefficient) -> list[str]:
    name = [NAMES[each.name], metric(each.name, each.metric)]
    return [*name, *two(each.estimate), f"{each.items:,}"]


def notes(found: Agreement) -> Iterator[str]:
    """Yield what a reader must know of the figures, a sentence each."""
    yield from reasons([each.estimate for one in found.criteria for each in one.coefficients])
    plan = found.plan
    yield (
        f"{100 * plan.level:g}% intervals: bootstrap over {found.resampled}, BCa where it can be"
        f" computed, {plan.resamples:,} resamples, seed {plan.seed}; raters held fixed, so they"
        " are for these raters (--json has each figure's method)"
    )
    cannot = "" if found.labels else ', or are "cannot judge"'
    yield (
        "raters are paired by the item that they judged; missing is what was to be given and is not"
        f"{cannot}, never what the design left out"
    )
    if found.labels:
        yield 'presence is "yes", "no" or "cannot tell"; sets of labels are of those who can tell'
        yield EMPTY_SETS
    else:
        yield (
            "three things are called ordinal: Krippendorff's metric of ranks (alpha here), Gwet's"
            " ordinal weights (--weights ordinal), and squared distance (quadratic, interval)"
        )
    if found.repeats or found.calibration:
        yield (
            f"left out: {many(found.repeats, 'judgement')} of repeats (which tell of raters with"
            f" themselves), {found.calibration:,} of calibration items"
        )
    if found.status == "open":
        yield "the study is still open: these figures are preliminary"
    yield RESEARCH_ONLY


def latex_table(found: Agreement) -> Iterator[str]:
    """Yield one table: a row a coefficient, a column a criterion, each figure with its interval."""
    rows = [
        [f"{NAMES[each.name]}, {metric(each.name, each.metric)}", *_cells(found, place)]
        for place, each in enumerate(found.criteria[0].coefficients)
        if any(one.coefficients[place].estimate.value is not None for one in found.criteria)
    ]
    if found.labels:
        rows += [
            [f"Sets of labels: {', '.join(SETS[key])}", told(estimate)]
            for key, estimate in found.labels.labels.items()
        ]
    extents = [each.extent for each in found.criteria]
    rows.append([])
    rows.append(["Items that two or more judged", *(f"{each.shared:,}" for each in extents)])
    rows.append(["Raters", *(f"{each.raters:,}" for each in extents)])
    rows.append(["Judgements given", *(f"{each.judgements:,}" for each in extents)])
    rows.append(["Judgements missing", *(f"{each.missing:,}" for each in extents)])
    plan = found.plan
    caption = (
        f"Agreement of the raters of {found.study}"
        f"{f' (group {found.group})' if found.group else ''}; in parentheses"
        f" {100 * plan.level:g}% intervals by the bootstrap over {found.resampled} (BCa,"
        f" {plan.resamples:,} resamples, seed {plan.seed}), raters held fixed."
    )
    heading = ["", *(each.criterion for each in found.criteria)]
    yield from latex.table(heading, rows, caption=caption, label="tab:agreement")


def _cells(found: Agreement, place: int) -> list[str]:
    return [told(each.coefficients[place].estimate) for each in found.criteria]


def told(estimate: Estimate) -> str:
    """Return a figure with its interval, for one column.

    >>> told(Estimate(0.6149, 0.518, 0.694, 0.95, "bootstrap"))
    '0.61 (0.52 to 0.69)'
    """
    value = places(estimate.value, 2)
    return value if estimate.low is None else f"{value} ({interval(estimate, 2)})"
