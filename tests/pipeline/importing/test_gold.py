"""What an import of a gold adds, joins, knows again, lists and refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

from db import verify, votes
from db.account_tables import Person
from db.engine import Store
from db.errors import FileRejected, KnownError, NotAllowed, NotKnown
from db.questions import content_hash
from db.tables import AdjudicationCase, Detection, Event, Gold, Item, LabelSet, Question, Run, Study
from db.votes import LabelledItem
from pipeline import ground_truth
from pipeline.importing.gold import GoldImport, run
from pipeline.importing.gold_outcome import GoldImported
from tests.pipeline import labels

Put = Callable[..., GoldImported]
TWO = "我总是失败\t1\n今天天气好\t0\n"


def importer(store: Store, folder: Path) -> Put:
    """Import a text, as a CSV file unless its name says otherwise."""

    def put(text: str, *, name: str = "gold.csv", study: str = "outside", **options: Any) -> Any:
        path = folder / name
        path.write_text(text, "utf-8")
        return run(store, GoldImport(path, study, **options))

    return put


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Put:
    return importer(store, tmp_path)


@pytest.fixture
def put_sqlite(sqlite_store: Store, tmp_path: Path) -> Put:
    return importer(sqlite_store, tmp_path)


def items(store: Store, study: str = "outside") -> list[LabelledItem]:
    with store.reading() as session:
        return votes.of_study(session, study=votes.distortion_study(session, name=study))


def said(store: Store, study: str = "outside") -> dict[str, list[Any]]:
    """What the gold says of each question."""
    return {
        item.question: [[answer.presence, *answer.labels] for answer in item.gold]
        for item in items(store, study)
    }


def counts(done: GoldImported) -> tuple[int, int, int, int]:
    return done.counts.read, done.counts.added, done.counts.known, len(done.counts.rejected)


def fill(store: Store) -> None:
    asked = [
        ("forum", "1", "我总是失败"),
        ("forum", "2", "很累"),
        ("book", "2", "很烦"),
        ("book", "3", "今天天气好"),
        ("more", "9", "今天天气好"),
    ]
    with store.writing() as session:
        session.add_all(
            Question(
                source=source, external_id=own, text=text, content_hash=content_hash(text, None)
            )
            for source, own, text in asked
        )
        session.add(Question(source="ratings:old", external_id="77"))


def test_a_gold_becomes_a_closed_unblinded_study_with_an_item_for_each_text(
    put: Put, store: Store
) -> None:
    done = put(TWO, name="gold.txt")
    assert counts(done) == (2, 2, 0, 0)
    assert (done.is_new, done.shape, done.items, done.labels) == (True, "headerless", 2, {})
    assert done.presence == {"yes": 1, "no": 1, "cannot_tell": 0}
    assert (done.matched_questions, done.unmatched) == (0, [1, 2])
    with store.reading() as session:
        study = session.scalars(select(Study)).one()
        assert (study.kind, study.origin, study.status) == ("distortion", "imported", "closed")
        assert study.unblinded_at is not None
        assert study.label_set_id is None
        asked = session.scalars(select(Question).order_by(Question.id)).all()
        assert [(q.source, q.text) for q in asked] == [
            ("gold:outside", "我总是失败"),
            ("gold:outside", "今天天气好"),
        ]
        assert session.scalars(select(Event.kind)).all() == ["created"]
        assert session.scalars(select(Run.stage)).all() == ["import gold"]
    assert [[answer.presence for answer in item.gold] for item in items(store)] == [["yes"], ["no"]]
    assert verify.run(store).problems == []


SHAPES = {
    "0/1": ("gold.csv", "id,text,gold\n1,a,1\n2,b,0\n3,c,0\n"),
    "labels": ("gold.csv", "id,text,gold\n1,a,读心术|Labeling\n2,b,Non-distorted\n3,c,无法判断\n"),
    "matrix": ("gold.tsv", "id\ttext\t读心术\tLabeling\n1\ta\t1\t1\n2\tb\t0\t0\n3\tc\t0\t1\n"),
    "headerless": ("gold.tsv", "a\t1\nb\t0\nc\t0\n"),
}
ANSWERS = {
    "0/1": [["yes"], ["no"], ["no"]],
    "labels": [["yes", "读心术", "Labeling"], ["no"], ["cannot_tell"]],
    "matrix": [["yes", "读心术", "Labeling"], ["no"], ["yes", "Labeling"]],
    "headerless": [["yes"], ["no"], ["no"]],
}


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_each_shape_is_read_in_each_encoding(
    sqlite_store: Store, tmp_path: Path, shape: str, encoding: str
) -> None:
    name, text = SHAPES[shape]
    (tmp_path / name).write_bytes(text.encode(encoding))
    done = run(sqlite_store, GoldImport(tmp_path / name, "outside"))
    assert done.shape == shape
    assert [each for (each,) in said(sqlite_store).values()] == ANSWERS[shape]


def test_json_and_workbooks_say_the_same_as_a_table(sqlite_store: Store, tmp_path: Path) -> None:
    records = [
        {"id": 1, "text": "a", "gold": ["读心术", "Labeling"]},
        {"id": 2, "text": "b", "gold": []},
        {"id": 3, "text": "c", "gold": "无法判断"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(records))
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["id", "text", "读心术", "Labeling"], [1, "a", 1, True]]):
            sheet.write_row(number, 0, row)
    for name in ("a.json", "a.jsonl"):
        run(sqlite_store, GoldImport(tmp_path / name, name))
        assert [each for (each,) in said(sqlite_store, name).values()] == ANSWERS["labels"]
    run(sqlite_store, GoldImport(tmp_path / "a.xlsx", "book"))
    assert said(sqlite_store, "book") == {"1": [["yes", "读心术", "Labeling"]]}


def test_labels_stay_as_they_came_and_unknown_names_are_listed(put: Put, store: Store) -> None:
    done = put("id,gold,pred\n1,乱贴标签|思维反刍,思维反刍\n2,MIND READING,新\n3,none,none\n")
    assert done.labels == {"乱贴标签": 1, "思维反刍": 1, "MIND READING": 1}
    assert done.unknown_labels == ["思维反刍", "新"]
    assert said(store)["1"] == [["yes", "乱贴标签", "思维反刍"]]
    with store.reading() as session:
        kept = session.scalars(select(LabelSet)).one()
        assert (kept.name, kept.labels) == (
            "gold:outside",
            [{"id": "乱贴标签"}, {"id": "思维反刍"}, {"id": "MIND READING"}],
        )
        assert kept.content_hash.startswith(kept.version)
        assert session.scalars(select(Study.label_set_id)).one() == kept.id
        assert set(session.scalars(select(Gold.label_set_id))) == {kept.id}


def test_a_matrix_counts_labels_that_no_text_has(put_sqlite: Put) -> None:
    done = put_sqlite("id,labeling,blaming,无\n1,1,0,0\n2,0,0,1\n")
    assert done.labels == {"labeling": 1, "blaming": 0}
    assert done.presence == {"yes": 1, "no": 1, "cannot_tell": 0}


def test_predictions_are_what_the_detector_pred_found_in_the_items(put: Put, store: Store) -> None:
    text = "id,gold,pred\n1,1,labeling\n2,0,none\n3,0,\n"
    done = put(text)
    assert (done.shape, done.pred_shape, done.predictions) == ("0/1", "labels", 2)
    assert counts(put(text)) == (3, 0, 3, 0)
    with store.reading() as session:
        rows = session.execute(
            select(Detection.detector, Item.external_id, Detection.presence, Detection.labels)
            .join(Item, Item.id == Detection.item_id)
            .order_by(Detection.id)
        )
        assert [tuple(row) for row in rows] == [
            ("pred", "1", "yes", ["labeling"]),
            ("pred", "2", "no", []),
        ]


def test_rows_join_the_questions_that_the_store_has(put: Put, store: Store) -> None:
    fill(store)
    done = put(
        "id,text,gold\nx,我总是失败 ,1\n,很烦,0\n3,今天天气好,1\n1,新的一句,0\n,今天天气好了,1\n"
    )
    assert done.matched_questions == 3  # ids tell apart what two sources read alike
    assert (done.unmatched, done.ambiguous) == ([5, 6], [])
    with store.reading() as session:
        rows = session.execute(
            select(Question.source, Question.external_id)
            .join(Item, Item.question_id == Question.id)
            .order_by(Item.id)
        )
        assert (
            [tuple(row) for row in rows]
            == [
                ("forum", "1"),
                ("book", "2"),
                ("book", "3"),
                ("gold:outside", "1"),  # another text than the store's question 1
                ("gold:outside", "text-" + content_hash("今天天气好了", None)[:16]),
            ]
        )


def test_ids_join_where_they_are_unique_or_the_source_is_named(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    fill(sqlite_store)
    text = "question_id,gold\n1,1\n2,0\n77,1\nbook:3,0\n"
    done = put_sqlite(text)
    assert (done.matched_questions, done.unmatched, done.ambiguous) == (2, [3, 4], [3])
    named = put_sqlite(text, study="named", source="book")
    assert (named.matched_questions, named.unmatched) == (2, [2, 4])
    with pytest.raises(NotKnown, match="there is no source nowhere"):
        put_sqlite(text, study="lost", source="nowhere")


def test_the_ids_of_another_gold_are_its_own(put_sqlite: Put, sqlite_store: Store) -> None:
    put_sqlite("id,text,gold\n7,好,1\n", study="first")
    assert put_sqlite("id,gold\n7,1\n", study="second").matched_questions == 0
    assert put_sqlite("text,gold\n好,1\n", study="third").matched_questions == 1


def test_an_ambiguous_text_becomes_a_question_of_its_own_and_is_listed(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    fill(sqlite_store)
    done = put_sqlite("text,gold\n今天天气好,1\n")
    assert (done.matched_questions, done.unmatched, done.ambiguous) == (0, [2], [2])


def test_the_same_text_and_answer_again_is_listed_and_stored_once(put: Put, store: Store) -> None:
    done = put("id,text,gold\n1,好,a|b\n2, 好 ,B|a\n3,坏,none\n")
    assert counts(done) == (3, 2, 1, 0)
    assert [tuple(each) for each in done.duplicates] == [(3, 2)]
    assert done.labels == {"a": 1, "b": 1, "B": 0}
    assert len(items(store)) == 2


def test_a_text_with_two_answers_keeps_both_and_is_left_out_of_scoring(
    put: Put, store: Store
) -> None:
    text = "text,gold\n好,labeling\n坏,none\n好,none\n好,labeling\n"
    done = put(text)
    assert counts(done) == (4, 3, 1, 0)
    assert [tuple(each) for each in done.conflicts] == [([2, 4, 5], ["labeling", "none"])]
    good, bad = items(store)
    assert [answer.conflicting for answer in good.gold] == [True, True]
    assert [answer.conflicting for answer in bad.gold] == [False]
    assert ground_truth.settle(good, rule="adjudicated").left_out == "conflicting"
    again = put(text)
    assert counts(again) == (4, 0, 4, 0)
    assert again.conflicts == done.conflicts


def test_strict_rejects_a_text_with_two_answers_with_its_rows(put: Put, store: Store) -> None:
    text = "text,gold\n好,1\n坏,0\n好,0\n"
    with pytest.raises(FileRejected) as caught:
        put(text, strict=True)
    assert [(bad.row, bad.code) for bad in caught.value.rows] == [(2, "conflict"), (4, "conflict")]
    assert "as has row 4" in caught.value.rows[0].why
    with store.reading() as session:
        assert session.scalars(select(Study)).all() == []
        assert session.scalars(select(Run)).all() == []
    done = put(text, strict=True, skip_bad=True)
    assert (counts(done), done.conflicts) == ((3, 1, 0, 2), [])


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_same_file_again_is_known_and_adds_nothing(put: Put, store: Store, shape: str) -> None:
    name, text = SHAPES[shape]
    put(text, name=name)
    again = put(text, name=name)
    assert (counts(again), again.is_new) == ((3, 0, 3, 0), False)
    with store.reading() as session:
        for table in (Gold, Item, Question):
            assert session.scalar(select(func.count()).select_from(table)) == 3
        assert session.scalar(select(func.count(Run.id))) == 1


def test_other_rows_are_added_to_an_imported_gold_and_mark_what_they_contradict(
    put: Put, store: Store
) -> None:
    put("id,text,gold\n1,好,labeling\n2,坏,none\n")
    done = put("text,gold\n好,none\n新,blaming\n坏,none\n")
    assert (counts(done), done.is_new) == ((3, 2, 1, 0), False)
    assert [tuple(each) for each in done.conflicts] == [([2], ["labeling", "none"])]
    conflicting = [[answer.conflicting for answer in item.gold] for item in items(store)]
    assert conflicting == [[True, True], [False], [False]]
    with store.reading() as session:
        newest = session.scalars(select(LabelSet).order_by(LabelSet.id.desc())).first()
        assert newest is not None
        assert newest.labels == [{"id": "labeling"}, {"id": "blaming"}]
        assert session.scalars(select(Event.kind).order_by(Event.id)).all() == [
            "created",
            "gold_added",
        ]


def test_what_the_leads_decide_on_takes_no_more_answers(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    put_sqlite("text,gold\n好,1\n好,0\n")
    with sqlite_store.writing() as session:
        session.add(Person(pseudonym="P-LEAD", username="lead", roles=["lead"]))
        session.flush()
        about: dict[str, Any] = {"study_id": 1, "item_id": 1, "person_id": 1}
        session.add(AdjudicationCase(position=1, agreed=False, votes=[], **about))
    assert counts(put_sqlite("text,gold\n好,1\n")) == (1, 0, 1, 0)
    with pytest.raises(NotAllowed, match="are with its leads already"):
        put_sqlite("text,gold\n好,cannot_tell\n")


def test_with_check_all_is_read_and_nothing_is_stored(put_sqlite: Put, sqlite_store: Store) -> None:
    assert counts(put_sqlite(TWO, name="gold.txt", check=True)) == (2, 2, 0, 0)
    with sqlite_store.reading() as session:
        assert session.scalars(select(Study)).all() == []


def test_a_row_without_an_answer_is_bad_unless_it_says_why(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    with pytest.raises(FileRejected) as caught:
        put_sqlite("id,gold\n1,1\n2,\n3\n")
    assert {bad.row: bad.code for bad in caught.value.rows} == {3: "no_gold", 4: "no_gold"}
    done = put_sqlite("item,gold,how\n1,labeling,agreed\n2,,undecided\n")
    assert (counts(done), done.missing) == ((2, 2, 0, 0), [3])
    assert said(sqlite_store) == {"1": [["yes", "labeling"]], "2": []}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id,gold\n1,1\n2,2\n3,0\n", {3: "has '2' where 0 or 1 should be"}),
        ("id,gold\n1,1\n2,maybe\n3,0\n", {3: "has 'maybe' where 0 or 1 should be"}),
        ("id,gold\n1,a\n2,1\n3,b\n", {3: "has the number 1 where names of labels should be"}),
        ("id,gold\n1,a\n2,none|a\n", {3: "has the answer none and a, which cannot all be so"}),
        ("id,gold\n1,a\n2,['a']\n", {3: "has a list that is written out"}),
        (
            "id,gold\n1,读心术\n2,读心术、灾难化\n",
            {3: "has '读心术、灾难化' as one label; join labels"},
        ),
        ("id,a,b\n1,1,0\n2,1,\n3,0,0\n", {3: "has nothing in the column b"}),
        ("id,a,b\n1,1,0\n2,0,3\n3,0,0\n", {3: "has '3' in the column b"}),
        ("id,a,none\n1,1,0\n2,0,0\n3,1,1\n", {3: "has a 1 neither", 4: "cannot all be so"}),
        ("id,gold\n1,1\n,0\n", {3: "has neither id, question_id nor text"}),
        ("id,text,gold\n1,好,1\n1,坏,1\n", {3: "has the id 1, which row 2 has with another text"}),
        ("id,gold,pred\n1,1,1\n1,1,0\n", {3: "has another pred than row 2 has"}),
        ("id,gold,pred\n1,1,1\n2,1,x\n3,1,0\n", {3: "has 'x' where 0 or 1 should be"}),
        ("id,gold\n1,1\n2,1,1\n", {3: "has 3 cells, but the header has 2"}),
    ],
)
def test_bad_rows_reject_the_file_and_are_skipped_when_told(
    put_sqlite: Put, sqlite_store: Store, text: str, rows: dict[int, str]
) -> None:
    with pytest.raises(FileRejected, match="nothing was stored") as caught:
        put_sqlite(text)
    told = {bad.row: bad.why for bad in caught.value.rows}
    assert told.keys() == rows.keys()
    assert all(why in told[row] for row, why in rows.items())
    with sqlite_store.reading() as session:
        assert session.scalars(select(Study)).all() == []
    done = put_sqlite(text, skip_bad=True)
    assert [bad.row for bad in done.counts.rejected] == list(rows)
    assert sum(counts(done)[1:]) == done.counts.read


def test_a_torn_line_of_json_is_a_bad_row(put_sqlite: Put) -> None:
    with pytest.raises(FileRejected) as caught:
        put_sqlite('{"id": 1, "gold": 1}\n{"id": 2, "go', name="gold.jsonl")
    assert [(bad.row, bad.code) for bad in caught.value.rows] == [(2, "not_json")]
    with pytest.raises(FileRejected, match="its first line does not open an object"):
        put_sqlite("x\n", name="gold.jsonl")
    with pytest.raises(FileRejected) as caught:
        put_sqlite('{"id": 1', name="gold.jsonl")
    assert [bad.row for bad in caught.value.rows] == [1]


def test_what_could_identify_a_person_is_told_of_new_questions(put_sqlite: Put) -> None:
    done = put_sqlite("text,gold\n打我电话13812345678,1\n")
    assert [(each.row, each.kind) for each in done.warnings] == [(2, "mobile")]


def test_a_defused_id_is_joined_as_it_was(put_sqlite: Put, sqlite_store: Store) -> None:
    put_sqlite("id,gold\n'=7,'=a\n")
    assert said(sqlite_store) == {"=7": [["yes", "=a"]]}


def test_repeats_and_calibration_items_of_an_export_are_left_out(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    done = put_sqlite(
        "id,gold,is_repeat,is_calibration\na,1,false,false\nb,1,true,false\nc,0,,TRUE\n"
    )
    assert (counts(done), done.left_out) == ((3, 1, 0, 0), 2)
    assert said(sqlite_store).keys() == {"a"}


@pytest.fixture
def labelled(store: Store) -> list[str]:
    """The codes of a closed study of four questions, of which one is labelled otherwise by two."""
    codes = labels.make_label_study(store, questions=["一", "二", "三", "四"], repeats=0.25)
    for username in ("li", "wang"):
        for item in range(1, 5):
            labels.give(store, "labels", username, item, "yes", ["labeling"])
    labels.close(store)
    return codes


def test_a_closed_study_takes_a_gold_by_item_question_and_text(
    put: Put, store: Store, labelled: list[str]
) -> None:
    with store.reading() as session:
        before = session.scalars(select(Study)).one()
        kept = (before.label_set_id, before.design)
    questions = {item.item: item.question for item in items(store, "labels")}
    text = f"id,text,gold,pred\n{labelled[0]},,a,none\n"
    text += f"{questions[labelled[1]]},,none,\n"
    by_text = "一二三四"[int(questions[labelled[2]]) - 1]
    text += f",{by_text},cannot_tell,\n"
    done = put(text, study="labels")
    assert (counts(done), done.is_new) == ((3, 3, 0, 0), False)
    assert (done.matched_questions, done.unmatched, done.predictions) == (3, [], 1)
    found = {
        item.item: [answer.presence for answer in item.gold] for item in items(store, "labels")
    }
    assert [found[code] for code in labelled[:3]] == [["yes"], ["no"], ["cannot_tell"]]
    assert counts(put(text, study="labels")) == (3, 0, 3, 0)
    with store.reading() as session:
        after = session.scalars(select(Study)).one()
        assert (after.label_set_id, after.design) == kept  # what was frozen stays
        assert session.scalars(select(LabelSet.name).order_by(LabelSet.id)).all() == [
            "distortions",
            "gold:labels",
        ]
    assert verify.run(store).problems == []


def test_rows_about_none_of_a_studys_items_reject_the_file(
    put: Put, store: Store, labelled: list[str]
) -> None:
    text = f"id,text,gold\n{labelled[0]},,1\nnone of them,,1\n,别的,0\n{labelled[1]},别的,1\n"
    with pytest.raises(FileRejected) as caught:
        put(text, study="labels")
    assert {bad.row: bad.code for bad in caught.value.rows} == {
        3: "unmatched",
        4: "unmatched",
        5: "other_text",
    }
    done = put(text, study="labels", skip_bad=True)
    assert (counts(done), done.unmatched) == ((4, 1, 0, 3), [3, 4])


def test_several_items_of_one_text_are_not_guessed_among(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    labels.make_label_study(sqlite_store, questions=["同", "同"])
    labels.close(sqlite_store)
    with pytest.raises(FileRejected) as caught:
        put_sqlite("text,gold\n同,1\n", study="labels")
    assert [bad.code for bad in caught.value.rows] == ["ambiguous"]
    assert "give the item's code" in caught.value.rows[0].why


def test_the_answers_of_a_system_are_joined_by_their_text_too(
    put_sqlite: Put, sqlite_store: Store
) -> None:
    labels.make_label_study(sqlite_store, questions=["甲", "乙"], system="model")
    labels.close(sqlite_store)
    done = put_sqlite("text,gold\n“总是”这个词说得太满了。甲,1\n乙,0\n", study="labels")
    assert counts(done) == (2, 2, 0, 0)


def test_a_study_that_takes_no_gold_is_told_in_one_sentence(
    put: Put, store: Store, live_study: Store
) -> None:
    labels.make_label_study(store, name="open")
    for study, why in (("live", "is a rating study"), ("open", "is open, and takes a gold only")):
        with pytest.raises(NotAllowed, match=why):
            put("id,gold\n1,1\n", study=study)
    with pytest.raises(NotAllowed, match="a study needs a name"):
        put("id,gold\n1,1\n", study=" ")
    with store.reading() as session:
        assert session.scalars(select(Gold)).all() == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("gold.csv", "", "is empty"),
        ("gold.csv", "text,label\n好,a\n", "a gold file has id, question_id or text"),
        ("gold.csv", "好,1\n坏,0\n", "has no column id, question_id or text"),
        ("gold.csv", "text,gold,读心术\n好,a,1\n", "mixes two shapes"),
        ("gold.tsv", "7\t好\t1\n8\t坏\t0\n", "its columns are '7', '好', '1'"),
        ("gold.md", "好\t1\n", "does not end as a file to import does"),
    ],
)
def test_an_unknown_shape_stores_nothing(
    put_sqlite: Put, sqlite_store: Store, name: str, text: str, why: str
) -> None:
    with pytest.raises(KnownError, match=why):
        put_sqlite(text, name=name, skip_bad=True)
    with sqlite_store.reading() as session:
        assert session.scalars(select(Study)).all() == []
        assert session.scalars(select(Question)).all() == []
