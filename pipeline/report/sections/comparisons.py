"""The systems compared: every two of them, their ranks, groups of raters, the mixed model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from pipeline.report.cells import NONE, interval_cell, p_text, percent, places, value_cell
from pipeline.report.context import Context
from pipeline.report.document.blocks import (
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
from pipeline.report.sources import Finding

MOST_DRAWN = 15  # differences in one picture: those of six systems


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section of a rating study with more than one system."""
    found = context.findings.results
    if not found.whole:
        return
    yield Heading("comparisons", "Systems compared")
    criteria = found.whole["criteria"]
    if not any(of["differences"] for of in criteria.values()):
        context.lacks("Comparisons", "the study has one system")
        return
    yield Paragraph(_family(context, found.whole["family"]))
    pairs = {
        criterion: [
            _Pair(context, found, criterion, place) for place in range(len(of["differences"]))
        ]
        for criterion, of in criteria.items()
    }
    for criterion, of_criterion in pairs.items():
        yield _differences(context, criterion, of_criterion)
    yield _picture(context, pairs)
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
        f"P-values are adjusted by {family['method']}'s method over the"
        f" {'frozen ' if family['frozen'] else ''}family: all"
        f" {family['tests']:,} pairwise differences on {named}.{primary}"
    )


@dataclass(frozen=True)
class _Pair:
    """Two systems on one criterion, the `place` being theirs among that criterion's pairs."""

    context: Context
    found: Finding
    criterion: str
    place: int

    @property
    def whole(self) -> dict[str, Any]:
        pairs = self.found.whole["criteria"][self.criterion]["differences"]
        return cast("dict[str, Any]", pairs[self.place])

    @property
    def name(self) -> str:
        return f"{self.whole['a']} − {self.whole['b']}"

    def figure(self, name: str, about: str, *at: str) -> Source:
        sources, pair = self.context.sources, (self.whole["a"], self.whole["b"])
        codes = ".".join(map(self.context.code, pair))
        return sources.figure(
            f"differences.{self.criterion}.{codes}.{name}",
            f"{about} of {self.name} on {self.criterion}",
            self.found,
            ("criteria", self.criterion, "differences", self.place, *at),
            rows=sources.rows(criterion=self.criterion, system=pair),
            n=sources.scores(self.criterion, systems=pair),
        )

    @cached_property
    def mean(self) -> Source:
        return self.figure("mean", "mean difference")

    def row(self) -> Iterator[Cell]:
        yield Cell(self.name)
        yield interval_cell(self.mean)
        p = self.figure("p", "p-value", "p")
        yield value_cell(p, p_text(p.value))
        holm = self.figure("p_holm", "adjusted p-value", "p_holm")
        yield value_cell(holm, p_text(holm.value))
        counts = tuple(self.whole[name] for name in ("wins", "ties", "losses"))
        yield Cell(" / ".join(map(str, counts)), counts)
        net = self.figure("net", "(wins − losses) / n", "net")
        yield value_cell(net, places(net.value, 2))
        yield Cell(f"{self.whole['n_pairs']:,}", (self.whole["n_pairs"],))


def _differences(context: Context, criterion: str, pairs: Sequence[_Pair]) -> Table:
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
        (Group(tuple(tuple(pair.row()) for pair in pairs)),),
        notes=tuple(_notes([pair.whole for pair in pairs], [pair.mean for pair in pairs])),
    )


def _notes(pairs: list[dict[str, Any]], sources: list[Source]) -> Iterator[str]:
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


def _picture(context: Context, pairs: Mapping[str, Sequence[_Pair]]) -> Block:
    if max(map(len, pairs.values())) > MOST_DRAWN:
        return Note(f"More than {MOST_DRAWN} differences a criterion are not drawn.")
    panels = tuple(
        Dots(
            context.name(criterion),
            "difference of means",
            tuple(
                Dot(pair.name, mean.value, mean.low, mean.high, places(mean.value, 2))
                for pair in of_criterion
                for mean in [pair.mean]
            ),
            at=0.0,
        )
        for criterion, of_criterion in pairs.items()
    )
    return Picture(
        "differences",
        "Differences of every two systems, with their intervals",
        "Dots with whiskers for each pair of systems and each criterion; a line marks no"
        " difference. The figures stand in the tables above.",
        panels,
    )


def _ranks(context: Context, found: Finding) -> Table:
    criteria = found.whole["criteria"]
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
    whole = found.whole
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
    group = found.whole["groups"][number]
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
