"""Rating studies for tests: imported from a file as a user would."""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import update

from db.engine import Store
from db.tables import Study
from pipeline.importing import ratings as importing
from pipeline.importing.rating_rows import Scale
from pipeline.importing.ratings import RatingsImport

COLUMNS = ("item", "system", "rater", "rater_group", "criterion", "value")
Row = tuple[str, str, str, str, str, str]


def rows_of(
    units: Sequence[str], *, criterion: str = "relevance", groups: Sequence[str] = ()
) -> list[Row]:
    """Return the rows of a file from one string a unit, a sign a rater: "." no row, "?" no score.

    `groups` are the raters' groups, in their order; without them they have none.
    """
    return [
        (f"q{place}", "A", f"r{rater}", groups[rater] if groups else "", criterion,
         "" if sign == "?" else sign)
        for place, unit in enumerate(units)
        for rater, sign in enumerate(unit)
        if sign != "."
    ]  # fmt: skip


def import_scores(  # noqa: PLR0913  # reads as a sentence where it is called
    store: Store,
    folder: Path,
    rows: Iterable[Sequence[str]],
    *,
    study: str = "outside",
    highest: int = 2,
    columns: Sequence[str] = COLUMNS,
    shuffled: int | None = None,
    resamples: int = 200,
) -> None:
    """Import a study's scores from 0 to `highest`; `shuffled` is the seed of the rows' order.

    Its analysis draws few resamples, as tests of other things have no need to wait for many.
    """
    found = list(rows)
    if shuffled is not None:
        random.Random(shuffled).shuffle(found)  # noqa: S311
    path = folder / f"{study}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *found])
    importing.run(store, RatingsImport(path, study, scale=Scale(0, highest)))
    with store.writing() as session:
        plan = {"level": 0.95, "seed": 0, "resamples": resamples}
        session.execute(update(Study).where(Study.name == study).values(analysis=plan))
