"""The report of a study of each kind, running or ended, blinded or not."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import Store
from db.errors import FileRejected, NotAllowed, NotKnown
from db.tables import Event
from pipeline.detecting import lexicon as detecting
from pipeline.report.document.blocks import Coloured, Heading, Listing
from pipeline.report.study_report import ReportOf, ReportWritten, run
from tests.pipeline.labels import give, make_label_study
from tests.pipeline.report.conftest import Told
from tests.pipeline.report.generations import generate, prototype
from tests.pipeline.report.studies import (
    SYSTEMS,
    imported_study,
    rating_study,
    rows_of,
    tables,
    told,
    words,
)


def test_a_rating_study_has_every_table_that_the_store_holds(pilot: Told) -> None:
    context, document = pilot.context, pilot.document
    found = tables(document)
    assert list(found) == [
        "t1",
        "t5",
        "t5-relevance",
        "t5-structure",
        "t5-helpfulness",
        "differences-relevance",
        "differences-structure",
        "differences-helpfulness",
        "ranks",
        "groups",
        "mixed-model",
        "coefficients",
        "agreement-pairs",
        "agreement-without",
        "repeats",
        "raters-all",
        "raters-relevance",
        "raters-structure",
        "raters-helpfulness",
        "detectable",
    ]
    systems = [row[0].text for row in found["t5"].rows()]
    assert systems == [system.shown for system in context.known.facts.systems]
    assert set(systems) == set(SYSTEMS)
    text = words(document)
    assert "no detector was run on these answers" in text
    assert "the store holds no score of an automatic metric" in text
    assert "preliminary" not in text


def test_while_it_runs_the_report_is_preliminary_and_tells_no_name(sqlite_store: Store) -> None:
    rating_study(sqlite_store, unblinded=False, closed=False, answered=0.6)
    _, document, sheet = told(sqlite_store, "pilot")
    text = words(document) + json.dumps([entry.told for entry in sheet.entries])
    assert "47 of 78 assignments are answered" in text
    assert "All figures are preliminary" in text
    assert "until 'cbt study unblind'" in text
    assert {"t1", "t2"}.isdisjoint(tables(document))
    assert not [block for block in document.blocks if isinstance(block, Coloured)]
    assert {row[0].text for row in tables(document)["t5"].rows()} == {"S1", "S2"}
    whole = repr(document) + repr(sheet)
    assert not [name for name in SYSTEMS if name in whole]


def test_a_rating_study_tells_of_detectors_of_a_study_about_the_same_questions(
    sqlite_store: Store,
) -> None:
    rating_study(sqlite_store, questions=4)
    study_of_labels(sqlite_store)
    _, document, _ = told(sqlite_store, "pilot")
    assert "How good a detector is in the study labels" in words(document)


def test_a_detector_that_searched_systems_answers_names_none_of_them_before_unblinding(
    sqlite_store: Store,
) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    study_of_labels(sqlite_store)
    detecting.run(sqlite_store, detecting.Detecting())
    for study in ("pilot", "labels"):
        _, document, sheet = told(sqlite_store, study)
        assert "no detector has looked at the items of the study labels" in words(document)
        whole = repr(document) + repr(sheet)
        assert not [name for name in SYSTEMS if name in whole]


def study_of_labels(store: Store) -> None:
    """An open study of distortions about the questions of the rating study, with one answer."""
    from pipeline.study import create, lifecycle
    from pipeline.study.studyfile import Frame, Plan

    plan = Plan(
        name="labels",
        kind="distortion",
        frame=Frame(source="report"),
        raters=("li", "wang"),
        seed=1,
    )
    create.run(store, plan)
    lifecycle.open_study(store, name="labels")
    give(store, "labels", "li", 1, "no", [])


def test_a_criterion_without_ratings_is_said_to_have_none(paper: Told) -> None:
    document, sheet = paper.document, paper.sheet
    assert "structure: nobody gave a score, so there is no figure of it." in words(document)
    assert "t5-structure" not in tables(document)
    assert "t5-relevance" in tables(document)
    distribution = {e.criterion: e.told for e in sheet.entries if e.field.id == "distribution"}
    assert distribution["structure"] == "Nobody gave a score."


@pytest.mark.parametrize(
    ("systems", "raters", "items", "said"),
    [
        (("A",), 3, 8, "the study has one system"),
        (("A", "B"), 1, 8, "two raters"),
        (("A", "B"), 3, 1, "one question"),
    ],
)
def test_a_study_that_tells_too_little_says_what_it_lacks(
    systems: tuple[str, ...],
    raters: int,
    items: int,
    said: str,
    sqlite_store: Store,
    tmp_path: Path,
) -> None:
    imported_study(sqlite_store, tmp_path, systems=systems, raters=raters, items=items)
    _, document, _ = told(sqlite_store, "paper")
    notes = [note for table in tables(document).values() for note in table.notes]
    assert said in "\n".join([words(document), *notes])


def test_there_is_no_report_of_what_has_no_judgement(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotKnown, match="there is no study pilot"):
        run(sqlite_store, ReportOf("pilot", tmp_path / "out"))
    rating_study(sqlite_store, answered=0.0, closed=False, unblinded=False)
    with pytest.raises(NotAllowed, match="no judgements yet: 0 of 78"):
        run(sqlite_store, ReportOf("pilot", tmp_path / "out"))
    make_label_study(sqlite_store, labellers=("qian", "sun"))
    with pytest.raises(NotAllowed, match="no judgements yet"):
        run(sqlite_store, ReportOf("labels", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_outside_ground_truth_has_a_report_though_nobody_labelled(
    sqlite_store: Store, tmp_path: Path
) -> None:
    from pipeline.importing import gold

    path = tmp_path / "gold.tsv"
    path.write_text("一句话\t1\n两句话\t0\n三句话\t1\n", "utf-8")
    gold.run(sqlite_store, gold.GoldImport(path=path, study="outside"))
    _, document, _ = told(sqlite_store, "outside")
    assert "An outside ground truth of cognitive distortions in 3 questions" in words(document)
    assert "which has no labellers to agree" in words(document)


def test_sections_stand_in_a_readers_order_and_what_lacks_is_one_list(pilot: Told) -> None:
    document = pilot.document
    headings = [b.id for b in document.blocks if isinstance(b, Heading) and b.level == 2]
    assert headings == [
        "study",
        "summary",
        "answers",
        "scores",
        "comparisons",
        "model",
        "agreement",
        "raters",
        "planning",
        "case",
        "lacking",
        "methods",
        "references",
    ]
    (place,) = (n for n, b in enumerate(document.blocks) if getattr(b, "id", "") == "lacking")
    listing = document.blocks[place + 1]
    assert isinstance(listing, Listing)
    assert [str(item[0]).partition(":")[0] for item in listing.items] == [
        "Which distortions answers name (Table 2)",
        "How good detectors are (Table 3 of the reference study)",
        "Scores by automatic metrics (Table 4 of the reference study)",
    ]
    assert "no detector was run on these answers. cbt detect makes it." in words(document)


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def written(labels: Told, tmp_path_factory: pytest.TempPathFactory) -> tuple[ReportWritten, Path]:
    """The report of the study of labels, with an answer for its datasheet."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "mine.toml").write_text('ethics = "委员会 12 号"\n', "utf-8")
    config = ReportOf("labels", folder / "out", answers=folder / "mine.toml")
    return run(labels.store, config), folder / "out"


