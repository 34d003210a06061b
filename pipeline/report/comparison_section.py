"""The systems compared: every two of them, their ranks, groups of raters, the mixed model."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.blocks import (
    Block,
    Cell,
    Column,
    Dot,
    Dots,
    Group,
    Heading,
    Note,
    Paragraph,
    Picture,
    Source,
    Table,
)
from pipeline.report.context import Context
from pipeline.report.sources import (
    NONE,
    Finding,
    interval_cell,
    p_text,
    percent,
    places,
    value_cell,
)

MOST_DRAWN = 15  # differences in one picture: those of six systems


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study with more than one system."""
    found = context.findings.results
    if found is None or found.whole is None:
        return
    yield Heading("comparisons", "Systems compared")
    criteria = found.whole["criteria"]
    if not any(of["differences"] for of in criteria.values()):
        yield context.lacking("Comparisons", "the study has one system")
        return
    yield Paragraph(_family(context, found.whole["family"]))
    differences = {
        criterion: [
            _difference(context, found, criterion, n) for n in range(len(of["differences"]))
        ]
        for criterion, of in criteria.items()
    }
    for criterion, sources in differences.items():
        yield _differences(context, found, criterion, sources)
    yield from _picture(context, found, differences)
    yield _ranks(context, found)
    yield from _groups(context, found)


def _family(context: Context, family: dict[str, Any]) -> str:
    named = ", ".join(context.name(criterion) for criterion in family["criteria"])
    if not named:
        return "The analysis plan names no family of tests, so no p-value is adjusted."
    primary = (
        f" The primary criterion is {context.name(family['primary'])}." if family["primary"] else ""
    )
    return (
        f"p-values are adjusted by {family['method']} over the frozen family: all"
        f" {family['tests']:,} pairwise differences on {named}.{primary}"
    )


def _at(criterion: str, place: int) -> tuple[str | int, ...]:
    return ("criteria", criterion, "differences", place)


def _difference(context: Context, found: Finding, criterion: str, place: int) -> Source:
    each = (found.whole or {})["criteria"][criterion]["differences"][place]
    return _told(context, found, criterion, place, "mean", f"mean difference of {_pair(each)}")


def _told(
    context: Context, found: Finding, criterion: str, place: int, figure: str, about: str,
    *at: str,
) -> Source:  # fmt: skip
    each = (found.whole or {})["criteria"][criterion]["differences"][place]
    pair = (each["a"], each["b"])
    codes = ".".join(map(context.code, pair))
    return context.sources.figure(
        f"differences.{criterion}.{codes}.{figure}",
        f"{about} on {criterion}",
        found,
        (*_at(criterion, place), *at),
        rows=context.sources.rows(criterion=criterion, system=pair),
        n=context.sources.scores(criterion, systems=pair),
    )


def _pair(each: dict[str, Any]) -> str:
    return f"{each['a']} − {each['b']}"


def _differences(context: Context, found: Finding, criterion: str, sources: list[Source]) -> Table:
    pairs = (found.whole or {})["criteria"][criterion]["differences"]

    def row(place: int, each: dict[str, Any]) -> Iterator[Cell]:
        def told(figure: str, about: str) -> Source:
            words = f"{about} of {_pair(each)}"
            return _told(context, found, criterion, place, figure, words, figure)

        yield Cell(_pair(each))
        yield interval_cell(sources[place])
        p, holm = told("p", "p-value"), told("p_holm", "adjusted p-value")
        yield value_cell(p, p_text(p.value))
        yield value_cell(holm, p_text(holm.value))
        counts = tuple(each[name] for name in ("wins", "ties", "losses"))
        yield Cell(" / ".join(map(str, counts)), counts)
        net = told("net", "(wins − losses) / n")
        yield value_cell(net, places(net.value, 2))
        yield Cell(f"{each['n_pairs']:,}", (each["n_pairs"],))

    return Table(
        f"differences-{criterion}",
        f"{context.name(criterion)}: every two systems",
        (
            Column("systems", text=True),
            Column("difference", ("difference", "low", "high")),
            Column("p"),
            Column("p (Holm)", ("p_holm",)),
            Column("wins / ties / losses", ("wins", "ties", "losses")),
            Column("net", ("net",)),
            Column("n", ("n_pairs",)),
        ),
        (Group(tuple(tuple(row(place, each)) for place, each in enumerate(pairs))),),
        notes=tuple(_difference_notes(pairs, sources)),
    )


def _difference_notes(pairs: list[dict[str, Any]], sources: list[Source]) -> Iterator[str]:
    tests = dict.fromkeys(each["test"] for each in pairs if each["test"])
    methods = dict.fromkeys(source.method for source in sources if source.method)
    yield (
        "Differences pair the answers to the same question: a win is a question on which the first"
        " system's mean is higher; n is the number of questions, net is (wins − losses) / n."
    )
    for level in sorted({source.level for source in sources if source.level}):
        yield f"In brackets the {100 * level:g}% interval."
    if tests:
        yield f"p: {'; '.join(tests)}. Intervals: {'; '.join(methods)}."
    if not all(each["balanced"] for each in pairs):
        yield (
            "Where not all raters scored both answers, the mean difference is over questions and"
            " is not exactly the difference of the two means."
        )
    unadjusted = (each["no_p_holm"]["reason"] for each in pairs if each.get("no_p_holm"))
    for reason in dict.fromkeys(unadjusted):
        yield f"No adjusted p where {reason}."


