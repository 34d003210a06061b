"""The mixed model's intervals and tests are as they say: a sample of studies, or --soak."""

import numpy as np
import pytest

from pipeline.stats.model.ordinal import OrdinalFit, fit
from pipeline.stats.ratings import Ratings

QUESTIONS, SYSTEMS = 100, 2
SEVERITY = np.array([-0.8, -0.3, 0.0, 0.3, 0.8])  # of five raters, in log odds
BETTER, QUESTION, ANSWER = 0.5, 1.0, 0.6
EVEN, SKEWED = (-1.0, 1.0), (-3.0, -1.0)  # thresholds: 45 % or 80 % of the scores are the highest


@pytest.fixture
def studies(request: pytest.FixtureRequest) -> int:
    return 1000 if request.config.getoption("--soak") else 20


def drawn(seed: int, thresholds: tuple[float, float], *, differ: bool = True) -> OrdinalFit:
    rng = np.random.default_rng(seed)
    question, system = np.divmod(np.arange(QUESTIONS * SYSTEMS), SYSTEMS)
    answer = rng.normal(0, QUESTION, QUESTIONS)[question] + rng.normal(0, ANSWER, question.size)
    liked = answer + differ * (BETTER * system + SEVERITY[:, None])
    liked = liked + rng.logistic(size=(SEVERITY.size, question.size))
    codes = (liked > thresholds[0]).astype(np.int64) + (liked > thresholds[1])
    found = fit(Ratings(codes, np.arange(3.0)), systems=system, questions=question, level=0.95)
    assert isinstance(found, OrdinalFit)
    return found


def about(share: float, expected: float, n: int) -> bool:
    return bool(abs(share - expected) <= 0.015 + 3 * np.sqrt(0.95 * 0.05 / n))


@pytest.mark.parametrize("thresholds", [EVEN, SKEWED])
def test_intervals_of_effects_and_deviations_hold_the_truth(
    thresholds: tuple[float, float], studies: int
) -> None:
    inside: dict[str, list[bool]] = {name: [] for name in ("raters", "systems", "question")}
    for seed in range(studies):
        found = drawn(seed, thresholds)
        told = [(each.estimate, true) for each, true in zip(found.raters, SEVERITY, strict=True)]
        inside["raters"] += [each.low <= true <= each.high for each, true in told]
        apart = found.differences[0].estimate
        inside["systems"].append(apart.low <= -BETTER <= apart.high)
        spread = found.question.deviation
        inside["question"].append(spread.low is not None and spread.low <= QUESTION <= spread.high)
    for name, of in inside.items():
        assert about(float(np.mean(of)), 0.95, studies), (name, np.mean(of))


def test_tests_find_what_is_not_there_as_seldom_as_they_say(studies: int) -> None:
    found = [drawn(seed, EVEN, differ=False) for seed in range(studies)]
    for tests in ([each.system_test for each in found], [each.rater_test for each in found]):
        shares = [each is not None and each.p < 0.05 for each in tests]
        assert about(float(np.mean(shares)), 0.05, studies), np.mean(shares)
