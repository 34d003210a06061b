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
from db.errors import NotAllowed
from pipeline.exporting import ratings as exporting
from pipeline.exporting.formats import FORMATS
from pipeline.exporting.ratings import RatingsExport
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.tidy import COLUMNS, can_be_criterion, flags_text, is_showable

Row = dict[str, Any]
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
NASTY = st.sampled_from("=+-@'\t\r\n\",; |:\\ab好😀＝0\x01\u2028\xa0")
ESCAPES = st.sampled_from(["_x000D_", "_x0041_", "_x005F_", "_xD83D_", "_x005F_x000D_"])
TEXTS = (
    st.text(NASTY, min_size=1, max_size=6) | st.text(STORABLE, min_size=1, max_size=10) | ESCAPES
)
FLAG_NAMES = TEXTS.map(str.strip).filter(bool)
NAMES = FLAG_NAMES.filter(is_showable)
CRITERIA = NAMES.filter(can_be_criterion)
FLAGS = st.lists(
    st.fixed_dictionaries({"flag": FLAG_NAMES, "reason": st.none() | TEXTS}), max_size=2
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
    gaps = draw(st.booleans())
    raters = draw(st.dictionaries(NAMES, st.none() | NAMES, min_size=1, max_size=3))
    rows: list[Row] = []
    asked_of: dict[str, list[str]] = {}
    for item, (place, (rater, group)) in product(draw(items()), enumerate(raters.items())):
        if place and draw(st.booleans()):
            continue
        about = item | {"rater": rater, "rater_group": group}
        about["position"] = draw(st.none() | st.integers(0, 2**31 - 1))
        asked = asked_of.setdefault(item["system"], draw(asked_among(criteria, gaps=gaps)))
        revisions = sorted(draw(st.sets(st.integers(1, 5), max_size=2)))
        for revision in revisions or [None]:
            judgement = draw(JUDGEMENTS) if revision else dict.fromkeys(JUDGED)
            for criterion in asked:
                value = draw(st.none() | st.integers(0, 2)) if revision else None
                row = about | judgement
                rows.append(row | {"revision": revision, "criterion": criterion, "value": value})
    return rows


def asked_among(criteria: list[str], *, gaps: bool) -> st.SearchStrategy[list[str]]:
    """The criteria that a system is asked about: a longer or shorter beginning of all."""
    if not gaps:
        return st.just(criteria)
    return st.integers(1, len(criteria)).map(lambda count: criteria[:count])


JUDGED = ("comment", "flags", "seconds", "submitted_at")


@st.composite
def items(draw: st.DrawFn) -> list[Row]:
    """Items as other tools name them, one name for all systems, or as this one does, by codes."""
    questions = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    systems = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    units = list(product(questions, systems))
    codes = draw(st.lists(NAMES, min_size=3 * len(units), max_size=3 * len(units), unique=True))
    by_code = draw(st.booleans())
    found = []
    for question, system in units:
        unit = {"question_id": question, "system": system, "is_calibration": draw(st.booleans())}
        item = codes.pop() if by_code else question
        found.append(unit | {"item": item, "is_repeat": False})
        samples = by_code and draw(st.booleans())
        if samples:
            found.append(unit | {"item": codes.pop(), "is_repeat": False})
        if draw(st.booleans()):
            name = codes.pop() if by_code and not samples else item
            found.append(unit | {"item": name, "is_repeat": True})
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
        if shape == "wide" and has_gaps(rows):
            with pytest.raises(NotAllowed, match="was not asked"):
                write(here, study, exported, wide=True)
            shape = "long"
        write(here, study, exported, wide=shape == "wide")
        importing.run(there, RatingsImport(exported, study))
        assert rows_of(there, study, tmp_path / "again.jsonl") == given_rows

    check()


def has_gaps(rows: list[Row]) -> bool:
    asked = {(row["system"], row["criterion"]) for row in rows}
    systems, criteria = map(set, zip(*asked, strict=True))
    return len(asked) < len(systems) * len(criteria)


def write(store: Store, study: str, path: Path, *, wide: bool = False) -> None:
    exporting.run(
        store, RatingsExport(study=study, path=path, wide=wide, all_revisions=True, replace=True)
    )


def rows_of(store: Store, study: str, path: Path) -> list[Row]:
    write(store, study, path)
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    assert all(list(row) == list(COLUMNS) for row in rows)
    return rows
