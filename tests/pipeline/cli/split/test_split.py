"""`cbt split` as a user runs it."""

import json

import pytest
from click.testing import CliRunner

from db.engine import Store
from db.tables import Question
from pipeline.cli.main import main


def cbt(store: Store, *arguments: str) -> tuple[int, str, str]:
    database = f"--database={store.engine.url.render_as_string(hide_password=False)}"
    done = CliRunner().invoke(main, ["split", database, *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def asked(sqlite_store: Store) -> Store:
    with sqlite_store.writing() as session:
        titles = [f"第{number}个问题" for number in range(29)] + ["第3个问题？"]
        session.add_all(
            Question(source="forum", external_id=f"{place:02}", text=title, keywords=["生活"])
            for place, title in enumerate(titles)
        )
    return sqlite_store


def test_a_person_reads_the_subsets_and_what_came_in_since(asked: Store) -> None:
    code, out, _ = cbt(asked, "--name", "cbt", "--seed", "1", "--stratify", "keyword")
    assert code == 0
    assert out.splitlines() == [
        "split cbt, seed 1: 30 questions drawn",
        "  train  27  90.00%",
        "  test    3  10.00%",
        "2 questions have the text of another one (1 text); each text is in one subset",
        "",
        "keyword  train  test",
        "生活        27     3",
    ]
    with asked.writing() as session:
        session.add(Question(source="forum", external_id="new", text="新来的"))
    same = ("--name", "cbt", "--seed", "1", "--stratify", "keyword")
    _, out, _ = cbt(asked, *same)
    assert "split cbt, seed 1: 30 questions known" in out
    assert "not in it, as they came in since: 1 question; --extend puts them" in out
    _, out, _ = cbt(asked, *same, "--extend")
    assert "split cbt, seed 1: 30 questions known, 1 added" in out


def test_a_machine_reads_the_contract(asked: Store) -> None:
    code, out, _ = cbt(asked, "--name=cbt", "--test=0.2", "--validation=0.1", "--json")
    found = json.loads(out)
    assert (code, found["train"], found["validation"], found["test"]) == (0, 21, 3, 6)
    assert (found["seed"], found["added"], found["known"]) == (0, 30, 0)
    code, out, _ = cbt(asked, "--list", "--json")
    (listed,) = json.loads(out)["splits"]
    assert listed["subsets"] == {"train": 21, "validation": 3, "test": 6}
    assert listed["same_texts"] == {"texts": 1, "questions": 2}


def test_splits_are_listed(asked: Store) -> None:
    assert "there is no split yet" in cbt(asked, "--list")[1]
    cbt(asked, "--name=cbt", "--source=forum", "--stratify=danger")
    line = cbt(asked, "--list")[1].splitlines()[1]
    assert line.startswith("cbt    forum, by danger  ")
    assert line.endswith("0     train 27, test 3")
    code, _, said = cbt(asked, "--list", "--name=other")
    assert (code, said) == (
        1,
        "cbt: there is no split other; 'cbt split --list' shows those there are\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["--name=x", "--test=0"], 2, "'0' is not a share between 0 and 1, for example 0.1"),
        (["--name=x", "--test=nan"], 2, "'nan' is not a share"),
        (["--name=x", "--test=1e999"], 2, "'1e999' is not a share"),
        (["--name=x", "--test=ten"], 2, "'ten' is not a share"),
        (["--name=x", "--test=0.5", "--validation=0.5"], 2, "leave nothing to train on"),
        (["--name=x", "--detector=d"], 2, "--detector needs --stratify distortions"),
        (["--test=0.5"], 2, "give --name NAME, or --list"),
        (["--name= "], 1, "a split needs a name"),
        (["--name=x", "--test=0.001"], 1, "is none for test"),
        (["--name=x", "--source=y"], 1, "there is no source y; there is forum"),
    ],
)
def test_wrong_input_is_told_in_one_sentence(
    arguments: list[str], code: int, why: str, asked: Store
) -> None:
    ended, _, said = cbt(asked, *arguments)
    assert (ended, why in said) == (code, True), said
    assert "there is no split yet" in cbt(asked, "--list")[1]
