"""Agreement between two groups of raters who score the same items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement.chance import corrected
from pipeline.stats.agreement.clusters import clusters_of
from pipeline.stats.agreement.kinds import value_counts
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.drawn import bootstrap_of
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined, Weights

NO_SHARED = Undefined("no_pairs", "no item has a score of both groups")
BY_CHANCE = Undefined(
    "one_value", "both groups always gave the same value, so agreement cannot be told from chance"
)


@dataclass(frozen=True)
class BetweenGroups:
    """How far the scores of one group match the other's, on the `items` that both scored.

    `pairs` are the pairs of scores, one of each group, to the same item. `percent_agreement` and
    `kappa` take two scores as equal or not, `weighted` by the weights.
    """

    items: int
    pairs: int
    percent_agreement: Estimate
    kappa: Estimate
    weighted: Estimate


def between_groups(
    a: Ratings, b: Ratings, *, weights: NDArray[np.float64], plan: Resampling
) -> BetweenGroups:
    """Return the agreement between two groups, on the same items and the same scale.

    `a` and `b` have the same items as columns, and the raters of one group each as rows.
    `weights` has shape (q, q): how far two levels count as the same, 1 for equal ones.

    Of an item, p and r are the shares (q,) of each level among the scores of either group. The
    observed agreement is the mean over items of p' W r, the one expected by chance P' W R, with P
    and R the means of p and r over the items, and kappa is (observed - expected) /
    (1 - expected) (Schouten, Stat. Neerl. 36, 1982; written so in Vanbelle and Albert,
    Psychometrika 74, 2009, who divide by another maximum than 1 for groups that disagree among
    themselves). Of one rater in each group this is Cohen's kappa. Percent agreement is the
    observed agreement where only equal levels count. Only items that both groups scored enter, and
    each counts once, however many scores it has. The interval is the bootstrap's over items; where
    several are about one question, over questions.

    Undefined cases: no item that both groups scored; kappa if both groups gave one and the same
    value throughout.

    One item scored (0, 1) and 1, another (0, 0) and 0: observed is (1/2 + 1) / 2 = 3/4. P is
    (3/4, 1/4) and R is (1/2, 1/2), so 1/2 is expected, and kappa is (1/4) / (1/2) = 1/2.

    >>> scale = np.array([0.0, 1.0])
    >>> found = between_groups(
    ...     Ratings(np.array([[0, 0], [1, 0]]), scale), Ratings(np.array([[1, 0]]), scale),
    ...     weights=np.eye(2), plan=Resampling(level=0.95, resamples=100, seed=7),
    ... )
    >>> found.items, found.pairs, found.percent_agreement.value, found.kappa.value
    (2, 4, 0.75, 0.5)
    """
    if a.codes.shape[1] != b.codes.shape[1] or not np.array_equal(a.levels, b.levels):
        raise ValueError("two groups are compared on the same items and the same scale")
    counts = np.concatenate([value_counts(a), value_counts(b)], axis=1)
    both = (counts[:, : a.q].sum(axis=1) > 0) & (counts[:, a.q :].sum(axis=1) > 0)
    kinds, of, items = np.unique(counts[both], axis=0, return_inverse=True, return_counts=True)
    about = a.clusters_at(both)
    clusters = None if about is None else clusters_of(of, about)
    of_a, of_b = kinds[:, : a.q], kinds[:, a.q :]
    scores_a, scores_b = of_a.sum(axis=1), of_b.sum(axis=1)
    share_a, share_b = of_a / scores_a[:, None], of_b / scores_b[:, None]
    same = np.eye(a.q)

    def figures(drawn: Weights) -> NDArray[np.float64]:
        n = drawn.sum(axis=1)
        mean_a, mean_b = drawn @ share_a / n[:, None], drawn @ share_b / n[:, None]
        observed, expected = (
            [drawn @ ((share_a @ w) * share_b).sum(axis=1) / n for w in (same, weights)],
            [((mean_a @ w) * mean_b).sum(axis=1) for w in (same, weights)],
        )
        kappas = [corrected(po, pe) for po, pe in zip(observed, expected, strict=True)]
        return np.stack([observed[0], *kappas], axis=1)

    undefined = [NO_SHARED, *[BY_CHANCE if items.size else NO_SHARED] * 2]
    found = bootstrap_of(
        figures, items, clusters, clustered=a.clustered, plan=plan, undefined=undefined
    )
    return BetweenGroups(int(items.sum()), int(items @ (scores_a * scores_b)), *found)
