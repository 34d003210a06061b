"""`cbt export instructions` as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from db.engine import Store
from db.tables import Question, Split
from models.instruction_files import read
from pipeline.cli.main import main
from pipeline.exporting.instructions.wanted import INSTRUCTIONS
from tests.pipeline.exporting.dataset.made_answers import add_answers

WANTED = ("--split=cbt", "--subset=train", "--system=cbt")


@pytest.fixture
def answered(sqlite_store: Store) -> Store:
    add_answers(sqlite_store)
    with sqlite_store.writing() as session:
        ids = session.scalars(select(Question.id).order_by(Question.id)).all()
        session.add_all(
            Split(name="cbt", question_id=id_, subset="test" if place == 3 else "train", seed=0)
            for place, id_ in enumerate(ids)
        )
    return sqlite_store


def cbt(store: Store, *arguments: str) -> tuple[int, str, str]:
    database = f"--database={store.engine.url.render_as_string(hide_password=False)}"
    done = CliRunner().invoke(main, ["export", "instructions", database, *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_person_reads_what_was_written_and_left_out(answered: Store, tmp_path: Path) -> None:
    out = tmp_path / "train.json"
    code, said, warned = cbt(answered, *WANTED, f"--out={out}")
    assert code == 0
    assert said.splitlines() == [
        f"wrote 3 records to {out}",
        "  left out: 1 set aside",
        "  left out: 1 refused by the model",
        "  left out: 1 to people who may be in acute danger",
        "  left out: 1 with something that could identify a person",
        f"instruction: {INSTRUCTIONS['zh']}",
        f"LLaMA-Factory finds it as train by {tmp_path / 'dataset_info.json'}",
        "for research only: the answers are by models, not by professionals",
    ]
    assert warned.startswith("questions of forum: PsyQA: for research only")


def test_a_machine_reads_the_contract(answered: Store, tmp_path: Path) -> None:
    out = tmp_path / "train.jsonl"
    given = ("--format=trl", "--instruction= 照做 ", "--with-danger", "--json")
    code, said, _ = cbt(answered, *WANTED, f"--out={out}", *given)
    found = json.loads(said)
    assert (code, found["written"], found["path"], found["rows"]) == (0, True, str(out), 4)
    assert found["left_out"] == {"set_aside": 1, "refused": 1, "personal_data": 1}
    assert (found["dataset_info"], found["dataset"]) == (None, None)
    assert {each.instruction for each in read(out)} == {"照做"}


def test_a_leak_and_a_file_for_testing_are_told(answered: Store, tmp_path: Path) -> None:
    with answered.writing() as session:
        same = session.scalars(select(Question.text).where(Question.external_id == "q4")).one()
        query = update(Question).where(Question.external_id == "q1")
        session.execute(query.values(text=same))
    code, out, said = cbt(answered, *WANTED, f"--out={tmp_path / 'train.json'}")
    assert code == 0
    assert "  left out: 1 to questions whose text is in another subset too" in out
    assert "left out 1 answer to questions whose text another subset has too" in said
    test = ("--split=cbt", "--subset=test", "--system=cbt", f"--out={tmp_path / 'test.json'}")
    assert cbt(answered, *test)[0] == 1, "its only question is the one in both"
    with answered.writing() as session:
        session.execute(query.values(text="不一样了"))
    code, _, said = cbt(answered, *test)
    assert code == 0
    assert "test.json is for testing: a model that learns from it cannot be tested" in said


def test_the_formats_are_listed(answered: Store) -> None:
    names = ["alpaca", "sharegpt", "openai", "trl"]
    lines = cbt(answered, "--list-formats")[1].splitlines()
    assert [line.split()[0] for line in lines] == names
    found = json.loads(cbt(answered, "--list-formats", "--json")[1])["formats"]
    assert [each["name"] for each in found] == names
    assert found[0]["endings"] == [".json", ".jsonl"]


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (WANTED, 2, "give --split, --subset, --system and --out FILE"),
        ((*WANTED, "--out={}/a.json", "--instruction= "), 2, "--instruction is empty"),
        (
            (*WANTED, "--out={}/a.json", "--instruction=a", "--language=zh"),
            2,
            "--language chooses our own instruction",
        ),
        ((*WANTED, "--out={}/a.csv"), 1, "end the name of a.csv in .json or .jsonl"),
        ((*WANTED[:2], "--system=x", "--out={}/a.json"), 1, "there is no system x"),
    ],
)
def test_wrong_input_is_told_in_one_sentence(
    arguments: tuple[str, ...], code: int, why: str, answered: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ended, _, said = cbt(answered, *(each.format(out) for each in arguments))
    assert (ended, why in said) == (code, True), said
    assert list(out.iterdir()) == []
