"""Agreement weights by name: how far two values of a scale count as the same."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
OfLevels = Callable[[Floats], Floats]


def agreement_weights(name: str, levels: Floats) -> Floats:
    """Return how much two values of a scale agree, shape (q, q): 1 if equal, 0 if farthest apart.

    `levels` has shape (q,): the values of the declared scale, rising, whether or not anybody gave
    them. A weight is 1 less the distance of two values, as a part of the scale's greatest:
    identity: 0 or 1. linear: |k - l|. quadratic: (k - l)^2. radical: sqrt|k - l|. ordinal: the
    n (n - 1) / 2 pairs of values among the n from k to l, which asks for their order only and is
    not Krippendorff's ordinal metric. ratio: ((k - l) / (k + l))^2, for values from 0.
    bipolar: (k - l)^2 / ((k + l - 2 min) (2 max - k - l)), which weighs a step more near the
    ends (Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, section 3.5).

    Raises ValueError for a name that there is not, and for ratio weights of a negative value.

    >>> agreement_weights("quadratic", np.array([0.0, 1.0, 2.0])).tolist()
    [[1.0, 0.75, 0.0], [0.75, 1.0, 0.75], [0.0, 0.75, 1.0]]
    """
    if name not in DISTANCES:
        raise ValueError(f"there are no weights {name!r}; there are {', '.join(DISTANCES)}")
    apart = DISTANCES[name](levels)
    farthest = apart.max(initial=0.0)
    return 1 - apart / farthest if farthest else np.ones_like(apart)


def _identity(levels: Floats) -> Floats:
    return 1 - np.eye(levels.size)


def _linear(levels: Floats) -> Floats:
    found: Floats = np.abs(levels[:, None] - levels)
    return found


def _ordinal(levels: Floats) -> Floats:
    steps = _linear(np.arange(levels.size, dtype=np.float64))
    return steps * (steps + 1) / 2


def _ratio(levels: Floats) -> Floats:
    if levels.size and levels[0] < 0:
        raise ValueError(f"ratio weights need values from 0; the scale has {levels[0]:g}")
    return _quotient(_linear(levels), levels[:, None] + levels) ** 2


def _bipolar(levels: Floats) -> Floats:
    sums = levels[:, None] + levels
    return _quotient(_linear(levels) ** 2, (sums - sums.min()) * (sums.max() - sums))


def _quotient(apart: Floats, whole: Floats) -> Floats:
    """Divide; equal values are 0 apart even at an end of the scale, where the whole is 0."""
    return np.divide(apart, whole, out=np.zeros_like(apart), where=whole != 0)


DISTANCES: Mapping[str, OfLevels] = {
    "identity": _identity,
    "linear": _linear,
    "quadratic": lambda levels: _linear(levels) ** 2,
    "ordinal": _ordinal,
    "radical": lambda levels: np.sqrt(_linear(levels)),
    "ratio": _ratio,
    "bipolar": _bipolar,
}
