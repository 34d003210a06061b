"""The quality of a detector that says of each item yes or no, from its 2×2 table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from pipeline.stats.resampling.intervals import (
    NO_ITEMS,
    Estimate,
    Resampling,
    Undefined,
    Weights,
    bootstrap,
    wilson,
)

NOTHING_FOUND = Undefined("nothing_found", "the detector found nothing, so none of it can be right")
NO_POSITIVES = Undefined("no_positives", "the gold has no positive item, so none can be found")
NO_NEGATIVES = Undefined("no_negatives", "the gold has no negative item, so none can be left alone")
NEITHER = Undefined("neither_has_any", "neither the gold nor the detector has a positive item")
ONE_ANSWER = Undefined(
    "one_answer", "gold and detector give the same one answer throughout, as chance alone would"
)
NO_CONTRAST = Undefined(
    "no_contrast", "the gold or the detector gives the same answer throughout, so nothing can vary"
)


@dataclass(frozen=True)
class TwoByTwo:
    """How many items there are of each kind: found rightly, found wrongly, missed, rightly left."""

    tp: int
    fp: int
    fn: int
    tn: int

    def __post_init__(self) -> None:
        if min(self.cells) < 0:
            raise ValueError(f"a 2×2 table counts items, and {min(self.cells)} is no count")

    @property
    def cells(self) -> tuple[int, int, int, int]:
        return self.tp, self.fp, self.fn, self.tn

    @property
    def n(self) -> int:
        return sum(self.cells)


@dataclass(frozen=True)
class McNemar:
    """Whether two detectors are right equally often; `n_discordant` are right by one of them only.

    `statistic` is z^2, to be read beside the exact `p`; both are None without a discordant item.
    """

    only_a: int
    only_b: int
    n_discordant: int
    statistic: float | None
    p: float | None
    method: str = "McNemar, exact"
    code: str | None = None
    reason: str | None = None


def two_by_two(gold: NDArray[np.bool_], found: NDArray[np.bool_]) -> TwoByTwo:
    """Return the table of two yes-or-no answers, both of shape (n,).

    >>> two_by_two(np.array([True, True, False]), np.array([True, False, False]))
    TwoByTwo(tp=1, fp=0, fn=1, tn=1)
    """
    if gold.shape != found.shape:
        raise ValueError(f"gold has {gold.shape} answers and the detector {found.shape}")
    tp, fp, fn = (
        int(np.count_nonzero(both)) for both in (gold & found, ~gold & found, gold & ~found)
    )
    return TwoByTwo(tp, fp, fn, gold.size - tp - fp - fn)


def binary_quality(table: TwoByTwo, *, plan: Resampling) -> dict[str, Estimate]:
    """Return accuracy, precision, recall, specificity, f1, kappa and mcc, by these names.

    The first four are shares of items and have Wilson's interval: (tp + tn) / n, tp / (tp + fp),
    tp / (tp + fn), tn / (tn + fp). The others have a bootstrap interval over items, which for a
    2×2 table is drawing its four cells as multinomial:
    F1 = 2 tp / (2 tp + fp + fn), precision and recall's harmonic mean (van Rijsbergen,
    Information Retrieval, 2nd ed. 1979, chapter 7);
    kappa = (po - pe) / (1 - pe), for a 2×2 table
    2 (tp tn - fp fn) / ((tp + fp)(fp + tn) + (tp + fn)(fn + tn)) (Cohen, Educ. Psychol. Meas. 20,
    1960);
    MCC = (tp tn - fp fn) / sqrt((tp + fp)(tp + fn)(tn + fp)(tn + fn)) (Matthews, Biochim. Biophys.
    Acta 405, 1975).

    Undefined cases: no items; precision, if the detector finds nothing; recall, if the gold has
    nothing to be found; specificity, if it has nothing else; F1, if neither has any (with items
    to be found and none of them found F1 is 0, though precision is undefined); kappa, if both
    give one and the same answer throughout; MCC, if either gives one answer throughout.

    A table that the paper's Table 3 allows: (144 + 201) / 500 = 0.69, 144 / 288 = 0.5,
    144 / 155 = 0.929, 201 / 345 = 0.583, 288 / 443 = 0.650.

    >>> plan = Resampling(level=0.95, resamples=1000, seed=7)
    >>> found = binary_quality(TwoByTwo(144, 144, 11, 201), plan=plan)
    >>> {name: round(estimate.value, 3) for name, estimate in found.items()}
    {'accuracy': 0.69, 'precision': 0.5, 'recall': 0.929, 'specificity': 0.583, 'f1': 0.65, \
'kappa': 0.414, 'mcc': 0.479}
    """
    undefined = [NEITHER, ONE_ANSWER, NO_CONTRAST] if table.n else [NO_ITEMS] * 3
    f1, kappa, mcc = bootstrap(f1_kappa_mcc, np.array(table.cells), plan=plan, undefined=undefined)
    return {**shares(table, level=plan.level), "f1": f1, "kappa": kappa, "mcc": mcc}


def shares(table: TwoByTwo, *, level: float) -> dict[str, Estimate]:
    """Return those figures of a 2×2 table that are shares of items, with Wilson's interval."""
    tp, fp, fn, tn = table.cells
    found: Mapping[str, tuple[int, int, Undefined]] = {
        "accuracy": (tp + tn, table.n, NO_ITEMS),
        "precision": (tp, tp + fp, NOTHING_FOUND),
        "recall": (tp, tp + fn, NO_POSITIVES),
        "specificity": (tn, tn + fp, NO_NEGATIVES),
    }
    return {name: _share(*of, level=level, n=table.n) for name, of in found.items()}