def test_answers_go_into_the_datasheet_and_stay_in_the_file_to_fill(
    written: tuple[ReportWritten, Path],
) -> None:
    done, out = written
    sheet = json.loads((out / "datasheet.json").read_text("utf-8"))
    assert (len(sheet["fields"]), len(sheet["blanks"])) == (done.questions, done.blanks)
    assert "ethics" not in sheet["blanks"]
    for name in ("datasheet.md", "datasheet.tex", "answers.toml", "heds.json"):
        assert "委员会 12 号" in (out / name).read_text("utf-8")


def test_an_answer_to_a_question_that_there_is_not_stops_the_report(
    labels: Told, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('etics = "?"\n', "utf-8")
    with pytest.raises(FileRejected, match="has no field etics; the fields are paper, "):
        run(labels.store, ReportOf("labels", tmp_path / "out", answers=mine))
    assert not (tmp_path / "out").exists()


def test_before_unblinding_no_file_names_a_system(written: tuple[ReportWritten, Path]) -> None:
    done, out = written
    assert done.unblinded is False
    assert not [name for name, content in files(out).items() if b"secret" in content]


def test_each_report_is_logged_as_an_export(
    labels: Told, written: tuple[ReportWritten, Path]
) -> None:
    with labels.store.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.kind == "exported"))
        assert event.details == {"path": str(written[1]), "format": "report", "rows": 16}


def test_a_detectors_table_and_labellers_agreement_are_counted_from_the_rows_alone(
    written: tuple[ReportWritten, Path],
) -> None:
    _, out = written
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    detected = rows_of(figures["t3.labels.lexicon.accuracy"], out)
    assert len(detected) == figures["t3.labels.lexicon.accuracy"]["n"] == 8
    pairs = [(row["presence"], row["gold"]) for row in detected]
    for cell, pair in {"tp": ("yes", "yes"), "fp": ("yes", "no"), "fn": ("no", "yes")}.items():
        assert pairs.count(pair) == figures[f"t3.labels.lexicon.{cell}"]["value"]
    votes = defaultdict(set)
    for row in rows_of(figures["agreement.presence.percent_agreement.identity"], out):
        votes[row["item"]].add(row["presence"])
    alike = [len(presences) == 1 for presences in votes.values()]
    share = figures["agreement.presence.percent_agreement.identity"]["value"]
    assert sum(alike) / len(alike) == share == 1
    between = figures["t3.labels.lexicon.labellers.accuracy"]
    assert len(rows_of(between, out)) == 2 * between["n"] == 16


def test_without_texts_no_question_and_no_answer_is_shown(
    pilot: Told, sqlite_store: Store, tmp_path: Path
) -> None:
    assert "三天了" in repr(pilot.document)
    rating_study(sqlite_store, questions=4, repeats=0.3, criteria=("helpfulness",))
    generate(sqlite_store, "zephyr", prompt=prototype())
    run(sqlite_store, ReportOf("pilot", tmp_path / "out", texts=False))
    found = files(tmp_path / "out")
    assert not [name for name, content in found.items() if "三天了".encode() in content]
    # The worked example of a prompt may be a question of the store, and an answer to it.
    example, sheet = prototype().example, found["datasheet.md"].decode()
    assert example is not None
    assert not [name for name, content in found.items() if example.question.encode() in content]
    assert "without its worked example" in sheet
    assert prototype().content_hash in sheet
    figures = json.loads(found["report.json"])["figures"]
    # Agreement of raters with themselves is recomputed from both of their scores.
    figure = figures["repeats.helpfulness.all_raters.percent_agreement"]
    given = defaultdict(list)
    for row in rows_of(figure, tmp_path / "out"):
        given[row["question_id"], row["system"], row["rater"]].append(row["value"])
    twice = [values for values in given.values() if len(values) == 2]
    assert len(twice) == figure["n"] > 0
    assert sum(a == b for a, b in twice) / len(twice) == pytest.approx(figure["value"])
