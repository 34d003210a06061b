"""What the export of a ground truth holds, that it leaves by code, and that it comes back."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet
from sqlalchemy import select, update

from db import labels as labelled
from db import votes
from db.account_tables import Person
from db.engine import Store
from db.errors import AlreadyKnown, KnownError, NotAllowed, NotKnown
from db.labels import GivenLabel, Labelling
from db.tables import Adjudication, Event, Item, LabelSet, Study
from db.votes import LabelledItem
from pipeline import ground_truth
from pipeline.exporting.formats import FORMATS
from pipeline.exporting.gold import GoldExport, GoldExported, run
from pipeline.importing import gold as importing
from pipeline.importing.gold import GoldImport
from tests.pipeline import labels

AT = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def study(store: Store) -> list[str]:
    """The codes of a closed study over answers of the system "secret-model", of six items.

    Labellers agree on a label, differ and a lead decides, differ and a lead has begun, agree that
    there is none, that they cannot tell; the last has one vote.
    """
    codes = labels.make_label_study(
        store,
        questions=["一", "二", "三", "四", "五", "六"],
        labellers=("li", "wang"),
        system="secret-model",
    )
    for username in ("li", "wang"):
        labels.give(store, "labels", username, 1, "yes", ["mind_reading", "labeling"])
        labels.give(store, "labels", username, 4, "no")
        labels.give(store, "labels", username, 5, "cannot_tell")
    spans = [("labeling", "answer", 0, 4), ("labeling", "answer", 5, 6)]
    about: dict[str, Any] = {"confidence": 2, "comment": "=难说", "spans": spans}
    labels.give(store, "labels", "li", 2, "yes", ["labeling"], **about)
    labels.give(store, "labels", "wang", 2, "no")
    labels.give(store, "labels", "li", 3, "yes", ["labeling"])
    labels.give(store, "labels", "wang", 3, "yes", ["mind_reading"])
    labels.give(store, "labels", "li", 6, "yes")
    labels.close(store)
    decide(store, codes[1], before=Labelling("no"), decided=yes("overgeneralization", "labeling"))
    decide(store, codes[2], before=yes("labeling"), decided=None)
    return codes


def yes(*names: str) -> Labelling:
    return Labelling("yes", tuple(GivenLabel(name, name == names[0]) for name in names))


def decide(store: Store, code: str, *, before: Labelling, decided: Labelling | None) -> None:
    """Store a lead's own answer and, if there is one, a decision."""
    with store.writing() as session:
        lead = session.scalar(select(Person).where(Person.username == "lead"))
        if lead is None:
            lead = Person(pseudonym="P-LEAD", username="lead", roles=["lead"])
            session.add(lead)
            session.flush()
        item = session.scalars(select(Item.id).where(Item.code == code)).one()
        about: dict[str, Any] = {"item_id": item, "person_id": lead.id, "created_at": AT}
        about["before"] = labelled.to_json(before)
        session.add(Adjudication(revision=1, decision={}, reason="", token="a", **about))
        if decided:
            decision = labelled.to_json(decided)
            session.add(
                Adjudication(revision=2, decision=decision, reason="=看上下文", token="b", **about)
            )


def export(store: Store, path: Path, **options: Any) -> GoldExported:
    return run(store, GoldExport(**{"study": "labels", "path": path} | options))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def records_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def items(store: Store, name: str) -> list[LabelledItem]:
    with store.reading() as session:
        return votes.of_study(session, study=votes.distortion_study(session, name=name))


