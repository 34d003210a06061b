"""Whatever a study holds, its export can be imported again without loss, in every format."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import schema
from db.engine import Store, connect
from pipeline.exporting import ratings as exporting
from pipeline.exporting.formats import FORMATS
from pipeline.exporting.ratings import RatingsExport
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.tidy import COLUMNS, flags_text, taken_names

Row = dict[str, Any]
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
NASTY = st.sampled_from("=+-@'\t\r\n\",; |:\\ab好😀＝0\x01\u2028\xa0")
ESCAPES = st.sampled_from(["_x000D_", "_x0041_", "_x005F_", "_xD83D_", "_x005F_x000D_"])
TEXTS = (
    st.text(NASTY, min_size=1, max_size=6) | st.text(STORABLE, min_size=1, max_size=10) | ESCAPES
)
NAMES = TEXTS.map(str.strip).filter(bool)
CRITERIA = NAMES.filter(lambda name: name.lower() not in taken_names())
FLAGS = st.lists(
    st.fixed_dictionaries({"flag": NAMES, "reason": st.none() | TEXTS}), max_size=2
).map(lambda flags: flags_text(flags) or None)
JUDGEMENTS = st.fixed_dictionaries(
    {
        "comment": st.none() | TEXTS,
        "flags": FLAGS,
        "seconds": st.none() | st.floats(0, allow_infinity=False),
        "submitted_at": st.none()
        | st.datetimes(timezones=st.just(UTC)).map(
            lambda at: at.isoformat().replace("+00:00", "Z")
        ),
    }
)


@st.composite
def studies(draw: st.DrawFn) -> list[Row]:
    """The rows of a study, as its export with all revisions has them, but for the study's name."""
    criteria = draw(st.lists(CRITERIA, min_size=1, max_size=3, unique=True))
    raters = draw(st.dictionaries(NAMES, st.none() | NAMES, min_size=1, max_size=3))
    rows: list[Row] = []
    for item, (place, (rater, group)) in product(draw(items()), enumerate(raters.items())):
        if place and draw(st.booleans()):
            continue
        about = item | {"rater": rater, "rater_group": group}
        about["position"] = draw(st.none() | st.integers(0, 2**31 - 1))
        revisions = sorted(draw(st.sets(st.integers(1, 5), max_size=2)))
        for revision in revisions or [None]:
            judgement = draw(JUDGEMENTS) if revision else dict.fromkeys(JUDGED)
            for criterion in criteria:
                value = draw(st.none() | st.integers(0, 2)) if revision else None
                row = about | judgement
                rows.append(row | {"revision": revision, "criterion": criterion, "value": value})
    return rows


JUDGED = ("comment", "flags", "seconds", "submitted_at")


@st.composite
def items(draw: st.DrawFn) -> list[Row]:
    """Items as other tools name them, one name for all systems, or as this one does, by codes."""
    questions = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    systems = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    units = list(product(questions, systems))
    codes = draw(st.lists(NAMES, min_size=2 * len(units), max_size=2 * len(units), unique=True))
    by_code = draw(st.booleans())
    found = []
    for question, system in units:
        unit = {"question_id": question, "system": system, "is_calibration": draw(st.booleans())}
        found.append(unit | {"item": codes.pop() if by_code else question, "is_repeat": False})
        if draw(st.booleans()):
            found.append(unit | {"item": codes.pop() if by_code else question, "is_repeat": True})
    return found


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    stores = []

    def make(name: str) -> Store:
        made = connect(f"sqlite:///{tmp_path / name}")
        schema.upgrade(made.engine)
        stores.append(made)
        return made

    yield make
    for made in stores:
        made.engine.dispose()


def test_export_and_import_lose_nothing_in_any_format(
    new_store: Callable[[str], Store], tmp_path: Path
) -> None:
    here, there, numbers = new_store("here"), new_store("there"), count()

    @settings(
        max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(studies(), st.sampled_from(sorted(FORMATS)), st.sampled_from(["long", "wide"]))
    def check(rows: list[Row], form: str, shape: str) -> None:
        study = f"study {next(numbers)}"
        given_rows = [{"study": study} | row for row in rows]
        first, exported = tmp_path / "first.jsonl", tmp_path / f"exported.{form}"
        first.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        importing.run(here, RatingsImport(first, study))
        write(here, study, exported, wide=shape == "wide")
        importing.run(there, RatingsImport(exported, study))
        assert rows_of(there, study, tmp_path / "again.jsonl") == given_rows

    check()


def write(store: Store, study: str, path: Path, *, wide: bool = False) -> None:
    exporting.run(
        store, RatingsExport(study=study, path=path, wide=wide, all_revisions=True, replace=True)
    )


def rows_of(store: Store, study: str, path: Path) -> list[Row]:
    write(store, study, path)
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    assert all(list(row) == list(COLUMNS) for row in rows)
    return rows
