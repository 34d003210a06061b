"""Measure how far labellers agree: in presence, in sets of labels, and in each label."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.labelled import Votes
from pipeline.stats.agreement.coefficients import coefficients_of
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.agreement.pairs import pairs
from pipeline.stats.labels import sets
from pipeline.stats.ratings import MISSING, Codes, Ratings
from pipeline.stats.resampling.intervals import Estimate, Resampling


@dataclass(frozen=True)
class LabellerAgreement:
    """How far the `labellers` of `items` with two votes or more agreed, before any decision.

    `presence` is of all three answers; `labels` is of sets of labels, without "cannot tell", on
    `sets` items with two sets or more, and `by_label` of each label by itself, with how many votes
    gave it.
    """

    items: int
    labellers: int
    sets: int
    presence: Mapping[str, Estimate]
    labels: Mapping[str, Estimate]
    by_label: Mapping[str, tuple[int, Estimate]]


def measure(votes: Votes, *, plan: Resampling) -> LabellerAgreement:
    """Return the agreement of all votes; items with fewer than two say nothing of it."""
    compared = votes.compared
    given, about = compared.sets, compared.about
    by_label = sets.label_alpha(given, labels=compared.labels, plan=plan, about=about)
    return LabellerAgreement(
        items=compared.items,
        labellers=compared.raters,
        sets=int(((given != MISSING).sum(axis=0) > 1).sum()),
        presence=_of_presence(votes.answers, plan),
        labels={
            "percent_agreement": sets.percent_agreement(given, plan=plan, about=about),
            "alpha_masi": sets.set_alpha(given, distance="masi", plan=plan, about=about),
            "alpha_jaccard": sets.set_alpha(given, distance="jaccard", plan=plan, about=about),
        },
        by_label={
            label: (_times(given, place), by_label[label])
            for place, label in enumerate(compared.labels)
        },
    )


def _of_presence(answers: Ratings, plan: Resampling) -> dict[str, Estimate]:
    """Return what `cbt agreement` shows of presence as well, from the same resamples."""
    wanted = [Which("percent_agreement", IDENTITY), Which("krippendorff_alpha", "nominal")]
    percent, alpha = coefficients_of(answers, wanted, plan=plan)
    found = {"percent_agreement": percent.estimate, "alpha_nominal": alpha.estimate}
    who = np.flatnonzero(answers.given.any(axis=1))
    if who.size == 2:
        (pair,) = pairs(answers.of_raters(who), ordered=False, plan=plan)
        found["cohen_kappa"] = pair.kappa
    return found


def _times(given: Codes, place: int) -> int:
    return int(((given != MISSING) & (given >> place & 1 == 1)).sum())
