"""Agreement weights, against Gwet's formulas and what scikit-learn weighs by."""

import numpy as np
import pytest

from pipeline.stats.agreement.weights import DISTANCES, agreement_weights

LEVELS = np.array([1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize(
    ("name", "first_row"),
    [
        ("identity", [1, 0, 0, 0]),
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("quadratic", [1, 8 / 9, 5 / 9, 0]),
        ("radical", [1, 1 - (1 / 3) ** 0.5, 1 - (2 / 3) ** 0.5, 0]),
        ("ordinal", [1, 5 / 6, 3 / 6, 0]),  # 1, 3 and 6 pairs among 2, 3 and 4 values
        ("ratio", [1, 1 - (1 / 3) ** 2 / 0.36, 1 - (1 / 2) ** 2 / 0.36, 0]),
        ("bipolar", [1, 1 - 1 / 5, 1 - 4 / 8, 0]),
    ],
)
def test_each_name_weighs_by_its_distance(name: str, first_row: list[float]) -> None:
    # Gwet 2014, section 3.5; R irrCAC 1.4 and Python irrCAC 0.4.4 give the same for 1 to 4 [ran].
    found = agreement_weights(name, LEVELS)
    assert found[0] == pytest.approx(first_row, abs=1e-12)
    assert (found == found.T).all()
    assert (np.diag(found) == 1).all()


def test_weights_look_at_the_values_of_the_scale_and_ordinal_ones_at_their_order() -> None:
    uneven = np.array([0.0, 1.0, 10.0])
    assert agreement_weights("linear", uneven)[0].tolist() == [1.0, 0.9, 0.0]
    assert agreement_weights("ordinal", uneven)[0] == pytest.approx([1, 2 / 3, 0])


@pytest.mark.parametrize("name", DISTANCES)
def test_a_scale_from_zero_and_one_of_a_single_value_have_weights_of_every_name(name: str) -> None:
    assert np.isfinite(agreement_weights(name, np.array([0.0, 1.0, 2.0]))).all()
    assert agreement_weights(name, np.array([3.0])).tolist() == [[1.0]]


def test_an_unknown_name_and_a_ratio_of_negative_values_are_refused() -> None:
    with pytest.raises(ValueError, match="no weights 'cubic'; there are identity, linear, quadr"):
        agreement_weights("cubic", LEVELS)
    with pytest.raises(ValueError, match="ratio weights need values from 0; the scale has -1"):
        agreement_weights("ratio", np.array([-1.0, 1.0]))
