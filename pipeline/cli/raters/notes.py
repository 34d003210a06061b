"""Say what a reader must know of how raters score, a sentence each."""

from collections.abc import Iterator

from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.raters import RatersFound
from pipeline.stats.resampling.intervals import QUESTIONS, RATED_QUESTIONS, Estimate

MEANT = {
    "against others": "the mean of a rater's scores less the mean of the others' on the same"
    " answers: above 0 more lenient, below 0 more severe; no side is right by that",
    "halo": "the mean correlation of a rater's scores on different criteria, beside the mean of the"
    " other raters'",
    "fast": "answers scored in less time than reading them takes at 765 Chinese characters or 549"
    " words a minute, three times the pace of reading aloud",
    "kappa with others": "quadratic weights, the rater against all others together (Vanbelle and"
    " Albert 2009)",
    "same again": "the share of hidden repeats that got the same score from the same rater",
    "drift": "how a rater's difference to the others changes over the rater's own order",
}

SUGGESTED = (
    "what is suggested: Dawid and Skene's model (1979) of what raters' answers have in common, if"
    " each answers for themselves. No truth: a mistake that raters share is in it too, and where"
    " they agree little, the classes mean little"
)


def notes(found: RatersFound, *, consensus: bool) -> Iterator[str]:
    for each in found.raters:
        for note in each.notes:
            on = f" on {note.criterion}" if note.criterion else ""
            yield f"worth a look: {each.rater}{on}: {note.message}"
    yield from _meanings(found)
    for reason in dict.fromkeys(each.reason for each in _estimates(found) if each.reason):
        yield f'"-" stands where {reason}'
    if not any(each.pace.timed for each in found.raters):
        unknown = "answers' texts" if any(each.pace.n for each in found.raters) else "seconds"
        yield f'"-" stands under fast where the {unknown} are not known'
    if consensus:
        yield SUGGESTED
    yield from _study(found)
    yield RESEARCH_ONLY


def _meanings(found: RatersFound) -> Iterator[str]:
    for term, meaning in MEANT.items():
        yield f"{term}: {meaning}"
    kappas = "" if found.resampled == QUESTIONS else "; kappas over items"
    yield (
        f"intervals ({found.plan.method('BCa', of=RATED_QUESTIONS)}{kappas}) are each"
        " for itself, not adjusted for how many are looked at: of twenty at 95% one misses by"
        " chance. They describe; nobody is tested"
    )
    if any(each.model is not None for each in found.criteria.values()):
        yield (
            "model: effects in log odds of a higher score, raters fixed, questions and answers"
            " random; its one test asks whether the raters of a criterion differ at all"
        )


def _study(found: RatersFound) -> Iterator[str]:
    if len(found.names) == 1:
        yield (
            "one rater only: severity, drift and halo need a second one who scores some of the"
            " same answers"
        )
    if found.repeats or found.calibration:
        yield (
            f"{many(found.repeats, 'judgement')} of repeats used for agreement of raters with"
            f" themselves only; {found.calibration:,} of calibration items left out"
        )
    if found.status == "open":
        yield (
            "the study is still open: who rates in it should not see this, as it draws raters"
            " towards each other"
        )


def _estimates(found: RatersFound) -> Iterator[Estimate]:
    for each in found.raters:
        yield from (each.halo.own, each.halo.others, each.halo.difference)
    for of in found.criteria.values():
        yield from (of.by_position, of.by_time)
        for on in of.raters:
            yield on.habit.difference
            for drift in on.habit.drifts:
                yield from (drift.change, drift.trend)
            yield on.with_others.weighted
            yield on.with_themselves.percent_agreement
