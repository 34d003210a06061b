"""The words of `cbt score`."""

from collections.abc import Iterator

from pipeline.cli.columns import aligned
from pipeline.cli.estimates import NONE, interval, interval_heading, places, probability
from pipeline.cli.wording import RESEARCH_ONLY, counted, many
from pipeline.metrics import jury
from pipeline.metrics.known import KNOWN
from pipeline.scoring.found import Difference, Found, MetricFound, SystemAnswers
from pipeline.scoring.wanted import Progress

LANGUAGES = {"zh": "Chinese", "en": "English"}
ROWS_SHOWN = 60  # of differences; --json has all


def progress(of: Progress) -> str:
    return f"scores: {of.done:,} of {of.of:,}, now {KNOWN[of.metric].title}"


def lines(found: Found) -> Iterator[str]:
    yield _extent(found)
    yield ""
    yield from aligned(_values(found), left=2)
    yield from _differences(found)
    if found.jury:
        yield from _jury(found)
    yield ""
    yield from _notes(found)


def _extent(found: Found) -> str:
    held = f" against {found.reference}" if found.reference else ""
    common = " in common" if len(found.systems) > 1 else ""
    return (
        f"{many(len(found.systems), 'system')}{held}: {many(found.n, 'question')}{common}, texts in"
        f" {LANGUAGES[found.language]}"
    )


def _values(found: Found) -> list[list[str]]:
    rows = [["metric", "system", "n", "value", interval_heading(found.plan.level)]]
    for metric in found.metrics:
        title = _title(metric)
        for each in metric.values:
            digits = _digits(metric)
            value = places(each.estimate.value, digits)
            rows.append([title, each.system, f"{each.n:,}", value, interval(each.estimate, digits)])
            title = ""
    return rows


def _title(metric: MetricFound) -> str:
    known = KNOWN[metric.name]
    return f"{known.title} (of 100)" if known.top == 100 else known.title


def _digits(metric: MetricFound) -> int:
    return 2 if KNOWN[metric.name].top == 100 or metric.name == "length" else 4


def _differences(found: Found) -> Iterator[str]:
    told = [(metric, each) for metric in found.metrics for each in metric.differences]
    if not told:
        return
    shown = told
    if len(told) > ROWS_SHOWN:
        shown = [(metric, each) for metric, each in told if KNOWN[metric.name].table_4]
    heading = ["difference", "of", "value", interval_heading(found.plan.level), "p", "Holm", "n"]
    yield ""
    yield from aligned([heading, *(_difference(*each) for each in shown)], left=2)
    if len(shown) < len(told):
        yield f"and {len(told) - len(shown):,} more differences: --json has all"


def _difference(metric: MetricFound, each: Difference) -> list[str]:
    digits = _digits(metric)
    return [
        KNOWN[metric.name].title,
        f"{each.a} − {each.b}",
        places(each.estimate.value, digits),
        interval(each.estimate, digits),
        probability(each.p),
        probability(each.p_holm),
        f"{each.n_pairs:,}",
    ]


def _jury(found: Found) -> Iterator[str]:
    yield ""
    rows = [[f"Jury {jury.VERSION}", "BLEU", "METEOR", "CHRF", "n", "CHRF is of question"]]
    rows += [
        [
            each.system,
            places(each.bleu, 4),
            places(each.meteor, 4),
            places(each.chrf, 4),
            f"{each.n:,}",
            each.first,
        ]
        for each in found.jury
    ]
    yield from aligned(rows)
    yield (
        "what the paper's toolkit would tell, 0 to 1: it cuts words at blanks, which Chinese has"
        " none of, and its CHRF is that of one answer alone; none of this is stored"
    )


def _notes(found: Found) -> Iterator[str]:
    yield from _not_run(found)
    if found.other_language:
        others = many(found.other_language, "text")
        yield (
            f"{others} not in {LANGUAGES[found.language]}, but cut as if in it: better score each"
            " language by itself, by --source or --split"
        )
    if _apart(found):
        yield (
            "not all systems answer the same questions: their values are of other questions, only"
            " the differences are of common ones"
        )
    for each in found.systems:
        yield from _left_out(each, found)
    yield from _unscored(found)
    yield from _methods(found)
    for metric in found.metrics:
        if metric.signature and not metric.why:
            yield f"  {metric.name}: {metric.signature}"
    added = sum(metric.added for metric in found.metrics)
    yield f"scores: {added:,} computed, {sum(metric.known for metric in found.metrics):,} known"
    yield RESEARCH_ONLY


def _apart(found: Found) -> bool:
    """Say whether two systems' values of one metric rest on other questions."""
    return any(
        each.n_pairs < max(value.n for value in metric.values)
        for metric in found.metrics
        for each in metric.differences
    )


def _not_run(found: Found) -> Iterator[str]:
    titles: dict[str, list[str]] = {}
    for metric in found.metrics:
        if metric.why:
            titles.setdefault(metric.why.reason, []).append(KNOWN[metric.name].title)
    for reason, each in titles.items():
        yield f"not run: {'; '.join(each)}: {reason}"


def _left_out(each: SystemAnswers, found: Found) -> Iterator[str]:
    left = each.left_out
    gone = left.set_aside + left.refused
    told = []
    if gone:
        told.append(f"{many(gone, 'answer')} set aside or refused: {counted(left.reasons)}")
    if left.other_samples:
        told.append(f"{many(left.other_samples, 'further sample')}")
    if left.without_reference:
        told.append(f"{many(left.without_reference, 'answer')} without one of {found.reference}")
    if told:
        yield f"{each.system}: left out: {'; '.join(told)}"
    for split, count in each.trained_on.items():
        yield (
            f"{each.system}: {many(count, 'question')} of the train part of split {split}: if the"
            " model was fine-tuned on these, it has seen them, and its scores tell of no new ones"
        )


def _unscored(found: Found) -> Iterator[str]:
    for metric in found.metrics:
        for value in metric.values:
            for reason, count in value.unscored.items():
                title = KNOWN[metric.name].title
                yield f"{value.system}: {title}: {many(count, 'answer')} without: {reason}"
        if metric.windowed:
            yield (
                f"{KNOWN[metric.name].title}: too long with its reference to be read at once, and"
                f" so read in several windows, never cut: {many(metric.windowed, 'answer')} of"
                f" {metric.added + metric.known:,}"
            )


def _methods(found: Found) -> Iterator[str]:
    told = [value.estimate for metric in found.metrics for value in metric.values]
    told += [each.estimate for metric in found.metrics for each in metric.differences]
    methods = dict.fromkeys(each.method for each in told if each.low is not None)
    for method in methods:
        yield f"intervals: {method}"
    for reason in dict.fromkeys(each.reason for each in told if each.reason):
        yield f"no interval ({NONE}): {reason}"
    tests = dict.fromkeys(
        each.test for metric in found.metrics for each in metric.differences if each.test
    )
    if tests:
        yield f"tests: {'; '.join(tests)}; Holm over {many(found.tests, 'test')}"
