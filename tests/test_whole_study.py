"""A whole study in one go, by the commands a researcher types and the desk's own save."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from annotate_app.services import judging, rating, sign_in
from annotate_app.services.judging import Asked
from db import people
from db.engine import Store
from db.judgements import NewJudgement
from pipeline.cli.main import main
from pipeline.demo.commands import HERE
from tests.outside_server import OutsideServer

STUDY = "paper"
TAUGHT, OURS, SERVED = "demo-five-part", "cbt-llm", "served"
RATERS = ("anna", "ben")
PASSWORD = "a long enough one"
TRAINING = ("--epochs", "2", "--learning-rate", "0.01", "--batch", "2", "--accumulation", "1")
TRAINING += ("--lora-rank", "16", "--max-tokens", "1500", "--limit", "4")

METRICS = ("--metric", "bleu", "--metric", "chrf", "--metric", "meteor")

Cbt = Callable[..., dict[str, Any]]


@pytest.fixture
def cbt(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cbt:
    """Run a command on the store and return the object that it prints."""
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    monkeypatch.setenv("CBT_DATABASE_URL", f"sqlite:///{sqlite_store.name}")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def run(*words: str | Path, typed: str | None = None) -> dict[str, Any]:
        result = CliRunner().invoke(main, [*map(str, words), "--json"], input=typed)
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    return run


def keep_all(cbt: Cbt, system: str) -> None:
    """Keep the answers that the gate set aside: models this small say little."""
    listed = cbt("responses", "list", "--system", system)["responses"]
    ids = [each["question_id"] for each in listed if each["status"] == "set_aside"]
    if ids:
        cbt("responses", "keep", "--system", system, *(f"--question={id_}" for id_ in ids))


def rate_all(store: Store, username: str, *, scores: tuple[int, int]) -> None:
    """Rate each item of the study at the desk: long answers with the second score."""
    token = sign_in.sign_in(store, username=username, password=PASSWORD, address="here")
    with store.reading() as session:
        person = people.find(session, username=username)
    assert person is not None
    package = rating.package(store, person_id=person.id, study=STUDY)
    places = {"person_id": person.id, "study": STUDY, "owner": package.owner}
    for position in range(1, package.total + 1):
        (item,) = rating.items(store, positions=[position], **places)
        score = scores[len(item.answer) > 40]
        values = {criterion.id: score for criterion in package.criteria["en"]}
        new = NewJudgement(values, token=item.code)
        with store.writing() as session:
            judging.keep(session, Asked(token, package.owner, item.code, 0, new))


def import_everything(cbt: Cbt) -> None:
    cbt("import", "questions", HERE / "questions.json", "--source", "demo")
    cbt("import", "responses", HERE / "responses-five-part.jsonl", "--system", TAUGHT)
    for name in RATERS:
        cbt("people", "add", "--username", name, "--role", "rater", typed=PASSWORD)


def test_a_study_goes_from_questions_to_its_report(
    cbt: Cbt, sqlite_store: Store, outside: OutsideServer, tiny_qwen2: Path, tmp_path: Path
) -> None:
    import_everything(cbt)
    split = cbt("split", "--name", "paper", "--test", "0.2", "--seed", "7")
    assert (split["train"], split["test"]) == (41, 10)
    test = ("--split", "paper", "--subset", "test")

    asked = ("--model", outside.model, "--base-url", outside.url, "--answer-tokens", "24")
    generated = cbt("generate", "--system", SERVED, *asked, *test)
    # It is a model of noise: what the gate sets aside, a person keeps for this test's study.
    assert generated["answered"] + generated["set_aside"] == generated["planned"] > 0
    keep_all(cbt, SERVED)

    data, adapter = tmp_path / "train.json", tmp_path / "adapter"
    train = ("--split", "paper", "--subset", "train", "--system", TAUGHT, "--out", data)
    exported = cbt("export", "instructions", *train)
    assert len(json.loads(data.read_text("utf-8"))) == exported["rows"] > 12
    trained = cbt("train", "--data", data, "--backbone", tiny_qwen2, "--out", adapter, *TRAINING)
    assert trained["loss_last"] < trained["loss_first"]
    taught = json.loads((adapter / "cbt_manifest.json").read_text("utf-8"))["trained_on"]
    assert len(taught) == 4

    answering = ("--adapter", adapter, "--answer-tokens", "48", *test)
    inferred = cbt("infer", "--system", OURS, *answering)
    assert inferred["answered"] + inferred["set_aside"] == inferred["planned"] > 0
    assert cbt("infer", "--system", OURS, *answering)["planned"] == 0
    keep_all(cbt, OURS)

    systems = ("--system", OURS, "--system", SERVED)
    scored = cbt("score", *systems, "--reference", TAUGHT, *METRICS, *test)
    assert {each["system"] for each in scored["systems"]} == {OURS, SERVED}

    cbt("study", "create", "--name", STUDY, "--systems", f"{OURS},{SERVED}", *test, "--seed", "3")
    cbt("study", "open", STUDY)
    rate_all(sqlite_store, "anna", scores=(0, 2))
    rate_all(sqlite_store, "ben", scores=(1, 2))
    cbt("study", "close", STUDY)
    cbt("study", "unblind", STUDY)
    report = tmp_path / "report"
    cbt("report", "--study", STUDY, "--out", report)
    means = table(report, "t5")
    assert {row["system"]: float(row["relevance"]) for row in means}[OURS] == 2.0
    shown = {row["metric"].partition(",")[0]: row for row in table(report, "t4")}
    assert len(shown) == len(scored["metrics"]) == 3
    for metric in scored["metrics"].values():
        for each in metric["systems"]:
            told = float(shown[metric["title"]][each["system"]])
            assert told == pytest.approx(each["value"], abs=1e-12)
    assert "cbt-llm" in (report / "report.html").read_text("utf-8")


def table(report: Path, name: str) -> list[dict[str, str]]:
    with (report / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