def _share(part: int, whole: int, why: Undefined, *, level: float, n: int) -> Estimate:
    share = wilson(part, whole, level=level)
    if share.value is None and n:
        return replace(share, code=why.code, reason=why.reason)
    return share


def f1_kappa_mcc(cells: Weights) -> NDArray[np.float64]:
    """Return these three figures of 2×2 tables, whose cells have shape (b, 4); NaN if undefined."""
    tp, fp, fn, tn = cells.T
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    by_chance = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    f1 = 2 * tp / (2 * tp + fp + fn)
    kappa = 2 * (tp * tn - fp * fn) / by_chance
    mcc = (tp * tn - fp * fn) / np.sqrt(product)
    return np.stack([f1, kappa, mcc], axis=1)


def never_flag(table: TwoByTwo) -> TwoByTwo:
    """Return the table of a detector that finds nothing in the same items.

    >>> never_flag(TwoByTwo(144, 144, 11, 201))
    TwoByTwo(tp=0, fp=0, fn=155, tn=345)
    """
    return TwoByTwo(0, 0, table.tp + table.fn, table.fp + table.tn)


def always_flag(table: TwoByTwo) -> TwoByTwo:
    """Return the table of a detector that flags every one of the same items.

    >>> always_flag(TwoByTwo(144, 144, 11, 201))
    TwoByTwo(tp=155, fp=345, fn=0, tn=0)
    """
    return TwoByTwo(table.tp + table.fn, table.fp + table.tn, 0, 0)


def mcnemar(only_a: int, only_b: int) -> McNemar:
    """Return McNemar's test of two detectors on the same items.

    `only_a` items are answered rightly by the first detector only, `only_b` by the second only.
    p is exact and two-sided: under the hypothesis only_a is binomial with the share 1/2, and p
    is twice the smaller tail, at most 1. z^2 = (only_a - only_b)^2 / (only_a + only_b), without a
    correction for continuity (McNemar, Psychometrika 12, 1947; Agresti, Categorical Data
    Analysis, 2nd ed. 2002, section 10.1).

    Undefined case: no item on which only one of them is right.

    3 against 0: twice (1/2)^3 = 0.25, and 9 / 3 = 3.

    >>> test = mcnemar(3, 0)
    >>> test.p, test.statistic, test.n_discordant
    (0.25, 3.0, 3)
    """
    if min(only_a, only_b) < 0:
        raise ValueError(f"McNemar's test counts items, and {min(only_a, only_b)} is no count")
    n = only_a + only_b
    if n == 0:
        reason = "both are right and wrong on the same items, so nothing tells them apart"
        return McNemar(0, 0, 0, None, None, code="no_discordant", reason=reason)
    p = min(1.0, 2 * float(bdtr(min(only_a, only_b), n, 0.5)))
    return McNemar(only_a, only_b, n, (only_a - only_b) ** 2 / n, p)
