"""The fit of the ordinal model against R's clm and clmm on the wine data of its package."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import chdtrc

from pipeline.stats.model.cumulative import scores
from pipeline.stats.model.cumulative_fit import Fitted, fit

# Randall 1989, as ordinal::wine: 9 judges, bottles 1 to 4 cold and 5 to 8 warm, contact with the
# skins no, no, yes, yes, twice; bitterness 1 to 5. One string per judge. The figures are those of
# R's ordinal (clm, clmm with nAGQ = 10), see ORACLES O15.
WINE = "23344455 12132354 23325544 32323253 23433333 32322454 11222323 22233334 12323244"
CODES = np.array([[int(score) - 1 for score in judge] for judge in WINE.split()]).ravel()
JUDGE, BOTTLE = np.divmod(np.arange(72), 8)
WARM_CONTACT = np.stack([BOTTLE >= 4, BOTTLE % 4 >= 2], axis=1).astype(float)


def errors(found: Fitted) -> NDArray[np.float64]:
    assert found.covariance is not None
    errors: NDArray[np.float64] = np.sqrt(found.covariance.diagonal())
    return errors


def test_without_random_effects_it_is_clm() -> None:
    found = fit(scores(CODES, WARM_CONTACT))
    thresholds = [-1.3444, 1.2508, 3.4669, 5.0064]
    assert found.parameters.thresholds == pytest.approx(thresholds, abs=5e-5)
    assert found.parameters.effects == pytest.approx([2.5031, 1.5278], abs=5e-5)
    assert errors(found)[4:] == pytest.approx([0.5287, 0.4766], abs=5e-5)
    # clm's summary also gives the errors of the thresholds: .5171, .4379, .5978, .7309.
    assert errors(found)[:4] == pytest.approx([0.5171, 0.4379, 0.5978, 0.7309], abs=5e-5)
    assert found.log_likelihood == pytest.approx(-86.492, abs=5e-4)
    assert found.converged


def test_with_judges_as_a_sample_it_is_clmm_with_ten_points() -> None:
    found = fit(scores(CODES, WARM_CONTACT, groups=JUDGE), points=10)
    assert found.points == 10
    assert found.parameters.effects == pytest.approx([3.0619, 1.8334], abs=5e-5)
    assert found.parameters.deviations**2 == pytest.approx([1.288], abs=5e-4)
    assert found.log_likelihood == pytest.approx(-81.53, abs=5e-3)


def test_with_many_points_it_is_the_integral_itself() -> None:
    found = fit(scores(CODES, WARM_CONTACT, groups=JUDGE), points=30)
    assert found.parameters.effects == pytest.approx([3.0619, 1.8334], abs=5e-5)
    assert found.parameters.deviations**2 == pytest.approx([1.2877], abs=1e-4)
    assert found.log_likelihood == pytest.approx(-81.5325, abs=5e-5)
    # The errors of Laplace's approximation are .5954 and .5125; these differ a little from them.
    assert errors(found)[4:6] == pytest.approx([0.5954, 0.5125], abs=5e-3)


def test_few_points_become_more_until_the_likelihood_stands_still() -> None:
    found = fit(scores(CODES, WARM_CONTACT, groups=JUDGE), points=2)
    assert found.points > 2
    assert found.off <= 1e-3
    assert found.log_likelihood == pytest.approx(-81.5325, abs=1e-3)


def test_judges_as_fixed_effects_give_the_severity_test() -> None:
    judges = (JUDGE[:, None] == np.arange(1, 9)).astype(float)
    found = fit(scores(CODES, np.hstack([WARM_CONTACT, judges])))
    without = fit(scores(CODES, WARM_CONTACT), information=False)
    ratio = 2 * (found.log_likelihood - without.log_likelihood)
    assert found.log_likelihood == pytest.approx(-70.9209, abs=5e-5)
    assert ratio == pytest.approx(31.142, abs=5e-4)
    assert chdtrc(8, ratio) == pytest.approx(0.000133, abs=5e-7)
    assert found.parameters.effects[2 + 5] == pytest.approx(-5.2401, abs=5e-5)  # of judge 7
    assert without.covariance is None


def test_an_effect_without_bound_is_given_up() -> None:
    only_highest = (JUDGE == 0).astype(float)[:, None]
    codes = np.where(JUDGE == 0, 4, CODES)
    found = fit(scores(codes, only_highest))
    assert found.covariance is None


def test_groups_that_always_agree_have_no_deviation() -> None:
    codes = JUDGE % 3
    found = fit(scores(codes, np.empty((72, 0)), groups=JUDGE))
    assert not found.converged