def test_each_item_has_a_row_that_says_what_is_settled_and_how(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    done = export(store, tmp_path / "a.csv")
    rows = rows_of(done.path)
    assert [(row["item"], row["presence"], row["gold"], row["how"]) for row in rows] == [
        (study[0], "yes", "mind_reading|labeling", "agreed"),
        (study[1], "yes", "overgeneralization|labeling", "adjudicated"),
        (study[2], "", "", "undecided"),
        (study[3], "no", "none", "agreed"),
        (study[4], "cannot_tell", "cannot_tell", "agreed"),
        (study[5], "", "", "one_vote"),
    ]
    assert [row["primary"] for row in rows] == ["mind_reading", "overgeneralization", *[""] * 4]
    assert done.how == {"agreed": 3, "adjudicated": 1, "undecided": 1, "one_vote": 1}
    assert (done.rows, done.format, done.unblinded, done.by_code) == (6, "csv", False, True)


def test_a_row_holds_both_votes_the_decision_its_reason_and_the_shares(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    export(store, tmp_path / "a.csv")
    row = rows_of(tmp_path / "a.csv")[1]
    with store.reading() as session:
        li, wang = (
            session.scalars(select(Person.pseudonym).where(Person.username == name)).one()
            for name in ("li", "wang")
        )
        version = session.scalars(select(LabelSet.version)).one()
    first = {"li": 1, "wang": 2} if row["vote_1_rater"] == li else {"li": 2, "wang": 1}
    by_li, by_wang = (f"vote_{first[name]}_" for name in ("li", "wang"))
    assert (row[f"{by_li}rater"], row[f"{by_wang}rater"]) == (li, wang)
    mine = {name.removeprefix(by_li): cell for name, cell in row.items() if name.startswith(by_li)}
    assert mine.pop("submitted_at").endswith("Z")
    assert mine == {
        "rater": li,
        "rater_group": "therapist",
        "presence": "yes",
        "labels": "labeling",
        "primary": "labeling",
        "confidence": "2",
        "comment": "'=难说",
        "evidence": "labeling: answer 0-4, answer 5-6",
        "revision": "1",
        "seconds": "30",
    }
    assert (row[f"{by_wang}presence"], row[f"{by_wang}labels"]) == ("no", "")
    named = ("lead", "lead_before_presence", "lead_before_labels", "decision", "reason")
    assert [row[name] for name in named] == [
        "P-LEAD",
        "no",
        "",
        "overgeneralization|labeling",
        "'=看上下文",
    ]
    assert (row["share_present"], row["shares"], row["decided_at"]) == (
        "0.5",
        "labeling: 0.5",
        "2026-05-01T12:30:00Z",
    )
    assert row["label_set"] == f"distortions@{version}"
    assert (row["assigned"], row["is_repeat"], row["changed_definitions"]) == ("2", "false", "")


def test_what_the_lead_answered_first_is_there_before_there_is_a_decision(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    export(store, tmp_path / "a.csv")
    row = rows_of(tmp_path / "a.csv")[2]
    assert (row["lead_before_presence"], row["lead_before_labels"]) == ("yes", "labeling")
    assert (row["decision"], row["reason"], row["decided_at"]) == ("", "", "")
    assert (row["share_present"], row["shares"]) == ("1", "mind_reading: 0.5|labeling: 0.5")


def test_votes_that_cannot_tell_have_no_share(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    export(store, tmp_path / "a.csv")
    row = rows_of(tmp_path / "a.csv")[4]
    assert (row["share_present"], row["shares"]) == ("", "")


def test_json_lines_hold_votes_as_a_list_and_evidence_as_spans(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    export(store, tmp_path / "a.jsonl")
    record = records_of(tmp_path / "a.jsonl")[1]
    assert (record["gold"], record["labels"]) == (
        "overgeneralization|labeling",
        ["overgeneralization", "labeling"],
    )
    (vote,) = [each for each in record["votes"] if each["presence"] == "yes"]
    assert vote["labels"] == [
        {
            "label": "labeling",
            "primary": True,
            "spans": [
                {"field": "answer", "start": 0, "end": 4},
                {"field": "answer", "start": 5, "end": 6},
            ],
        }
    ]
    lead = record["lead"]
    assert (lead["before"]["presence"], lead["decision"]["presence"]) == ("no", "yes")
    assert (lead["reason"], lead["revision"]) == ("=看上下文", 2)
    assert record["share"] == {"present": 0.5, "labels": {"labeling": 0.5}}
    assert records_of(tmp_path / "a.jsonl")[2]["lead"]["decision"] is None
    assert records_of(tmp_path / "a.jsonl")[2]["gold"] is None


def test_texts_leave_only_when_they_are_asked_for(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    for name in ("a.csv", "a.jsonl"):
        export(store, tmp_path / name)
        assert "说得太满" not in (tmp_path / name).read_text("utf-8")
        export(store, tmp_path / name, texts=True, replace=True)
        assert "说得太满" in (tmp_path / name).read_text("utf-8")
    row = rows_of(tmp_path / "a.csv")[0]
    assert row["question"] in "一二三四五六"
    assert row["answer"].endswith(row["question"])
    assert row["description"].startswith("“我总是这样”")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_no_file_names_a_system_before_unblinding_or_a_person_ever(
    store: Store, study: list[str], tmp_path: Path, name: str
) -> None:
    export(store, tmp_path / name, texts=True)
    text = (tmp_path / name).read_text("utf-8")
    assert not any(word in text for word in ("secret", "wang", '"li"', ",li,"))
    with store.writing() as session:
        session.execute(update(Study).values(unblinded_at=AT))
    done = export(store, tmp_path / name, replace=True)
    text = (tmp_path / name).read_text("utf-8")
    assert done.unblinded
    assert "secret-model" in text
    assert "wang" not in text


def test_a_changed_definition_marks_the_labels_that_were_made_under_the_old_one(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    with store.writing() as session:
        kept = session.scalars(select(LabelSet)).one()
        old = [dict(entry) for entry in kept.labels]
        for entry in old:
            if entry["id"] in ("labeling", "tunnel_vision"):
                entry["definition"] = {"zh": "旧", "en": "old"}
        kept.labels = [entry for entry in old if entry["id"] != "blaming_others"]
    export(store, tmp_path / "a.csv")
    changed = [row["changed_definitions"] for row in rows_of(tmp_path / "a.csv")]
    assert changed == ["labeling", "labeling", "labeling", "", "", ""]


def test_every_export_is_logged(store: Store, study: list[str], tmp_path: Path) -> None:
    export(store, tmp_path / "a.parquet")
    with store.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "exported")).one()
        assert event.study_id is not None
        assert event.details == {
            "path": str(tmp_path / "a.parquet"),
            "format": "parquet",
            "rows": 6,
        }


def test_tables_have_types_and_no_cell_is_run_as_a_formula(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    export(store, tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet").to_pydict()
    assert table["share_present"][:2] == [1.0, 0.5]
    assert table["reason"][1] == "=看上下文"
    export(store, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert sheet[3][header.index("reason")].value == "'=看上下文"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("texts", [False, True])
def test_an_imported_export_settles_every_item_as_before(
    store: Store, study: list[str], tmp_path: Path, form: str, *, texts: bool
) -> None:
    path = tmp_path / f"a.{form}"
    export(store, path, texts=texts)
    done = importing.run(store, GoldImport(path, "copy"))
    assert (done.counts.read, done.counts.added, done.shape) == (6, 6, "labels")
    assert (done.missing, done.unknown_labels, done.unmatched) == (
        [3, 6] if form == "jsonl" else [4, 7],
        [],
        [],
    )
    before, after = (
        {item.item: settled(item) for item in items(store, name)} for name in ("labels", "copy")
    )
    assert after == before
    assert {i.item: i.question_id for i in items(store, "labels")} == {
        i.item: i.question_id for i in items(store, "copy")
    }


def settled(item: LabelledItem) -> tuple[Any, ...]:
    found = ground_truth.settle(item, rule="adjudicated")
    return found.presence, found.labels, found.left_out == "cannot_tell"


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_outside_gold_comes_back_as_it_came(
    sqlite_store: Store, tmp_path: Path, form: str
) -> None:
    source = tmp_path / "source.json"
    names = ["=贴|标签", "none, or so", "读心术", "a\\b"]
    records: list[dict[str, Any]] = [
        {"id": n, "gold": name_list} for n, name_list in enumerate([names, names[2:], []])
    ]
    records += [{"id": 3, "gold": "present"}, {"id": 4, "gold": "无法判断"}]
    source.write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    importing.run(sqlite_store, GoldImport(source, "labels"))
    path = tmp_path / f"a.{form}"
    export(sqlite_store, path)
    importing.run(sqlite_store, GoldImport(path, "copy"))
    first, copy = (
        [(i.item, [(g.presence, frozenset(g.labels)) for g in i.gold]) for i in found]
        for found in (items(sqlite_store, "labels"), items(sqlite_store, "copy"))
    )
    assert copy == first
    assert first[0][1] == [("yes", frozenset(names))]


def test_a_matrix_with_numbers_as_names_comes_back_too(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("id,1,2\n7,1,0\n8,1,1\n9,0,0\n")
    importing.run(sqlite_store, GoldImport(tmp_path / "m.csv", "labels"))
    export(sqlite_store, tmp_path / "a.csv")
    assert [row["gold"] for row in rows_of(tmp_path / "a.csv")] == ["\\1", "\\1|\\2", "none"]
    done = importing.run(sqlite_store, GoldImport(tmp_path / "a.csv", "copy"))
    assert done.labels == {"1": 2, "2": 1}


def test_an_outside_golds_answers_stand_beside_the_votes(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    (tmp_path / "gold.csv").write_text(f"id,gold\n{study[2]},a|b\n{study[2]},none\n")
    importing.run(store, GoldImport(tmp_path / "gold.csv", "labels"))
    export(store, tmp_path / "a.csv")
    row = rows_of(tmp_path / "a.csv")[2]
    assert (row["outside_1"], row["outside_2"], row["how"]) == ("a|b", "none", "undecided")
    export(store, tmp_path / "a.jsonl")
    assert records_of(tmp_path / "a.jsonl")[2]["outside"] == [
        {"presence": "yes", "labels": ["a", "b"], "conflicting": True},
        {"presence": "no", "labels": [], "conflicting": True},
    ]


def test_an_open_study_can_be_exported_as_far_as_it_is(sqlite_store: Store, tmp_path: Path) -> None:
    codes = labels.make_label_study(sqlite_store, questions=2)
    labels.give(sqlite_store, "labels", "li", codes[0], "no")
    done = export(sqlite_store, tmp_path / "a.csv")
    assert done.how == {"one_vote": 1, "no_vote": 1}


def test_a_file_that_is_there_is_replaced_only_when_told(
    store: Store, study: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(AlreadyKnown, match="--force"):
        export(store, path)
    assert path.read_text() == "mine"
    assert export(store, path, replace=True).rows == 6


@pytest.mark.parametrize(
    ("name", "file", "error", "why"),
    [
        ("other", "a.csv", NotKnown, "there is no study other"),
        ("live", "a.csv", NotAllowed, "live is a rating study; it has no distortion labels"),
        ("draft", "a.csv", NotAllowed, "draft has no assignments yet"),
        ("live", "a.txt", NotAllowed, r"\.csv, \.jsonl, \.ndjson, \.parquet, \.xlsx"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(
    live_study: Store, tmp_path: Path, name: str, file: str, error: type[KnownError], why: str
) -> None:
    about: dict[str, Any] = {"origin": "local", "status": "draft", "criteria": [], "seed": 1}
    about |= {"guidelines": {}, "design": {}, "analysis": {}}
    with live_study.writing() as session:
        session.add(Study(name="draft", kind="distortion", **about))
    with pytest.raises(error, match=why):
        export(live_study, tmp_path / file, study=name)
    assert list(tmp_path.glob("a.*")) == []
