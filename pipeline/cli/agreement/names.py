"""Names of the coefficients of agreement, and how a figure is said beside them."""

from collections.abc import Iterator, Sequence

from pipeline.cli.estimates import interval, places
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.differences import Difference, Without
from pipeline.stats.agreement.icc import ICC
from pipeline.stats.resampling.intervals import Estimate

NAMES = {
    "percent_agreement": "percent agreement",
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac1": "Gwet's AC1",
    "gwet_ac2": "Gwet's AC2",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's kappa",
    "brennan_prediger": "Brennan and Prediger's kappa",
    "icc_1": "ICC(1), one rater",
    "icc_k": "ICC(k), mean of raters",
    "icc_a_1": "ICC(A,1), one rater",
    "icc_a_k": "ICC(A,k), mean of raters",
    "icc_c_1": "ICC(C,1), one rater",
    "icc_c_k": "ICC(C,k), mean of raters",
}
METRICS = {
    "identity": "equal or not",
    "nominal": "nominal",
    "ordinal": "ordinal (ranks)",
    "interval": "interval",
}
SETS = {
    "percent_agreement": ("percent agreement", "equal sets"),
    "alpha_masi": ("Krippendorff's alpha", "MASI"),
    "alpha_jaccard": ("Krippendorff's alpha", "Jaccard"),
}
EMPTY_SETS = (
    "for MASI and Jaccard two empty sets are 0 apart, and an empty one and another 1; each"
    " label's alpha is nominal: given or not"
)


def metric(name: str, of: str) -> str:
    """Return by what a coefficient takes levels apart, the three ordinals told apart.

    >>> metric("krippendorff_alpha", "ordinal"), metric("gwet_ac2", "ordinal")
    ('ordinal (ranks)', "ordinal weights (Gwet's)")
    """
    if name == "krippendorff_alpha" or of in {"identity", "interval"}:
        return METRICS[of]
    return "ordinal weights (Gwet's)" if of == "ordinal" else f"{of} weights"


def named(each: Coefficient | Difference | Without) -> str:
    """Return a coefficient with what tells it from others of its name."""
    return NAMES[each.name] if each.name in ICC else f"{NAMES[each.name]} ({each.metric})"


def two(estimate: Estimate) -> list[str]:
    """Return a figure and its interval, for two columns."""
    return [places(estimate.value), interval(estimate)]


def reasons(estimates: Sequence[Estimate]) -> Iterator[str]:
    """Yield what each dash stands for, once."""
    for reason in dict.fromkeys(each.reason for each in estimates if each.reason):
        yield f'"-" stands where {reason}'
