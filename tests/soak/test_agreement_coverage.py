"""Intervals of agreement hold the truth where answers to one question are as hard or easy together.

Drawing items in place of questions, as is usual, is shown beside it.
"""

import logging
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.agreement.coefficients import Coefficient, coefficients_of
from pipeline.stats.agreement.families import IDENTITY, Which
from pipeline.stats.ratings import Codes, Ratings
from pipeline.stats.resampling.intervals import Resampling

LOG = logging.getLogger(__name__)  # shown by --log-cli-level=INFO
LEVEL = 0.95
QUESTIONS, SYSTEMS, RATERS = 100, 3, 3
WANTED = (
    Which("percent_agreement", IDENTITY),
    Which("krippendorff_alpha", "ordinal"),
    Which("gwet_ac2", "quadratic"),
    Which("conger_kappa", "quadratic"),
)


def seen(rng: np.random.Generator, questions: int) -> Codes:
    """Scores 0 to 2 of three answers a question, which is clear or not for all of them.

    How much raters err differs from question to question, and the answers to a question are good
    or bad together; so what agreement says of one of them, it says of the others.
    """
    unclear = np.exp(rng.normal(-0.7, 1, size=questions))
    worth = rng.normal(0, 0.8, size=questions)[:, None] + rng.normal(
        0, 0.6, size=(questions, SYSTEMS)
    )
    noise = rng.normal(size=(RATERS, questions, SYSTEMS)) * unclear[:, None]
    scores = np.searchsorted((-0.5, 0.5), worth + noise)
    return scores.reshape(RATERS, questions * SYSTEMS).astype(np.int64)


def coefficients(
    codes: Codes, about: NDArray[np.int64] | None, plan: Resampling
) -> tuple[Coefficient, ...]:
    return coefficients_of(Ratings(codes, np.arange(3.0), about), WANTED, plan=plan)


@cache
def truth() -> list[float]:
    codes = seen(np.random.default_rng(20240326), 200_000)
    found = coefficients(codes, None, Resampling(LEVEL, resamples=1, seed=0))
    return [each.estimate.value or 0.0 for each in found]


def test_the_intervals_of_agreement_hold_the_truth_over_other_questions(
    request: pytest.FixtureRequest,
) -> None:
    studies = 4000 if request.config.getoption("--soak") else 300
    rng = np.random.default_rng(20240327)
    about = np.repeat(np.arange(QUESTIONS), SYSTEMS)
    held = np.zeros((2, len(WANTED)))
    for seed in range(studies):
        codes = seen(rng, QUESTIONS)
        for row, clusters in enumerate((None, about)):
            found = coefficients(codes, clusters, Resampling(LEVEL, resamples=1000, seed=seed))
            for place, (each, true) in enumerate(zip(found, truth(), strict=True)):
                low, high = each.estimate.low, each.estimate.high
                held[row, place] += low is not None and high is not None and low <= true <= high
    items, questions = held / studies
    for place, which in enumerate(WANTED):
        told = (which.name, which.metric, 100 * items[place], 100 * questions[place])
        LOG.info("%s %s holds the truth: items drawn %.1f%%, questions drawn %.1f%%", *told)
    chance = 0 if studies > 2000 else 3 * np.sqrt(LEVEL * (1 - LEVEL) / studies)
    assert ((questions >= 0.93 - chance) & (questions <= 0.97 + chance)).all()
    assert (items < questions - 0.03).all()
