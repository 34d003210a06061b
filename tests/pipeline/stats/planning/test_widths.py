"""Expected widths: the formula of a known variance, and the intervals that the program prints."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.stats.agreement.alpha import krippendorff_alpha
from pipeline.stats.planning.components import implied
from pipeline.stats.planning.power import Simulating
from pipeline.stats.planning.simulation import Design, Deviations, Population, draw
from pipeline.stats.planning.widths import alpha_errors, alpha_of_coincidences, half_width
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Estimate, Resampling
from pipeline.stats.systems.ratios import Ratio, intervals, resample

SPREAD = Deviations(item=0.6, item_system=0.8, rater=0.0, item_rater=0.3)
SCALE = Population((0, 1, 2), (0.1, 0.35, 0.55), SPREAD)
SEVERE = Population((0, 1, 2), (0.1, 0.35, 0.55), Deviations(0.6, 0.8, 0.7))
HOW = Simulating(level=0.95, simulations=1000, seed=7)
Z = norm.ppf(0.975)


@pytest.mark.parametrize("raters", [1, 3])
def test_a_means_width_is_that_of_its_known_variance(raters: int) -> None:
    # With raters alike, a question's mean over r of them has the variance (1 + (r - 1) c) / r of
    # a score's, c being the correlation of two scores of an answer. The plug-in one is n - 1 of n.
    alike = implied(SCALE).answer
    assert alike is not None
    variance = SCALE.variance * (1 + (raters - 1) * alike) / raters
    found = half_width(SCALE, Design(200, raters), "mean", HOW)
    assert found.value == pytest.approx(Z * np.sqrt(variance * 199 / 200 / 200), rel=0.005)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high < 1.01 * found.value


def test_a_differences_width_is_that_of_its_known_variance_and_shrinks_with_the_root() -> None:
    alike = implied(SCALE).rater_and_question
    assert alike is not None
    found = {n: half_width(SCALE, Design(n, 1), "difference", HOW).value for n in (100, 400)}
    error = np.sqrt(2 * SCALE.variance * (1 - alike) / 400)
    assert found[400] == pytest.approx(Z * error, rel=0.01)
    assert found[100] == pytest.approx(2 * (found[400] or 0), rel=0.01)


def half(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return (estimate.high - estimate.low) / 2


PLAN = Resampling(level=0.95, resamples=1000, seed=1)


def of_alpha(codes: np.ndarray) -> float:
    units = np.concatenate(list(codes), axis=1).astype(np.int64)  # (raters, units)
    questions = np.tile(np.arange(codes.shape[2]), len(codes))
    scores = Ratings(units, np.arange(3.0), questions)
    return half(krippendorff_alpha(scores, metric="ordinal", plan=PLAN))


def of_ratio(parts: np.ndarray) -> float:
    ratio = Ratio(parts, np.ones(parts.size), None)  # type: ignore[arg-type]
    (found,) = intervals([ratio], resample([ratio], PLAN), PLAN)
    return half(found)


@pytest.mark.parametrize("figure", ["mean", "difference", "alpha"])
def test_the_intervals_that_the_program_prints_are_about_so_wide(figure: str) -> None:
    printed = {
        "alpha": of_alpha,
        "mean": lambda codes: of_ratio(codes[0].mean(axis=0)),
        "difference": lambda codes: of_ratio((codes[1] - codes[0]).mean(axis=0, dtype=float)),
    }[figure]
    design = Design(60, 3)
    studies = draw(SEVERE, design, np.zeros(2), simulations=150, seed=3)
    halves = [printed(codes.astype(np.int64)) for block in studies for codes in block]
    told = half_width(SEVERE, design, figure, HOW).value  # type: ignore[arg-type]
    assert told == pytest.approx(np.mean(halves), rel=0.03)


def test_the_standard_error_of_alpha_is_the_bootstraps() -> None:
    (codes,) = draw(SEVERE, Design(300, 4), np.zeros(1), simulations=1, seed=5)
    counts = np.stack([(codes[0, 0] == code).sum(axis=0) for code in range(3)], axis=1)
    rng = np.random.default_rng(1)
    each = np.array([pairs_of(item[None]) for item in counts])
    drawn = np.tensordot(rng.multinomial(300, np.full(300, 1 / 300), size=4000), each, axes=1)
    alphas = alpha_of_coincidences(drawn.astype(complex)).real
    assert alpha_errors(counts[None, :, None])[0] == pytest.approx(alphas.std(), rel=0.04)


def test_answers_that_are_alike_tell_no_more_of_alpha_than_one_of_them() -> None:
    (codes,) = draw(SEVERE, Design(100, 3), np.zeros(1), simulations=1, seed=5)
    counts = np.stack([(codes[0, 0] == code).sum(axis=0) for code in range(3)], axis=1)
    (one,) = alpha_errors(counts[None, :, None])
    (twice,) = alpha_errors(np.stack([counts, counts], axis=1)[None])
    assert twice == pytest.approx(one, rel=0.01)


def pairs_of(counts: np.ndarray) -> np.ndarray:
    """The coincidences as Krippendorff tells to count them, one item after the other."""
    pairs = np.zeros((counts.shape[1],) * 2)
    for item in counts[counts.sum(axis=1) > 1]:
        pairs += (np.outer(item, item) - np.diag(item)) / (item.sum() - 1)
    return pairs


def test_alpha_is_the_published_one() -> None:
    # Krippendorff 2011 (O1): ordinal .815388.
    rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    counts = np.array([[sum(r[u] == str(k) for r in rows) for k in range(1, 6)] for u in range(12)])
    found = alpha_of_coincidences(pairs_of(counts)[None].astype(complex))
    assert found[0].real == pytest.approx(0.815388, abs=1e-6)


def test_too_few_questions_and_studies_without_variation_have_no_width() -> None:
    few = half_width(SCALE, Design(5, 2), "mean", HOW)
    assert (few.value, few.code) == (None, "few_questions")
    assert few.reason == "fewer than 6 questions are too few for a 95% interval"
    still = Population((0, 1), (0.02, 0.98), Deviations(0.1, 0.1, 0.1))
    for figure in ("mean", "difference", "alpha"):
        same = half_width(still, Design(10, 2), figure, HOW)  # type: ignore[arg-type]
        assert (same.value, same.low, same.code) == (None, None, "undefined_in_simulations")
        assert "nothing varies, so there is no interval" in (same.reason or "")


def test_studies_that_rarely_do_not_vary_are_left_out() -> None:
    rare = Population((0, 1), (0.05, 0.95), Deviations(0.1, 0.1, 0.1))
    found = half_width(rare, Design(80, 1), "mean", Simulating(0.95, 400, seed=2))
    assert found.value is not None


def test_agreement_of_one_rater_is_refused() -> None:
    with pytest.raises(ValueError, match="two raters or more"):
        half_width(SCALE, Design(50, 1), "alpha", HOW)


def test_the_same_seed_gives_the_same_width_and_answers_of_more_systems_a_narrower_alpha() -> None:
    width = partial(half_width, SCALE, Design(50, 3), "alpha", HOW)
    assert width(systems=2) == width(systems=2)
    assert (
        (width(systems=4).value or 1)
        < (width(systems=2).value or 0)
        < (width(systems=1).value or 0)
    )
