"""What an import of ratings takes in, what it refuses, and that it never touches a live study."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from db import ratings as stored_ratings
from db import verify
from db.account_tables import Person
from db.engine import Store
from db.errors import AlreadyKnown, FileRejected, KnownError, NotAllowed
from db.ratings import Answer
from db.tables import Item, Judgement, Question, Response, Run, Study, System
from pipeline.importing.rating_rows import PAPERS_SCALE, Scale
from pipeline.importing.ratings import RatingsImport, RatingsImported, run

LONG = "item,system,rater,criterion,value\n"
TWO = LONG + "1,A,r1,relevance,2\n1,A,r1,structure,0\n"
Importer = Callable[..., RatingsImported]


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Importer:
    """Import a text as a CSV file."""
    return importer(store, tmp_path)


@pytest.fixture
def put_sqlite(sqlite_store: Store, tmp_path: Path) -> Importer:
    return importer(sqlite_store, tmp_path)


def importer(store: Store, folder: Path) -> Importer:
    def put(
        text: str,
        *,
        study: str = "outside",
        scale: Scale = PAPERS_SCALE,
        criteria: tuple[str, ...] | None = None,
    ) -> RatingsImported:
        path = folder / "ratings.csv"
        path.write_text(text, "utf-8")
        return run(store, RatingsImport(path, study, scale, criteria))

    return put


def answers(store: Store, study: str = "outside", *, all_revisions: bool = True) -> list[Answer]:
    with store.reading() as session:
        found = stored_ratings.rating_study(session, name=study)
        return list(stored_ratings.answers(session, study=found, all_revisions=all_revisions))


def refused(put: Importer, text: str, **options: Any) -> dict[int, str]:
    """The rows that made an import fail, and why."""
    with pytest.raises(FileRejected) as caught:
        put(text, **options)
    return {bad.row: f"{bad.code}: {bad.why}" for bad in caught.value.rows}


def test_a_long_file_becomes_a_closed_unblinded_study(put: Importer, store: Store) -> None:
    done = put(TWO + "2,B,r2,relevance,1\n2,B,r2,structure,\n")
    assert (done.read, done.added, done.known) == (4, 4, 0)
    assert (done.criteria, done.systems) == (["relevance", "structure"], ["A", "B"])
    assert (done.raters, done.items, done.judgements, done.unanswered) == (2, 2, 2, 0)
    with store.reading() as session:
        study = session.scalars(select(Study)).one()
        assert (study.kind, study.origin, study.status) == ("rating", "imported", "closed")
        assert study.unblinded_at is not None
        assert [level["value"] for level in study.criteria[0]["levels"]] == [0, 1, 2]
        assert session.scalars(select(System.kind)).all() == ["outside", "outside"]
        assert set(session.scalars(select(Question.source))) == {"ratings:outside"}
        assert set(session.scalars(select(Response.text))) == {None}
        people = session.scalars(select(Person).order_by(Person.id)).all()
        assert [(p.scope, p.pseudonym, p.roles) for p in people] == [
            ("outside", "r1", ["rater"]),
            ("outside", "r2", ["rater"]),
        ]
    assert [answer.values for answer in answers(store)] == [
        {"relevance": 2, "structure": 0},
        {"relevance": 1, "structure": None},
    ]
    assert verify.run(store).problems == []


def test_a_wide_file_says_the_same_as_a_long_one(put_sqlite: Importer, sqlite_store: Store) -> None:
    put_sqlite(TWO, study="long")
    put_sqlite("item_id,system,rater,relevance,structure\n1,A,r1,2,0\n", study="wide")
    long, wide = (answers(sqlite_store, study)[0] for study in ("long", "wide"))
    assert (long.item.item, long.values, long.revision) == (wide.item.item, wide.values, 1)


def test_an_empty_value_is_missing_and_never_0(put_sqlite: Importer, sqlite_store: Store) -> None:
    put_sqlite(LONG + "1,A,r1,relevance, \n1,A,r1,structure,0\n")
    assert answers(sqlite_store)[0].values == {"relevance": None, "structure": 0}


def test_a_criterion_that_an_item_lacks_is_missing_there(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    put_sqlite(LONG + "1,A,r1,relevance,2\n2,A,r1,structure,1\n")
    assert [answer.values for answer in answers(sqlite_store)] == [
        {"relevance": 2, "structure": None},
        {"relevance": None, "structure": 1},
    ]


def test_a_row_that_says_nothing_is_assigned_but_not_answered(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    done = put_sqlite(TWO + "2,A,r1,relevance,\n2,A,r1,structure,\n")
    assert (done.judgements, done.unanswered) == (1, 1)
    assert [answer.revision for answer in answers(sqlite_store)] == [1, None]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("revision", "1"),
        ("submitted_at", "2026-05-01"),
        ("comment", "cannot say"),
        ("flags", "harmful"),
        ("seconds", "3.5"),
    ],
)
def test_a_row_that_says_anything_is_a_judgement_with_a_missing_value(
    put_sqlite: Importer, sqlite_store: Store, column: str, cell: str
) -> None:
    put_sqlite(f"item,system,rater,criterion,value,{column}\n1,A,r1,relevance,,{cell}\n")
    (answer,) = answers(sqlite_store)
    assert (answer.revision, answer.values) == (1, {"relevance": None})


def test_everything_about_a_judgement_is_kept(put: Importer, store: Store) -> None:
    put(
        "study,item,question_id,system,rater,rater_group,criterion,value,comment,flags,position,"
        "seconds,revision,submitted_at,is_repeat,is_calibration\n"
        'x,i1,q1,A,r1,therapist,relevance,2.0," 好, ""really""\n",harmful: too: blunt|overwhelming,'
        "3,12.5,1,2026-05-01T12:30:00.25+08:00,false,TRUE\n"
    )
    (answer,) = answers(store)
    assert (answer.item.item, answer.item.question, answer.item.is_calibration) == (
        "i1",
        "q1",
        True,
    )
    assert (answer.rater.pseudonym, answer.rater.group) == ("r1", "therapist")
    assert (answer.position, answer.values, answer.seconds) == (3, {"relevance": 2}, 12.5)
    assert answer.comment == ' 好, "really"\n'
    assert answer.flags == [
        {"flag": "harmful", "reason": "too: blunt"},
        {"flag": "overwhelming", "reason": None},
    ]
    assert answer.submitted_at == datetime(2026, 5, 1, 4, 30, 0, 250_000, tzinfo=UTC)


def test_the_newest_of_several_revisions_counts_and_all_are_kept(
    put: Importer, store: Store
) -> None:
    head = "item,system,rater,criterion,value,revision\n"
    put(head + "1,A,r1,relevance,2,2\n1,A,r1,relevance,0,1\n1,A,r2,relevance,1,1\n")
    assert [(a.revision, a.values["relevance"]) for a in answers(store)] == [
        (1, 0),
        (2, 2),
        (1, 1),
    ]
    newest = answers(store, all_revisions=False)
    assert [(a.revision, a.values["relevance"]) for a in newest] == [(2, 2), (1, 1)]


def test_a_repeat_is_an_item_of_its_own_that_knows_its_original(
    put: Importer, store: Store
) -> None:
    put(
        "item,question_id,system,rater,criterion,value,is_repeat\n"
        "again,7,A,r1,relevance,1,yes\n"
        "first,7,A,r1,relevance,2,\n"
        "other,7,B,r1,relevance,0,\n"
        "other,7,B,r1,relevance,0,1\n"
    )
    with store.reading() as session:
        items = {i.id: i for i in session.scalars(select(Item))}
        pairs = {
            (item.external_id, items[item.repeat_of_id].external_id)
            for item in items.values()
            if item.repeat_of_id
        }
        assert pairs == {("again", "first"), ("other", "other")}
        assert session.scalar(select(func.count(Response.id))) == 2


def test_a_known_system_is_used_again(put_sqlite: Importer, sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        session.add(System(name="A", kind="api", configuration={"model": "m"}))
    put_sqlite(TWO)
    with sqlite_store.reading() as session:
        assert [(s.name, s.kind) for s in session.scalars(select(System))] == [("A", "api")]


def test_the_same_ratings_again_are_known_and_add_nothing(put: Importer, store: Store) -> None:
    put(TWO)
    again = put("rater,criterion,value,system,item\nr1,structure,0.0,A,1\nr1,relevance,2,A,1\n")
    assert (again.read, again.added, again.known) == (2, 0, 2)
    with store.reading() as session:
        assert session.scalar(select(func.count(Judgement.id))) == 1
        assert session.scalar(select(func.count(Run.id))) == 1


def test_other_ratings_under_the_same_name_are_refused(put_sqlite: Importer) -> None:
    put_sqlite(TWO)
    with pytest.raises(AlreadyKnown, match="outside already, with other ratings"):
        put_sqlite(TWO.replace(",2\n", ",1\n"))
    with pytest.raises(AlreadyKnown, match="with other ratings"):
        put_sqlite(TWO, scale=Scale(0, 3))


def test_a_live_study_is_never_touched(put_sqlite: Importer, sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        session.add(
            Study(
                name="outside",
                kind="rating",
                origin="local",
                status="open",
                criteria=[],
                guidelines={},
                design={},
                analysis={},
                seed=1,
            )
        )
    with pytest.raises(AlreadyKnown, match="never touches"):
        put_sqlite(TWO)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(Item.id))) == 0


def test_two_imports_of_one_name_at_once_store_it_once(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(TWO, "utf-8")
    done: list[RatingsImported | KnownError] = []

    def work() -> None:
        try:
            done.append(run(store, RatingsImport(path, "outside")))
        except KnownError as error:
            done.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    added = sorted(each.added for each in done if isinstance(each, RatingsImported))
    assert added == [0, 2]
    assert len(answers(store)) == 1


def test_values_off_the_scale_reject_the_whole_file_with_their_rows(
    put: Importer, store: Store
) -> None:
    text = LONG + "1,A,r1,relevance,2\n2,A,r1,relevance,3\n3,A,r1,relevance,-1\n"
    assert refused(put, text) == {
        3: "off_scale: value 3 is off the scale 0 to 2",
        4: "off_scale: value -1 is off the scale 0 to 2",
    }
    with pytest.raises(FileRejected, match="--scale 1-5"):
        put(text)
    with store.reading() as session:
        assert session.scalar(select(func.count(Study.id))) == 0
        assert session.scalar(select(func.count(System.id))) == 0
    assert put(text, scale=Scale(-1, 5)).added == 3


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("1,A,r1,relevance,abc\n", {2: "not_whole: value 'abc' is not a whole number"}),
        ("1,A,r1,relevance,1.5\n", {2: "not_whole: value '1.5' is not a whole number"}),
        ("1,A,r1,relevance,NA\n", {2: "a missing value is an empty cell"}),
        ("1,A,r1,relevance,1_0\n", {2: "not_whole"}),
        (",A,r1,relevance,1\n", {2: "no_item: there is no item"}),
        ("1,,r1,relevance,1\n", {2: "no_system: there is no system"}),
        ("1,A, ,relevance,1\n", {2: "no_rater: there is no rater"}),
        ("1,A,r1,,1\n", {2: "no_criterion: there is no criterion"}),
        ("1,A\x00,r1,relevance,1\n", {2: "cannot be stored"}),
        (f"1,{'A' * 301},r1,relevance,1\n", {2: "too_long"}),
        (
            "1,A,r1,relevance,1\n2,A,r1,relevance,1\n1,A,r1,relevance,2\n",
            {4: "duplicate: relevance of item 1, system A and rater r1 is in row 2 already"},
        ),
        ("1,A,r1,relevance,\n1,A,r1,relevance,2\n", {3: "duplicate"}),
    ],
)
def test_a_row_that_cannot_be_is_named(
    put_sqlite: Importer, rows: str, why: dict[int, str]
) -> None:
    found = refused(put_sqlite, LONG + rows)
    assert found.keys() == why.keys()
    assert all(said in found[row] for row, said in why.items())


@pytest.mark.parametrize(
    ("column", "cells", "why"),
    [
        ("rater_group", ("student", "therapist"), "the group of the rater r1 is therapist here"),
        ("comment", ("a", "b"), "the comment is b here, but a further up"),
        ("position", ("1", "2"), "the position of this assignment is 2 here"),
        ("question_id", ("q1", "q2"), "the question_id of the item 1 is q2 here"),
        ("is_calibration", ("true", ""), "is_calibration of the item 1 is not what row 2 says"),
        ("study", ("a", "b"), "the study is b here, but a further up"),
    ],
)
def test_rows_that_contradict_each_other_are_named(
    put_sqlite: Importer, column: str, cells: tuple[str, str], why: str
) -> None:
    text = (
        f"item,system,rater,criterion,value,{column}\n"
        f"1,A,r1,relevance,2,{cells[0]}\n1,A,r1,structure,2,{cells[1]}\n"
    )
    found = refused(put_sqlite, text)
    assert list(found) == [3]
    assert why in found[3]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("revision", "0", "too_small"),
        ("revision", "99999999999", "not_whole"),
        ("position", "-1", "too_small"),
        ("seconds", "-2", "not_a_number"),
        ("seconds", "nan", "not_a_number"),
        ("seconds", "soon", "not_a_number"),
        ("submitted_at", "yesterday", "not_an_instant"),
        ("submitted_at", "0001-01-01T00:00:00+14:00", "not_an_instant"),
        ("is_repeat", "perhaps", "not_yes_no"),
        ("flags", "harmful||", "bad_flags"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_its_column(
    put_sqlite: Importer, column: str, cell: str, code: str
) -> None:
    text = f"item,system,rater,criterion,value,{column}\n1,A,r1,relevance,2,{cell}\n"
    found = refused(put_sqlite, text)
    assert found[2].startswith(f"{code}: {column} {cell!r}")


def test_a_repeat_needs_one_original(put_sqlite: Importer) -> None:
    head = "item,question_id,system,rater,criterion,value,is_repeat\n"
    none = refused(put_sqlite, head + "9,,A,r1,relevance,2,true\n")
    assert "has no item of the question 9" in none[2]
    several = "1,q,A,r1,relevance,2,\n2,q,A,r1,relevance,2,\n3,q,A,r1,relevance,2,true\n"
    why = refused(put_sqlite, head + several)[4]
    assert "has 2 items of the question q" in why
    assert "give it the item id of the one that it repeats" in why


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("item,system,value", "has no column rater, criterion;"),
        ("item,system,rater,criterion", "has no column value;"),
        ("item_id,system,rater", "has no column with scores;"),
        ("text,label", "has no column item, system, rater;"),
        ("item,item_id,system,rater,relevance", "two columns for item"),
    ],
)
def test_a_header_that_lacks_a_column_is_told_which(
    put_sqlite: Importer, header: str, why: str
) -> None:
    with pytest.raises(FileRejected, match=why):
        put_sqlite(f"{header}\n" + ",".join("1" for _ in header.split(",")) + "\n")


@pytest.mark.parametrize("text", ["", "\n", LONG])
def test_a_file_without_ratings_is_refused(put_sqlite: Importer, text: str) -> None:
    with pytest.raises(FileRejected):
        put_sqlite(text)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_study_needs_a_name_that_can_be_shown(put_sqlite: Importer, name: str) -> None:
    with pytest.raises(NotAllowed, match="needs a name"):
        put_sqlite(TWO, study=name)


def test_columns_are_found_whatever_their_case_and_order_and_others_are_told(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    done = put_sqlite("Note,Value,Rater,SYSTEM,Item,Criterion\nhm,2,r1,A,1,relevance\n")
    assert done.ignored_columns == ["Note"]
    assert answers(sqlite_store)[0].values == {"relevance": 2}


def test_what_a_spreadsheet_or_a_data_frame_makes_of_the_cells_is_read(
    sqlite_store: Store, tmp_path: Path
) -> None:
    row = {"item": 1, "system": "A", "rater": 7.0, "criterion": "relevance", "value": 2.0}
    row |= {"submitted_at": datetime(2026, 5, 1, 12), "is_repeat": False, "comment": 5}  # noqa: DTZ001
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (list(row), list(row.values())):
        sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    for name in ("a.xlsx", "a.parquet"):
        run(sqlite_store, RatingsImport(tmp_path / name, name))
        (answer,) = answers(sqlite_store, name)
        assert (answer.item.item, answer.rater.pseudonym, answer.comment) == ("1", "7", "5")
        assert answer.submitted_at == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_json_lines_may_leave_out_what_is_empty(sqlite_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"item": 1, "system": "A", "rater": "r", "criterion": "c"}\n'
        '{"item": 1, "system": "A", "rater": "s", "criterion": "c", "value": 2, "comment": "x"}\n'
    )
    done = run(sqlite_store, RatingsImport(path, "sparse"))
    assert (done.judgements, done.unanswered) == (1, 1)


@pytest.mark.parametrize("value", ["[1]", "true", '"\\ud800"', '{"a": 1}'])
def test_json_that_is_no_score_is_refused(sqlite_store: Store, tmp_path: Path, value: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        f'{{"item": 1, "system": "A", "rater": "r", "criterion": "c", "value": {value}}}'
    )
    with pytest.raises(FileRejected) as caught:
        run(sqlite_store, RatingsImport(path, "wrong"))
    assert [bad.row for bad in caught.value.rows] == [1]


def test_text_is_not_mistaken_for_a_defused_formula_outside_csv(
    sqlite_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"item": 1, "system": "A", "rater": "r", "criterion": "c", "value": 2, "comment": "\'=x"}'
    )
    run(sqlite_store, RatingsImport(path, "texts"))
    assert answers(sqlite_store, "texts")[0].comment == "'=x"


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx", "a.csv", "a.jsonl"])
def test_rubbish_is_refused_in_one_sentence(sqlite_store: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04PAR1\xff\xfe\x00rubbish")
    with pytest.raises(FileRejected) as caught:
        run(sqlite_store, RatingsImport(path, "rubbish"))
    assert name in caught.value.message


def test_items_of_one_question_are_responses_of_their_own(put: Importer, store: Store) -> None:
    head = "item,question_id,system,rater,criterion,value,is_repeat\n"
    rows = [f"{n},q,{system},r1,relevance,{n % 3},\n" for n in range(4) for system in "AB"]
    put(head + "".join(rows) + "2,q,A,r1,relevance,1,true\n")
    with store.reading() as session:
        responses = session.execute(select(Response.system_id, Response.sample)).all()
        assert sorted(map(tuple, responses)) == [(s, n) for s in (1, 2) for n in range(4)]
        assert session.scalars(select(Question.external_id)).all() == ["q"]
        by_id = {item.id: item for item in session.scalars(select(Item))}
        (repeat,) = (item for item in by_id.values() if item.repeat_of_id)
        original = by_id[repeat.repeat_of_id or 0]
        assert (original.external_id, original.response_id) == ("2", repeat.response_id)
    assert verify.run(store).problems == []


def test_a_repeat_of_the_same_id_needs_no_question(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    head = "item,question_id,system,rater,criterion,value,is_repeat\n"
    put_sqlite(head + "1,q,A,r1,relevance,2,\n1,,A,r1,relevance,2,true\n")
    first, again = answers(sqlite_store)
    assert (first.item.unit, first.item.question) == (again.item.unit, again.item.question)


def test_a_revision_keeps_the_scores_that_it_does_not_mention(put: Importer, store: Store) -> None:
    head = "item,system,rater,criterion,value,revision\n"
    put(
        head + "1,A,r1,rel,2,3\n1,A,r1,rel,0,1\n1,A,r1,str,1,1\n"
        "2,A,r1,rel,1,1\n2,A,r1,str,1,1\n2,A,r1,rel,,2\n"
    )
    assert [(a.revision, a.values) for a in answers(store)] == [
        (1, {"rel": 0, "str": 1}),
        (3, {"rel": 2, "str": 1}),
        (1, {"rel": 1, "str": 1}),
        (2, {"rel": None, "str": 1}),
    ]


def test_a_file_with_the_kept_scores_written_out_is_the_same_file(put_sqlite: Importer) -> None:
    head = "item,system,rater,criterion,value,revision\n"
    first = head + "1,A,r1,rel,0,1\n1,A,r1,str,1,1\n1,A,r1,rel,2,2\n"
    put_sqlite(first)
    assert put_sqlite(first + "1,A,r1,str,1,2\n").added == 0


def test_a_criterion_that_a_system_is_never_asked_about_is_not_missing(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    asked = LONG + "1,A,r1,rel,2\n1,A,r1,str,\n1,B,r1,rel,1\n2,B,r1,rel,\n"
    put_sqlite(asked)
    found = answers(sqlite_store)
    assert [answer.values for answer in found] == [{"rel": 2, "str": None}, {"rel": 1}, {}]
    assert [sorted(answer.item.system.not_asked) for answer in found] == [[], ["str"], ["str"]]
    with pytest.raises(AlreadyKnown, match="other ratings"):
        put_sqlite(asked + "1,B,r1,str,\n")


WIDE = ",item_id,system,rater,gender,rel,notes,Unnamed: 7,str\n"


def test_of_a_wide_file_only_the_chosen_columns_are_criteria(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    done = put_sqlite(WIDE + "0,1,A,r1,1,2,good,5,0\n", criteria=("str", "rel"))
    assert done.criteria == ["str", "rel"]
    assert done.ignored_columns == ["gender", "notes", "Unnamed: 7"]
    assert answers(sqlite_store)[0].values == {"rel": 2, "str": 0}
    with sqlite_store.reading() as session:
        assert session.scalars(select(Study)).one().analysis["primary"] == "str"


def test_of_a_long_file_only_the_chosen_criteria_are_read(
    put_sqlite: Importer, sqlite_store: Store
) -> None:
    done = put_sqlite(LONG + "1,A,r1,gender,9\n1,A,r1,rel,2\n1,A,r1,notes,x\n", criteria=("rel",))
    assert (done.read, done.criteria, done.ignored_criteria) == (1, ["rel"], ["gender", "notes"])
    assert answers(sqlite_store)[0].values == {"rel": 2}


@pytest.mark.parametrize("text", [WIDE + "0,1,A,r1,1,2,3,5,0\n", LONG + "1,A,r1,rel,1\n"])
def test_a_chosen_criterion_that_is_not_there_is_named(put_sqlite: Importer, text: str) -> None:
    with pytest.raises(FileRejected, match="has no criterion help; it has: rel"):
        put_sqlite(text, criteria=("rel", "help"))


def test_a_column_without_a_name_is_never_a_criterion(put_sqlite: Importer) -> None:
    text = "Unnamed: 0,item_id,system,rater,rel\n5,1,A,r1,2\n"
    done = put_sqlite(text)
    assert (done.criteria, done.ignored_columns) == (["rel"], ["Unnamed: 0"])


def test_a_column_of_words_is_named_with_the_way_out(put_sqlite: Importer) -> None:
    text = "item_id,system,rater,gender,rel,notes,str\n1,A,r1,1,2,good,0\n1,B,r1,1,1,,1\n"
    with pytest.raises(FileRejected) as caught:
        put_sqlite(text)
    assert caught.value.message.endswith(
        "column notes is read as a criterion and row 2 holds 'good':"
        " leave the column out with --criteria gender,rel,str"
    )


def test_a_file_without_one_row_that_fits_its_header_says_what_the_rows_are(
    put_sqlite: Importer,
) -> None:
    text = "item,system,rater,criterion,value\n1,A,r1,rel,2,x\n2,A,r1,rel,2,x\n"
    found = refused(put_sqlite, text)
    assert list(found) == [2, 3]
    assert "has 6 cells, but the header has 5" in found[2]


NAME_COLUMNS = ("item", "question_id", "system", "rater", "rater_group", "criterion")


@pytest.mark.parametrize("column", NAME_COLUMNS)
@pytest.mark.parametrize("mark", ["\x1b[2J", "\n", "\u2028", "\u202e", "\u200b"])
def test_a_name_that_would_disguise_what_is_shown_is_refused(
    put_sqlite: Importer, column: str, mark: str
) -> None:
    cells = dict.fromkeys(NAME_COLUMNS, "a") | {"value": "1"}
    cells[column] = f'"x{mark}y"'
    found = refused(put_sqlite, ",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    assert "not_a_name" in found[2]
    assert mark not in found[2]


def test_a_column_that_cannot_be_shown_is_no_criterion(put_sqlite: Importer) -> None:
    with pytest.raises(FileRejected, match=r"the column 'r\\u202el' cannot be a criterion"):
        put_sqlite("item_id,system,rater,r\u202el\n1,A,r1,2\n")


def test_names_may_hold_chinese_emoji_and_spaces(put_sqlite: Importer) -> None:
    done = put_sqlite(LONG + "条目 一,系统\u3000甲 👩\u200d🏫,r\xa01,相关性 😀,2\n")
    assert (done.systems, done.criteria) == (["系统\u3000甲 👩\u200d🏫"], ["相关性 😀"])


def test_what_a_spreadsheet_made_of_a_defused_csv_is_read_as_it_was(
    sqlite_store: Store, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["item", "system", "rater", "criterion", "value", "comment"])
    sheet.append([1, "A", "r", "rel", 2, "'=1+1"])
    book.save(tmp_path / "a.xlsx")
    run(sqlite_store, RatingsImport(tmp_path / "a.xlsx", "sheet"))
    assert answers(sqlite_store, "sheet")[0].comment == "=1+1"
