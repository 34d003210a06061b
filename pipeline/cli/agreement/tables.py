"""Tables of what agreement compares: groups of raters, sets of labels, and two agreements."""

from collections.abc import Iterator

from pipeline.agreement.contrast import Contrast
from pipeline.agreement.groups import Groups
from pipeline.cli.agreement.names import SETS, named, reasons, two
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import interval_heading, places
from pipeline.cli.wording import many
from pipeline.labeller_agreement import LabellerAgreement


def groups(found: Groups, weights: str, level: float) -> Iterator[str]:
    head = ["groups", "coefficient", "value", interval_heading(level), "items", "raters"]
    rows = [
        [each.group, named(one), *two(one.estimate), f"{one.items:,}", f"{each.raters:,}"]
        for each in found.within
        for one in each.coefficients
    ]
    for between in found.between:
        both, shared = f"{between.a} with {between.b}", f"{between.found.items:,}"
        figures = {
            "percent agreement": between.found.percent_agreement,
            "kappa (equal or not)": between.found.kappa,
            f"kappa ({weights})": between.found.weighted,
        }
        rows += [[both, name, *two(one), shared, ""] for name, one in figures.items()]
        less = f"{between.a} less {between.b}"
        rows += [
            [less, named(one), *two(one.difference), shared, ""] for one in between.differences
        ]
    yield from aligned([head, *rows], left=2)
    yield from reasons([one.difference for each in found.between for one in each.differences])
    if found.without:
        yield f"{many(found.without, 'rater')} in no group"


def labels(found: LabellerAgreement, level: float) -> Iterator[str]:
    head = ["labels", "distance", "value", interval_heading(level), "items"]
    n = f"{found.sets:,}"
    rows = [[*SETS[key], *two(estimate), n] for key, estimate in found.labels.items()]
    given = {label: each for label, each in found.by_label.items() if each[0]}
    rows += [
        [f"alpha of {label} ({many(votes, 'vote')})", "nominal", *two(estimate), n]
        for label, (votes, estimate) in given.items()
    ]
    yield from aligned([head, *rows], left=2)
    unused = [label for label in found.by_label if label not in given]
    if unused and given:
        yield f"given by nobody: {', '.join(unused)}"


def contrast(found: Contrast, level: float) -> Iterator[str]:
    head = ["difference", "coefficient", "of the first", "of the second", "difference"]
    rows = [
        [
            f"{each.criterion}: {each.a} less {each.b}" if found.kind != "criterion"
            else f"{each.a} less {each.b}",
            named(one),
            places(one.a.value),
            places(one.b.value),
            *two(one.difference),
        ]
        for each in found.criteria
        for one in each.coefficients
    ]  # fmt: skip
    yield from aligned([[*head, interval_heading(level)], *rows], left=2)
    drawn = "the same items, drawn together" if found.same_items else "different items, drawn apart"
    yield f"differences are over {drawn}"
    yield from reasons([one.difference for each in found.criteria for one in each.coefficients])
