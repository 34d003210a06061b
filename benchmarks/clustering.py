"""Show what happens when scores of one answer are taken for independent ones.

    python -m benchmarks.clustering [--studies 4000] [--questions 100] [--raters 5]

Two systems that are equally good over all questions are rated as in Table 5, again and again: five
raters score each answer 0, 1 or 2. A score depends on the question, on the answer, on the rater's
severity and on chance, all in log odds. A test with a level of 5 % should find a difference in 5 of
100 such studies, and a 95 % interval should hold the true figure in 95. The usual tests take the
500 scores of a system, or 500 pairs of scores, for independent; ours take 100 questions.

Then the same for our interval of a difference with fewer and more questions, with scores spread
over the scale, and with nearly all of them at its top.
"""

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - threads gain nothing here

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.resampling.intervals import Resampling
from pipeline.stats.systems.comparisons import Scores, paired
from pipeline.stats.systems.ratios import NO_SCORES, Ratio, intervals, resample

LEVEL = 0.05
QUESTION, SEVERITY, RATERS = 0.7, 0.3, 5
SPREAD, HEAPED = (-1.5, 0.3), (-4.0, -3.0)  # where scores of 1 and 2 begin, in log odds
SIZES = (6, 10, 15, 20, 30, 50, 100, 200)
ANSWERS = (0.0, 0.6, 1.0, 1.5)  # standard deviation between a system's answers, in log odds

Drawn = NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=4_000)
    parser.add_argument("--questions", type=int, default=100)
    size = parser.parse_args()
    print(
        f"{size.studies:,} studies of two equal systems, {size.questions} questions,"
        f" {RATERS} raters; deviation between questions {QUESTION:g}, between raters"
        f" {SEVERITY:g} log odds"
    )
    columns = [simulate(deviation, size) for deviation in ANSWERS]
    for name in columns[0]:
        print(f"{name:<56}" + "".join(f"{column[name]:>8}" for column in columns))
    print()
    print(f"{'questions':<56}" + "".join(f"{n:>8}" for n in SIZES))
    for name, cuts in (("spread", SPREAD), ("heaped", HEAPED)):
        shares = [coverage(n, cuts, size.studies) for n in SIZES]
        row = f"our interval holds the difference, scores {name}"
        print(f"{row:<56}" + "".join(f"{share:>8.1%}" for share in shares))


def simulate(deviation: float, size: argparse.Namespace) -> dict[str, str]:
    """Return what is found with this deviation between answers, under what it is called."""
    rng = np.random.default_rng(20240324)
    severity = rng.normal(0, SEVERITY, RATERS)
    true = answers(rng, deviation, 400_000, severity)[0].mean()
    found: Counter[str] = Counter()
    correlations = []
    for seed in range(size.studies):
        a, b = answers(rng, deviation, size.questions, severity)
        correlations.append(of_one_answer(a))
        found.update(tests(a, b, seed))
        found.update(intervals_that_hold(a, b, true, seed))
    return {
        "deviation between answers, log odds": f"{deviation:g}",
        "correlation of two scores of an answer": f"{np.mean(correlations):.2f}",
        **{name: f"{found[name] / size.studies:.1%}" for name in (*TESTS, *INTERVALS)},
    }


def coverage(questions: int, cuts: tuple[float, float], studies: int) -> float:
    """Return how many of the intervals of a difference of two equal systems hold 0."""
    rng = np.random.default_rng(20240324)
    severity = rng.normal(0, SEVERITY, RATERS)
    held = told = 0
    for seed in range(studies):
        plan = Resampling(1 - LEVEL, 1000, seed)
        pair = [added(each) for each in answers(rng, 0.6, questions, severity, cuts)]
        ratio = paired(*pair).ratio()
        (found,) = intervals([ratio], resample([ratio], plan), plan)
        if found.low is not None and found.high is not None:
            told += 1
            held += found.low <= 0 <= found.high
    return held / told


def answers(
    rng: np.random.Generator,
    deviation: float,
    n: int,
    severity: NDArray[np.float64],
    cuts: tuple[float, float] = SPREAD,
) -> tuple[Drawn, Drawn]:
    """Return the scores of two systems' answers, shape (questions, raters)."""
    question = rng.normal(0, QUESTION, (n, 1))
    found = []
    for _ in range(2):
        answer = question + rng.normal(0, deviation, (n, 1))
        liked = answer + severity + rng.logistic(size=(n, severity.size))
        found.append((liked > cuts[0]).astype(np.int64) + (liked > cuts[1]))
    return found[0], found[1]


def of_one_answer(scores: Drawn) -> float:
    """Return the mean correlation of two raters' scores of the same answers."""
    found = np.corrcoef(scores.T)
    return float(found[np.triu_indices(len(found), 1)].mean())


TESTS = (
    "finds a difference: t test, 500 against 500 scores",
    "finds a difference: Mann-Whitney, 500 against 500 scores",
    "finds a difference: paired t, 500 pairs by rater",
    "finds a difference: Wilcoxon, 500 pairs by rater",
    "finds a difference: sign-flip, 100 questions (ours)",
)
INTERVALS = (
    "holds the mean: t interval of 500 scores",
    "holds the mean: BCa over 100 questions (ours)",
    "holds the difference: t interval of 500 pairs",
    "holds the difference: BCa over 100 questions (ours)",
)


def tests(a: Drawn, b: Drawn, seed: int) -> list[str]:
    """Name the tests that find a difference."""
    first, other = a.ravel(), b.ravel()
    pair = paired(added(a), added(b))
    flip = pair.test(Resampling(0.95, 1000, seed))
    assert flip is not None
    p = (
        stats.ttest_ind(first, other).pvalue,
        stats.mannwhitneyu(first, other).pvalue,
        stats.ttest_rel(first, other).pvalue,
        stats.wilcoxon(first - other).pvalue,
        flip.p,
    )
    return [name for name, each in zip(TESTS, p, strict=True) if each <= LEVEL]


def intervals_that_hold(a: Drawn, b: Drawn, true: float, seed: int) -> list[str]:
    """Name the intervals that hold the true mean, or the true difference, which is 0."""
    plan = Resampling(1 - LEVEL, 1000, seed)
    sums = added(a)
    ratios = [
        Ratio(sums.sums.astype(float), sums.counts.astype(float), NO_SCORES),
        paired(sums, added(b)).ratio(),
    ]
    mean, difference = intervals(ratios, resample(ratios, plan), plan)
    told = (
        t_interval(a),
        (mean.low, mean.high),
        t_interval(a - b),
        (difference.low, difference.high),
    )
    figures = (true, true, 0.0, 0.0)
    return [
        name
        for name, (low, high), figure in zip(INTERVALS, told, figures, strict=True)
        if low is not None and high is not None and low <= figure <= high
    ]


def t_interval(scores: Drawn) -> tuple[float, float]:
    found = stats.ttest_1samp(scores.ravel(), 0).confidence_interval(1 - LEVEL)
    return float(found.low), float(found.high)


def added(scores: Drawn) -> Scores:
    return Scores(scores.sum(axis=1), np.full(len(scores), scores.shape[1]))


if __name__ == "__main__":
    main()
