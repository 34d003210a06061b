"""`cbt report` as a user runs it: one folder, written as a whole, the same each time."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from db.engine import Store
from db.tables import Event
from pipeline.cli.main import main
from tests.pipeline.report.studies import imported_study, label_study, rating_study

ONE = ("helpfulness",)


def cbt(store: Store, *arguments: str) -> tuple[int, str, str]:
    url = store.engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(main, [*arguments, f"--database={url}"])
    return done.exit_code, done.stdout, done.stderr


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_twice_gives_the_same_bytes_and_each_export_is_logged(
    sqlite_store: Store, tmp_path: Path
) -> None:
    rating_study(sqlite_store, questions=6, criteria=ONE)
    for name in ("a", "b"):
        code, _, said = cbt(
            sqlite_store, "report", "--study", "pilot", "--out", str(tmp_path / name)
        )
        assert code == 0, said
    one, other = files(tmp_path / "a"), files(tmp_path / "b")
    assert one == other
    assert {"report.html", "report.tex", "report.docx", "ratings.csv", "tables/t5.csv"} <= set(one)
    with sqlite_store.reading() as session:
        events = session.scalars(select(Event).where(Event.kind == "exported")).all()
        assert [Path(event.details["path"]).name for event in events] == ["a", "b"]


def test_the_contract_names_what_was_written(sqlite_store: Store, tmp_path: Path) -> None:
    imported_study(sqlite_store, tmp_path, items=6, criteria=("好懂",))
    out = tmp_path / "out"
    code, text, _ = cbt(sqlite_store, "report", "--study", "paper", "--out", str(out), "--json")
    found = json.loads(text)
    assert (code, found["unblinded"], found["status"]) == (0, True, "closed")
    assert {Path(path) for path in found["written"]} == {out / name for name in files(out)}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["study"] == "paper"
    assert manifest["analysis"]["resamples"] == 10_000
    assert found["figures"] == len(json.loads((out / "report.json").read_text("utf-8"))["figures"])


def test_a_study_of_labels_has_table_3_and_the_rows_behind_it(
    sqlite_store: Store, tmp_path: Path
) -> None:
    label_study(sqlite_store)
    out = tmp_path / "out"
    code, _, said = cbt(sqlite_store, "report", "--study", "labels", "--out", str(out))
    assert code == 0, said
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    # Of 8 items the odd ones have a distortion, and the detector flags 1, 2, 5 and 6.
    assert figures["t3.labels.lexicon.accuracy"]["value"] == 0.5
    cells = [figures[f"t3.labels.lexicon.{cell}"]["value"] for cell in ("tp", "fp", "fn", "tn")]
    assert cells == [2, 2, 2, 2]
    assert figures["t3.labels.lexicon.accuracy"]["file"] == "detections.csv"
    assert len((out / "detections.csv").read_text("utf-8-sig").splitlines()) == 1 + 8
    assert len((out / "labels.csv").read_text("utf-8-sig").splitlines()) == 1 + 16
    assert not [name for name, content in files(out).items() if b"secret" in content]


def test_answers_go_into_the_datasheet_and_stay_in_the_file_to_fill(
    sqlite_store: Store, tmp_path: Path
) -> None:
    label_study(sqlite_store)
    mine, out = tmp_path / "mine.toml", tmp_path / "out"
    mine.write_text('ethics = "委员会 12 号"\n', "utf-8")
    words = ("report", "--study", "labels", "--out", str(out), "--answers", str(mine))
    code, text, _ = cbt(sqlite_store, *words, "--json")
    assert code == 0
    sheet = json.loads((out / "datasheet.json").read_text("utf-8"))
    counts = json.loads(text)["datasheet"]
    assert (len(sheet["fields"]), len(sheet["blanks"])) == (counts["questions"], counts["blanks"])
    assert "ethics" not in sheet["blanks"]
    for name in ("datasheet.md", "datasheet.tex", "answers.toml", "heds.json"):
        assert "委员会 12 号" in (out / name).read_text("utf-8")


def test_without_texts_no_question_and_no_answer_is_shown(
    sqlite_store: Store, tmp_path: Path
) -> None:
    rating_study(sqlite_store, questions=6, criteria=ONE)
    for name, option in (("with", ()), ("without", ("--no-texts",))):
        out = str(tmp_path / name)
        code, _, _ = cbt(sqlite_store, "report", "--study", "pilot", "--out", out, *option)
        assert code == 0
    shown = {
        name: [f for f, content in files(tmp_path / name).items() if "三天了".encode() in content]
        for name in ("with", "without")
    }
    assert {"report.html", "report.md", "report.tex", "report.json"} <= set(shown["with"])
    assert shown["without"] == []


def test_codes_stand_for_systems_until_unblinding_in_every_file(
    live_study: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, said, _ = cbt(live_study, "report", "--study", "live", "--out", str(out))
    assert code == 0
    assert "until 'cbt study unblind', systems are shown by code" in said
    assert "the study is still open: these figures are preliminary" in said
    assert not [name for name, content in files(out).items() if b"secret" in content]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--study", "nope"), "not_known", "there is no study nope"),
        (("--answers", "none.toml"), "file_rejected", "none.toml cannot be read"),
        (("--out", "full"), "already_known", "is there already and is not empty"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_nothing_is_written(
    options: tuple[str, str], code: str, message: str, sqlite_store: Store, tmp_path: Path
) -> None:
    label_study(sqlite_store)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine", "utf-8")
    asked = {"--study": "labels", "--out": str(tmp_path / "out")} | dict([options])
    if asked["--out"] == "full":
        asked["--out"] = str(tmp_path / "full")
    words = [word for pair in asked.items() for word in pair]
    status, text, _ = cbt(sqlite_store, "report", *words, "--json")
    error = json.loads(text)["error"]
    assert (status, error["code"]) == (1, code)
    assert message in error["message"]
    assert not (tmp_path / "out").exists()
    assert files(tmp_path / "full") == {"mine.txt": b"mine"}
