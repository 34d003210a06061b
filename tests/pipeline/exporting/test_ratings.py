"""What the export of a live study holds, and what it refuses."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Store
from db.errors import AlreadyKnown, KnownError, NotAllowed, NotKnown, NotWritten
from db.tables import Event, Study
from pipeline import results
from pipeline.exporting.ratings import Exported, RatingsExport, run
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.results import Results, ResultsOf
from pipeline.tidy import COLUMNS


def export(store: Store, path: Path, **options: Any) -> Exported:
    return run(store, RatingsExport(**{"study": "live", "path": path} | options))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tidy_file_has_a_row_for_each_criterion_of_each_newest_judgement(
    live_study: Store, tmp_path: Path
) -> None:
    done = export(live_study, tmp_path / "a.csv")
    rows = rows_of(done.path)
    assert list(rows[0]) == list(COLUMNS)
    assert (done.rows, len(rows)) == (28, 28)  # 7 items × 2 raters × 2 criteria
    assert rows[0] == {
        "study": "live",
        "item": "CODE0",
        "question_id": "one:7",
        "system": "S2",
        "rater": "P-AAAA",
        "rater_group": "therapist",
        "criterion": "relevance",
        "value": "1",
        "comment": "'=改了",
        "flags": "harmful: =why\\|not|overwhelming",
        "position": "1",
        "seconds": "0.14285714285714285",
        "revision": "2",
        "submitted_at": "2026-05-01T12:30:00.250000Z",
        "is_repeat": "false",
        "is_calibration": "false",
    }


def test_what_is_assigned_but_not_answered_has_rows_with_empty_values(
    live_study: Store, tmp_path: Path
) -> None:
    export(live_study, tmp_path / "a.csv")
    waiting = [row for row in rows_of(tmp_path / "a.csv") if not row["revision"]]
    assert [(row["item"], row["rater"], row["criterion"], row["value"]) for row in waiting] == [
        ("CODE2", "P-AAAA", "relevance", ""),
        ("CODE2", "P-AAAA", "structure", ""),
    ]
    cannot = [row for row in rows_of(tmp_path / "a.csv") if row["flags"].startswith("cannot")]
    assert {(row["value"], row["revision"]) for row in cannot} == {("", "1")}


def test_repeats_calibration_items_and_questions_of_one_id_stay_apart(
    live_study: Store, tmp_path: Path
) -> None:
    export(live_study, tmp_path / "a.csv")
    rows = rows_of(tmp_path / "a.csv")
    assert {row["item"] for row in rows if row["is_repeat"] == "true"} == {"CODE6"}
    assert {row["item"] for row in rows if row["is_calibration"] == "true"} == {"CODE5"}
    assert {row["question_id"] for row in rows} == {"one:7", "two:7", "8"}


def test_no_form_of_the_file_names_a_system_or_a_person_before_unblinding(
    live_study: Store, tmp_path: Path
) -> None:
    for wide in (True, False):
        export(live_study, tmp_path / "a.jsonl", wide=wide, all_revisions=True, replace=True)
        text = (tmp_path / "a.jsonl").read_text("utf-8")
        assert not any(word in text for word in ("secret", 'li"', "wang"))


def test_after_unblinding_systems_have_their_names(live_study: Store, tmp_path: Path) -> None:
    with live_study.writing() as session:
        session.execute(update(Study).values(unblinded_at=Study.created_at))
    done = export(live_study, tmp_path / "a.csv")
    assert done.unblinded
    assert {row["system"] for row in rows_of(done.path)} == {"secret-a", "secret-b"}


def test_all_revisions_are_there_when_asked_for(live_study: Store, tmp_path: Path) -> None:
    export(live_study, tmp_path / "a.csv", all_revisions=True)
    first = [row for row in rows_of(tmp_path / "a.csv") if row["item"] == "CODE0"][:4]
    assert [(row["revision"], row["value"]) for row in first] == [
        ("1", "0"),
        ("1", "0"),
        ("2", "1"),
        ("2", "0"),
    ]


def test_the_wide_form_has_the_criteria_side_by_side(live_study: Store, tmp_path: Path) -> None:
    done = export(live_study, tmp_path / "a.csv", wide=True)
    rows = rows_of(done.path)
    assert done.rows == 14
    assert (rows[0]["item_id"], rows[0]["relevance"], rows[0]["structure"]) == ("CODE0", "1", "0")
    assert rows[0]["comment"] == "'=改了"


def test_every_export_is_logged(live_study: Store, tmp_path: Path) -> None:
    export(live_study, tmp_path / "a.csv")
    with live_study.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "exported")).one()
        assert event.study_id is not None
        assert event.details == {"path": str(tmp_path / "a.csv"), "format": "csv", "rows": 28}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.xlsx"])
@pytest.mark.parametrize("wide", [True, False])
def test_an_imported_export_of_a_live_study_gives_the_same_results(
    live_study: Store, tmp_path: Path, name: str, *, wide: bool
) -> None:
    export(live_study, tmp_path / name, wide=wide)
    importing.run(live_study, RatingsImport(tmp_path / name, "copy"))
    live, copy = (results.run(live_study, ResultsOf(study)) for study in ("live", "copy"))
    assert means(copy) == means(live)
    assert (copy.scored, copy.assigned) == (live.scored, live.assigned)


def means(found: Results) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (criterion, each.system): (
            each.mean.value,
            each.n,
            each.items,
            each.questions,
            dict(each.share),
            each.missing,
            each.repeats,
            each.calibration,
        )
        for criterion, of in found.criteria.items()
        for each in of.systems
    }


def test_a_file_that_is_there_is_replaced_only_when_told(live_study: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(AlreadyKnown, match="--force"):
        export(live_study, path)
    assert path.read_text() == "mine"
    export(live_study, path, replace=True)
    assert len(rows_of(path)) == 28


@pytest.mark.parametrize(
    ("study", "name", "error", "why"),
    [
        ("other", "a.csv", NotKnown, "there is no study other"),
        ("live", "a.txt", NotAllowed, r"\.csv, \.jsonl, \.ndjson, \.parquet, \.xlsx"),
        ("live", "nowhere/a.csv", NotWritten, "there is no folder .*nowhere"),
        ("live", ".", NotAllowed, "names no format"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(
    live_study: Store, tmp_path: Path, study: str, name: str, error: type[KnownError], why: str
) -> None:
    with pytest.raises(error, match=why):
        export(live_study, tmp_path / name, study=study)
    assert not list(tmp_path.glob("*.csv"))


def test_a_study_without_ratings_says_what_is_missing(live_study: Store, tmp_path: Path) -> None:
    about: dict[str, Any] = {"origin": "local", "status": "draft", "criteria": [], "seed": 1}
    about |= {"guidelines": {}, "design": {}, "analysis": {}}
    with live_study.writing() as session:
        session.add(Study(name="new", kind="rating", **about))
        session.add(Study(name="labels", kind="distortion", **about))
    with pytest.raises(NotAllowed, match="new has no assignments yet"):
        export(live_study, tmp_path / "a.csv", study="new")
    with pytest.raises(NotAllowed, match="labels is a distortion study"):
        export(live_study, tmp_path / "a.csv", study="labels")


def test_a_criterion_called_like_a_column_cannot_be_a_column(
    sqlite_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    row = {"item": 1, "system": "A", "rater": "r", "criterion": "Comment", "value": 2}
    path.write_text(json.dumps(row))
    importing.run(sqlite_store, RatingsImport(path, "odd"))
    with pytest.raises(NotAllowed, match="called Comment holds no criterion"):
        export(sqlite_store, tmp_path / "b.csv", study="odd", wide=True)
    assert export(sqlite_store, tmp_path / "b.csv", study="odd").rows == 1


FULL_DISK = """
import resource, sys
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from pipeline.cli.main import main
main(["export", "ratings", "--study", "large", "--out", sys.argv[2], "--database", sys.argv[1]])
"""


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("a.csv", 60_000),
        ("a.jsonl", 60_000),
        ("a.parquet", 60_000),
        ("a.xlsx", 60_000),
        ("a.xlsx", 700_000),
    ],
)
def test_a_full_disk_leaves_no_file_and_no_event(
    sqlite_store: Store, tmp_path: Path, name: str, limit: int
) -> None:
    source = tmp_path / "large.csv"
    comments = (f"{number * 7919 % 10007:x}" * 20 for number in range(3000))
    source.write_text(
        "item,system,rater,criterion,value,comment\n"
        + "".join(f"{n},A,r,relevance,1,{comment}\n" for n, comment in enumerate(comments))
    )
    importing.run(sqlite_store, RatingsImport(source, "large"))
    folder = tmp_path / "out"
    folder.mkdir()
    command = [sys.executable, "-c", FULL_DISK, f"sqlite:///{sqlite_store.name}"]
    done = subprocess.run(
        [*command, str(folder / name), str(limit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert f"{folder / name} could not be written: File too large;" in done.stderr
    assert list(folder.iterdir()) == []
    with sqlite_store.reading() as session:
        assert session.scalars(select(Event).where(Event.kind == "exported")).all() == []


def test_what_was_not_asked_has_no_row_and_no_place_in_the_wide_form(
    sqlite_store: Store, tmp_path: Path
) -> None:
    text = "item,system,rater,criterion,value\n1,A,r,rel,2\n1,A,r,str,\n1,B,r,rel,1\n2,B,r,rel,\n"
    (tmp_path / "a.csv").write_text(text)
    importing.run(sqlite_store, RatingsImport(tmp_path / "a.csv", "gaps"))
    export(sqlite_store, tmp_path / "b.csv", study="gaps")
    rows = [(row["system"], row["criterion"]) for row in rows_of(tmp_path / "b.csv")]
    assert rows == [("A", "rel"), ("A", "str"), ("B", "rel"), ("B", "rel")]
    with pytest.raises(NotAllowed, match="str was not asked of the system B"):
        export(sqlite_store, tmp_path / "c.csv", study="gaps", wide=True)
