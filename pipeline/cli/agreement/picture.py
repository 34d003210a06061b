"""Draw coefficients of agreement with their intervals, and the kappas of every two raters."""

from pathlib import Path

from pipeline.agreement.criterion import CriterionAgreement
from pipeline.agreement.measuring import Agreement
from pipeline.cli.agreement.names import named
from pipeline.cli.estimates import interval_heading
from pipeline.figures import Panel, Point, Series
from pipeline.heatmap import Matrix, draw_over
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.pairs import Pair


def draw(path: Path, found: Agreement) -> None:
    level = interval_heading(found.plan.level)
    of_group = f", group {found.group}" if found.group else ""
    title = f"Agreement of {found.raters:,} raters on {found.items:,} items of {found.study}"
    panels = [
        Panel(f"{each.criterion} (n = {each.extent.shared:,})", level, (_series(each),))
        for each in found.criteria
    ]
    draw_over(path, title + of_group, panels, [_matrix(each) for each in found.criteria])


def _series(found: CriterionAgreement) -> Series:
    told = [each for each in found.coefficients if each.estimate.value is not None]
    return Series(found.criterion, tuple(map(_point, told)))


def _point(each: Coefficient) -> Point:
    estimate = each.estimate
    return Point(named(each), estimate.value, estimate.low, estimate.high)


def _matrix(found: CriterionAgreement) -> Matrix:
    which = "quadratic" if found.ordered else "unweighted"
    kappas = {(pair.a, pair.b): _kappa(pair, ordered=found.ordered) for pair in found.pairs}
    kappas |= {(b, a): kappa for (a, b), kappa in kappas.items()}
    places = range(len(found.raters))
    return Matrix(
        f"Cohen's kappa ({which})",
        found.raters,
        tuple(tuple(kappas.get((row, column)) for column in places) for row in places),
    )


def _kappa(pair: Pair, *, ordered: bool) -> float | None:
    return pair.quadratic.value if ordered else pair.kappa.value
