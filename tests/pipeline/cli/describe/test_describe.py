"""`cbt describe` as a user runs it: Tables 1 and 2, in words, as JSON, for LaTeX and drawn."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from db import responses
from db.base import Base
from db.engine import Store
from db.tables import Response, System
from pipeline.cli.main import main
from tests.pipeline.test_describe import AON, MIND, OVER, add_system, find


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ("describe", *arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def database(store: Store) -> str:
    """The option that names a store with two systems, of which one was searched."""
    with store.writing() as session:
        ids = add_system(session, "甲_1", ["慢慢来 🌱", "好", "一二三"])
        add_system(session, "other", ["一"])
        find(session, "lexicon", {ids[0]: [OVER, AON, "思维反刍"], ids[1]: [OVER, "贴标签"]})
        find(session, "lexicon", {ids[2]: []})
    return f"--database={store.engine.url.render_as_string(hide_password=False)}"


def test_the_object_has_what_scripts_rely_on(database: str) -> None:
    code, out, _ = cbt(database, "--json")
    found: dict[str, Any] = json.loads(out)
    assert (code, found["questions"]) == (0, 3)
    first, other = found["systems"]
    assert (first["system"], first["responses"]) == ("甲_1", 3)
    assert first["mean_characters"] == {
        "question": (3 + 6 + 9) / 3, "description": (4 + 12) / 2, "response": (5 + 1 + 3) / 3,
    }  # fmt: skip
    assert set(first["distorted"]) == {"value", "low", "high", "level", "method"}
    assert first["distorted"]["value"] == 2 / 3
    assert {id_: n for id_, n in first["distortions"].items() if n} == {
        AON: 1, OVER: 2, "labeling": 1,
    }  # fmt: skip
    assert {id_: n for id_, n in first["classes"].items() if n} == {AON: 1, OVER: 2, "others": 1}
    assert first["unknown_names"] == {"思维反刍": 1}
    assert first["labels_each"] == 5 / 2
    matrix = first["together"]
    row, column = (matrix["labels"].index(id_) for id_ in (AON, OVER))
    assert matrix["counts"][row][column] == matrix["counts"][column][row] == 1
    assert matrix["counts"][column][column] == 2
    assert matrix["counts"][matrix["labels"].index(MIND)][row] == 0
    assert other["distorted"]["code"] == "not_run"
    assert (other["detector"], other["distortions"]) == (None, {})
    assert (other["set_aside"], other["refused"], other["reasons"]) == (0, 0, {})
    assert other["generation"] is None


def test_a_person_reads_tables_1_and_2_and_what_could_not_be_counted(database: str) -> None:
    code, out, _ = cbt(database)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "questions: 3"
    assert lines[2] == "Table 1, characters responses questions question description response"
    assert lines[3] == "甲_1 3 3 6.0 8.0 3.0"
    assert "甲_1 2 of 3 66.7% 20.8% to 93.9% 2.50 lexicon" in lines
    assert "other - - - - not run" in lines
    assert "distortion 甲_1" in lines
    assert "overgeneralization 2 (100.0%)" in lines
    assert "Table 2 甲_1" in lines
    assert "Overgeneralization 2 (100.0%)" in lines
    assert "Catastrophizing 0" in lines
    assert "with both, 甲_1 1 2 3" in lines
    assert "2 overgeneralization 1 2 1" in lines
    assert (
        "甲_1: names that neither the codebook nor Table 2 has, so in no row: 思维反刍 (1)" in out
    )
    assert "other: no detector was run on these answers; 'cbt detect' runs one" in out
    assert "research only" in out


def test_latex_has_both_tables_with_names_as_they_are(database: str) -> None:
    code, out, _ = cbt(database, "--latex")
    assert code == 0
    assert out.count(r"\begin{tabular}") == 2
    assert r"甲\_1 & 3 & 3 & 6.0 & 8.0 & 3.0 & 66.7\% \\" in out
    assert r"distortion & 甲\_1 \\" in out
    assert r"Overgeneralization & 2 \\" in out
    _, as_json, _ = cbt(database, "--latex", "--json")
    assert json.loads(as_json)["latex"] == out.rstrip("\n")


def test_the_chart_is_the_same_file_twice(database: str, tmp_path: Path) -> None:
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for picture in pictures:
        assert cbt(database, "--picture", str(picture))[0] == 0
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    code, out, said = cbt(database, "--picture", str(tmp_path / "a.txt"))
    assert (code, out) == (1, "")
    assert "end its name with .svg, .png or .pdf" in said


def test_a_system_and_a_limit_can_be_asked_for(database: str) -> None:
    _, out, _ = cbt(database, "--system", "other", "--json")
    assert [each["system"] for each in json.loads(out)["systems"]] == ["other"]
    _, out, _ = cbt(database, "--system", "甲_1", "--limit", "2", "--json")
    assert json.loads(out)["systems"][0]["responses"] == 2
    code, _, said = cbt(database, "--system", "nobody")
    assert (code, said) == (1, "cbt: there is no system nobody; there are other, 甲_1\n")


def test_the_papers_counts_give_its_tables_1_and_2(sqlite_store: Store) -> None:
    # Table 2 at its full size, the labels dealt round the 12,136 answers that have any.
    table_2 = {AON: 7115, OVER: 7782, "emotional_reasoning": 742, "catastrophizing": 349,
               MIND: 345, "mental_filter": 2094}  # fmt: skip
    named = [name for name, n in table_2.items() for _ in range(n)]
    given: list[list[str]] = [[] for _ in range(22_327)]
    for place, name in enumerate(named):
        given[place % 12_136].append(name)
    lengths = {"question": 216, "description": 1689, "response": 5228}  # of ten texts together
    plant(sqlite_store, given, lengths)
    code, out, _ = cbt(f"--database=sqlite:///{sqlite_store.name}", "--json")
    found = json.loads(out)
    (gpt,) = found["systems"]
    assert (code, found["questions"], gpt["responses"]) == (0, 22_327, 22_327)
    means = {name: round(mean, 1) for name, mean in gpt["mean_characters"].items()}
    assert means == {"question": 21.6, "description": 168.9, "response": 522.8}
    assert (gpt["with_distortion"], round(gpt["distorted"]["value"], 3)) == (12_136, 0.544)
    assert gpt["classes"] == {
        AON: 7115, OVER: 7782, "emotional_reasoning": 742, "catastrophizing": 349, MIND: 345,
        "others": 2094,
    }  # fmt: skip
    assert (gpt["labels"], round(gpt["labels_each"], 2)) == (18_427, 1.52)


def plant(store: Store, given: list[list[str]], lengths: dict[str, int]) -> None:
    """Add one answer for each of the label sets; ten texts in a row have these lengths together."""

    def text(kind: str, number: int) -> str:
        return "字" * (lengths[kind] // 10 + (number % 10 < lengths[kind] % 10))

    tables = Base.metadata.tables
    with store.writing() as session:
        session.add(System(name="GPT", kind="api"))
        session.flush()
        ids = range(1, len(given) + 1)
        questions = [
            {"source": "q", "external_id": str(n), "text": text("question", n), "keywords": [],
             "tags": [], "description": text("description", n)}
            for n in ids
        ]  # fmt: skip
        session.execute(insert(tables["question"]), questions)
        responses.add(
            session,
            ({"question_id": n, "system_id": 1, "text": text("response", n)} for n in ids),
        )
        find(session, "import:GPT", dict(zip(ids, given, strict=True)))


def test_answers_that_are_set_aside_or_refused_are_told_with_the_reasons(
    database: str, store: Store
) -> None:
    with store.writing() as session:
        found = session.scalars(select(Response).order_by(Response.id)).all()
        found[0].status, found[0].reason = "set_aside", "cut_off: ends in the middle"
        found[1].status, found[1].reason = "refused", "filtered: was kept back"
    _, out, _ = cbt(database)
    assert (
        "甲_1: left out of all of this: 1 answer set aside, 1 refused: cut_off (1), filtered (1);"
        " 'cbt responses list' shows them"
    ) in out
    assert "other: left out of all of this" not in out