def _picture(
    context: Context, found: Finding, differences: dict[str, list[Source]]
) -> Iterator[Block]:
    criteria = (found.whole or {})["criteria"]
    if max(map(len, differences.values())) > MOST_DRAWN:
        yield Note(f"More than {MOST_DRAWN} differences a criterion are not drawn.")
        return
    panels = tuple(
        Dots(
            context.name(criterion),
            "difference of means",
            tuple(
                Dot(_pair(each), source.value, source.low, source.high, places(source.value, 2))
                for each, source in zip(criteria[criterion]["differences"], sources, strict=True)
            ),
            at=0.0,
        )
        for criterion, sources in differences.items()
    )
    yield Picture(
        "differences",
        "Differences of every two systems, with their intervals",
        "Dots with whiskers for each pair of systems and each criterion; a line marks no"
        " difference. The figures stand in the tables above.",
        panels,
    )


def _ranks(context: Context, found: Finding) -> Table:
    criteria = (found.whole or {})["criteria"]
    systems = [each["system"] for each in next(iter(criteria.values()))["systems"]]
    by_system: dict[tuple[str, str], int] = {
        (criterion, each["system"]): place
        for criterion, of in criteria.items()
        for place, each in enumerate(of["ranks"])
    }

    def cells(system: str, criterion: str) -> Iterator[Cell]:
        place = by_system.get((criterion, system))
        if place is None:
            yield from (Cell(NONE), Cell(NONE))
            return
        at = ("criteria", criterion, "ranks", place)
        id_ = f"ranks.{criterion}.{context.code(system)}"
        rows = context.sources.rows(criterion=criterion)
        n = context.sources.scores(criterion)
        about = f"{system} on {criterion}"
        rank = context.sources.figure(f"{id_}.rank", f"rank of {about}", found, at, rows=rows, n=n)
        yield interval_cell(rank, _rank)
        words = f"share of resamples with {about} best"
        at_best = (*at, "p_best")
        best = context.sources.figure(f"{id_}.p_best", words, found, at_best, rows=rows, n=n)
        yield value_cell(best, percent(best.value))

    rows = tuple(
        (Cell(system), *(cell for criterion in criteria for cell in cells(system, criterion)))
        for system in systems
    )
    columns = (
        column
        for criterion in criteria
        for column in (
            Column("rank", (f"{criterion}_rank", f"{criterion}_low", f"{criterion}_high"),
                   over=context.name(criterion)),
            Column("P(best)", (f"{criterion}_p_best",), over=context.name(criterion)),
        )
    )  # fmt: skip
    return Table(
        "ranks",
        "Ranks by mean score",
        (Column("system", text=True), *columns),
        (Group(rows),),
        notes=(
            "Rank 1 is the highest mean; equal means share the mean of their ranks. P(best) is the"
            " share of resamples in which a system's mean is the highest.",
        ),
    )


def _rank(value: float | None) -> str:
    return NONE if value is None else f"{value:g}"


def _groups(context: Context, found: Finding) -> Iterator[Block]:
    whole = found.whole or {}
    if not whole["groups"]:
        return
    criteria = list(whole["criteria"])
    groups = []
    for number, group in enumerate(whole["groups"]):
        name = group["group"] or "without a group"
        rows = tuple(
            (
                Cell(each["system"]),
                *(_of_group(context, found, number, criterion, place) for criterion in criteria),
            )
            for place, each in enumerate(group["criteria"][criteria[0]]["systems"])
        )
        few = ", too few for more than a description" if group["descriptive_only"] else ""
        groups.append(Group(rows, f"{name} (raters: {group['raters']}{few})"))
    yield Table(
        "groups",
        "Mean scores by groups of raters",
        (
            Column("system", text=True),
            *(
                Column(
                    context.name(criterion), (criterion, f"{criterion}_low", f"{criterion}_high")
                )
                for criterion in criteria
            ),
        ),
        tuple(groups),
        notes=("Groups are set side by side; no test compares them.",),
    )


def _of_group(context: Context, found: Finding, number: int, criterion: str, place: int) -> Cell:
    group = (found.whole or {})["groups"][number]
    each = group["criteria"][criterion]["systems"][place]
    name = group["group"] or "none"
    return interval_cell(
        context.sources.figure(
            f"groups.{name}.{criterion}.{context.code(each['system'])}.mean",
            f"mean {criterion} of {each['system']} by {name}",
            found,
            ("groups", number, "criteria", criterion, "systems", place),
            rows=context.sources.rows(
                criterion=criterion, system=each["system"], rater_group=group["group"] or ""
            ),
            n=each["n"],
        )
    )
