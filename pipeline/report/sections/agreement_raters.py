"""Agreement rater by rater: every two of them, without each, each with themselves."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.report.cells import interval_cell, percent, places
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Matrix,
    Picture,
    Source,
    Table,
)
from pipeline.report.sections.coefficients import Criteria, name_of, named, ratings_of
from pipeline.report.sources import Choice, Finding

KAPPAS = {"kappa": "kappa", "kappa_linear": "linear", "kappa_quadratic": "quadratic"}


def pairs(context: Context, found: Finding, criteria: Criteria) -> Iterator[Block]:
    """Yield every two raters: their kappas, and the quadratic ones, or kappa, as a square."""
    if not any(of["pairs"] for of in criteria.values()):
        return
    ordered = context.known.study.kind == "rating"
    kappas = KAPPAS if ordered else {"kappa": "kappa"}
    groups = []
    for criterion, of in criteria.items():
        rows = tuple(
            tuple(_pair(context, found, criterion, place, kappas))
            for place in range(len(of["pairs"]))
        )
        groups.append(Group(rows, context.name(criterion)))
    yield Table(
        "agreement-pairs",
        "Cohen's kappa of every two raters",
        (
            Column("raters", text=True),
            Column("items", ("n",)),
            *(Column(shown, (name, f"{name}_low", f"{name}_high"))
              for name, shown in kappas.items()),
        ),
        tuple(groups),
    )  # fmt: skip
    which = "kappa_quadratic" if ordered else "kappa"
    yield Picture(
        "agreement-matrix",
        f"Kappa of every two raters ({KAPPAS[which]})" if ordered else "Kappa of every two raters",
        "A square for each criterion, with a row and a column for each rater. The figures stand in"
        " the table of pairs.",
        tuple(_matrix(context, criterion, of["pairs"], which) for criterion, of in criteria.items()
              if of["pairs"]),
    )  # fmt: skip


def _pair(
    context: Context, found: Finding, criterion: str, place: int, kappas: dict[str, str]
) -> Iterator[Cell]:
    each = found.whole["criteria"][criterion]["pairs"][place]
    raters = (each["a"], each["b"])
    yield Cell(" and ".join(raters))
    yield Cell(f"{each['n']:,}", (each["n"],))
    for name in kappas:
        source = context.sources.figure(
            f"agreement.{criterion}.{'.'.join(raters)}.{name}",
            f"{name.replace('_', ', ')} of {' and '.join(raters)} on {criterion}",
            found,
            ("criteria", criterion, "pairs", place, "intervals", name),
            rows=ratings_of(context, criterion, rater=raters),
            n=each["n"],
        )
        yield interval_cell(source, lambda value: places(value, 2))


def _matrix(
    context: Context, criterion: str, pairs: Sequence[dict[str, Any]], which: str
) -> Matrix:
    raters = sorted({each[side] for each in pairs for side in ("a", "b")})
    kappas = {(each["a"], each["b"]): each["intervals"][which]["value"] for each in pairs}
    kappas |= {(b, a): kappa for (a, b), kappa in kappas.items()}
    rows = tuple(tuple(kappas.get((a, b)) for b in raters) for a in raters)
    return Matrix(context.name(criterion), tuple(raters), rows)


def without(context: Context, found: Finding, criteria: Criteria) -> Iterator[Block]:
    """Yield what the leading coefficient is without each rater."""
    groups = []
    for criterion, of in criteria.items():
        leading = [(place, each) for place, each in enumerate(of["leave_one_out"])]
        first = next(((e["name"], e["metric"]) for _, e in leading), None)
        rows = tuple(
            (
                Cell(each["rater"]),
                interval_cell(_left(context, found, criterion, place)),
                interval_cell(_left(context, found, criterion, place, "change")),
            )
            for place, each in leading
            if (each["name"], each["metric"]) == first
        )
        if rows and first:
            groups.append(Group(rows, f"{context.name(criterion)}: {named(*first)}"))
    if groups:
        yield Table(
            "agreement-without",
            "Agreement without each rater",
            (
                Column("without", text=True),
                Column("agreement", ("agreement", "low", "high")),
                Column("change", ("change", "change_low", "change_high")),
            ),
            tuple(groups),
        )


def _left(context: Context, found: Finding, criterion: str, place: int, *where: str) -> Source:
    each = found.whole["criteria"][criterion]["leave_one_out"][place]
    others = tuple(rater for rater in context.known.raters if rater != each["rater"])
    name = ".".join(filter(None, ("agreement", criterion, "without", each["rater"], each["name"],
                                  each["metric"], *where)))  # fmt: skip
    return context.sources.figure(
        name,
        f"{' '.join((*where, 'of'))} {named(each['name'], each['metric'])} of {criterion}"
        f" without {each['rater']}".removeprefix("of "),
        found,
        ("criteria", criterion, "leave_one_out", place, *where),
        rows=ratings_of(context, criterion, **({} if where else {"rater": others})),
    )


def repeats(context: Context, found: Finding, criteria: Criteria) -> Iterator[Block]:
    """Yield how far raters agree with themselves, where items came up again."""
    groups = []
    for criterion, of in criteria.items():
        if of["repeats"]["n"]:
            rows = [tuple(_themselves(context, found, criterion))]
            rows += [
                tuple(_themselves(context, found, criterion, place))
                for place in range(len(of["repeats"]["raters"]))
            ]
            groups.append(Group(tuple(rows), context.name(criterion)))
    if not groups:
        what = "Agreement of raters with themselves"
        context.lacks(what, "no item came up twice")
        return
    yield Table(
        "repeats",
        "Agreement of raters with themselves, on hidden repeats",
        (
            Column("rater", text=True),
            Column("scores given twice", ("n",)),
            Column("percent agreement", ("percent_agreement", "low", "high")),
            Column("alpha", ("alpha", "alpha_low", "alpha_high")),
        ),
        tuple(groups),
    )


def _themselves(
    context: Context, found: Finding, criterion: str, place: int | None = None
) -> Iterator[Cell]:
    """Yield the agreement of a rater with themselves, of all raters if no place is given."""
    at: tuple[str | int, ...] = ("criteria", criterion, "repeats")
    each = found.whole["criteria"][criterion]["repeats"]
    if place is not None:
        at, each = (*at, "raters", place), each["raters"][place]
    who = each.get("rater", "all raters")
    twice: dict[str, Choice] = {"is_repeat": ("false", "true")}
    if place is not None:
        twice["rater"] = who
    yield Cell(who)
    yield Cell(f"{each['n']:,}", (each["n"],))
    for name in ("percent_agreement", "krippendorff_alpha"):
        source = context.sources.figure(
            f"repeats.{criterion}.{who.replace(' ', '_')}.{name}",
            f"{name_of(name)} of {who} with themselves on {criterion}",
            found,
            (*at, name),
            rows=ratings_of(context, criterion, **twice),
            n=each["n"],
        )
        yield interval_cell(source, percent if name == "percent_agreement" else places)
