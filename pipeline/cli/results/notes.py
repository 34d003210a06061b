"""Say what a reader must know of a study's results, a sentence each."""

from collections.abc import Iterator

from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.comparing.differences import Difference
from pipeline.comparing.groups import FEWEST_RATERS
from pipeline.results import Results
from pipeline.stats.resampling.intervals import RATED_QUESTIONS, Estimate, Undefined
from pipeline.stats.systems.signflip import EXACT

NARROW = 30  # questions; with fewer, intervals by the bootstrap hold the truth too seldom


def notes(found: Results) -> Iterator[str]:
    usual = found.plan.method("BCa", of=RATED_QUESTIONS)
    yield (
        f"n counts scores of newest judgements; intervals ({usual}) say"
        " how figures would vary over other questions, not over other raters"
    )
    yield from _interval_notes(found)
    yield from _difference_notes(found)
    yield from _group_notes(found)
    yield from _study_notes(found)


def _interval_notes(found: Results) -> Iterator[str]:
    figures = list(_figures(found))
    usual = found.plan.method("BCa", of=RATED_QUESTIONS)
    others = [each.method for each in figures if each.low is not None and each.method != usual]
    for method in dict.fromkeys(others):
        yield f"{many(others.count(method), 'interval')} by another way: {method}"
    figures += _figures_of_models(found)
    for reason in dict.fromkeys(each.reason for each in figures if each.reason):
        yield f'"-" stands where {reason}'
    few = [
        each.questions
        for of in found.criteria.values()
        for each in of.systems
        if each.mean.low is not None and each.questions < NARROW
    ]
    if few:
        yield (
            f"with {many(min(few), 'question')} the intervals are somewhat too narrow; {NARROW} or"
            " more would do, or 100 where nearly all scores are one level (docs/statistics.md says"
            " by how much)"
        )


def _figures(found: Results) -> Iterator[Estimate]:
    for of in found.criteria.values():
        yield from (each.mean for each in of.systems)
        yield from (each.estimate for each in of.differences)
    for group in found.groups:
        yield from (each.mean for cells in group.criteria.values() for each in cells)
    for differences in found.group_differences.values():
        yield from (each.estimate for each in differences)


def _figures_of_models(found: Results) -> Iterator[Estimate]:
    for of in found.criteria.values():
        if of.model is not None and not isinstance(of.model, Undefined):
            yield from (each.estimate for each in (*of.model.systems, *of.model.raters))
            yield of.model.question.deviation
            yield of.model.question_by_system.deviation


def _difference_notes(found: Results) -> Iterator[str]:
    differences = [each for of in found.criteria.values() for each in of.differences]
    if not differences:
        yield "there is one system only, so there are no differences and no ranks"
        return
    if any(each.n_pairs for each in differences):
        yield (
            "differences are means over the questions that both systems answer, each question"
            f" counting once; {_balance(found)}"
        )
    yield from _test_notes(found, differences)
    yield (
        "net is the part of the questions on which the first is ahead, minus that on which the"
        " second is; P(best) is the share of resamples in which a system has the highest mean, not"
        " the probability that it is the best"
    )


def _balance(found: Results) -> str:
    uneven = [
        f"{each.a} − {each.b} on {criterion}"
        for criterion, of in found.criteria.items()
        for each in of.differences
        if each.n_pairs and not each.balanced
    ]
    if not uneven:
        return "here they equal the differences of the means above"
    more = f" and {len(uneven) - 3} more" if len(uneven) > 3 else ""
    return (
        "as not all questions have as many scores of each, they do not equal the differences of"
        f" the means above for {', '.join(uneven[:3])}{more}"
    )


def _test_notes(found: Results, differences: list[Difference]) -> Iterator[str]:
    family = found.family
    primary = f"; primary: {family.primary}" if family.primary else ""
    tests = dict.fromkeys(each.test for each in differences if each.test)
    yield (
        f"p is two-sided ({' or '.join(tests) or EXACT}, question by question)"
        f"{_holm(found, primary)}"
    )
    uneven = sum(each.n_pairs > 0 and not each.even for each in differences)
    if uneven:
        yield (
            f"p is approximate for {uneven:,} of {many(len(differences), 'pair')}: some questions"
            " have more scores of one system than of the other, so that between systems that are"
            " alike a difference need not be as likely with either sign"
        )
    for reason in dict.fromkeys(
        each.no_p_holm.reason for each in differences if each.no_p_holm and each.p is not None
    ):
        yield f"no p (Holm) where {reason}"
    if family.tests and not family.frozen:
        yield (
            "the study was imported, so its family is all that the file has: p (Holm) is as good as"
            " a plan only if that was fixed before the first score"
        )
    if found.group and family.tests:
        yield (
            f"the family is that of all raters: p of the group {found.group} alone is exploratory"
        )


def _holm(found: Results, primary: str) -> str:
    family = found.family
    if not family.tests:
        return ""
    return (
        f"; p (Holm) is adjusted for the {many(family.tests, 'test')} of the"
        f" {'frozen ' if family.frozen else ''}family ({', '.join(family.criteria)}{primary})"
    )


def _group_notes(found: Results) -> Iterator[str]:
    if not found.groups:
        return
    yield (
        "groups of raters are described and not tested; their differences are over the questions"
        " that both groups scored, this group's raters held fixed"
    )
    small = [
        f"{each.group or 'no group'} ({each.raters})"
        for each in found.groups
        if each.descriptive_only
    ]
    if small:
        yield f"fewer than {FEWEST_RATERS} raters, so descriptive only: {', '.join(small)}"


def _study_notes(found: Results) -> Iterator[str]:
    if any(of.model is not None for of in found.criteria.values()):
        yield (
            "the model takes scores as steps on an ordered scale, raters as fixed, questions and"
            " answers as random; effects are in log odds of a higher score and sum to 0"
        )
    if found.scored.raters == 1:
        yield "one rater only: these are the views of one person"
    if found.repeats or found.calibration:
        yield (
            f"left out: {many(found.repeats, 'judgement')} of repeats,"
            f" {found.calibration:,} of calibration items"
        )
    if found.status == "open":
        yield (
            "the study is still open: these figures are preliminary, and a p that is looked at more"
            " than once finds differences by chance more often"
        )
    if not found.unblinded:
        yield "until 'cbt study unblind', systems are shown by code"
    yield RESEARCH_ONLY
