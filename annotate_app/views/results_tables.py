"""What a study found of its systems, as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views import table
from annotate_app.views.numbers import NOTHING, percent, rounded, with_interval

Found = Mapping[str, Any]


def table_5(deps: Deps, about: About, found: Found) -> None:
    """Show the paper's table: a mean for each system and criterion."""
    criteria = found["criteria"]
    names = [about.names.called(criterion, deps.language) for criterion in criteria]
    systems = [each["system"] for each in next(iter(criteria.values()))["systems"]]
    rows = [
        [system, *(with_interval(of["systems"][row]) for of in criteria.values())]
        for row, system in enumerate(systems)
    ]
    table.show(deps.t("results.table_5"), [deps.t("results.system"), *names], rows)


def all_means(found: Found) -> list[Found]:
    """Return the figures of the paper's table."""
    return [each for of in found["criteria"].values() for each in of["systems"]]


def systems(deps: Deps, name: str, of: Found) -> None:
    """Show one criterion: how many scores, which, and the rank of each system."""
    levels = list(of["systems"][0]["share"])
    headings = [deps.t("results.system"), deps.t("results.n"), deps.t("results.mean")]
    headings += [deps.t("results.share", score=level) for level in levels]
    headings += [deps.t(f"results.{column}") for column in ("missing", "rank", "p_best")]
    rows = [
        [
            each["system"],
            f"{each['n']:,}",
            with_interval(each),
            *(percent(each["share"][level]) for level in levels),
            f"{each['missing']:,}",
            *_rank(of["ranks"], each["system"]),
        ]
        for each in of["systems"]
    ]
    table.show(deps.t("results.alt_systems", criterion=name), headings, rows)


def _rank(ranks: Sequence[Found], system: str) -> Iterator[str]:
    """Yield the rank of a system, and how often it came first in the resamples."""
    found = next((each for each in ranks if each["system"] == system), {})
    yield with_interval(found, digits=0)
    best = found.get("p_best")
    yield NOTHING if best is None else rounded(best, 3)
