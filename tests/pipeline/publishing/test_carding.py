"""A card tells what a model is and may not do, and nothing of whoever wrote it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import metric_scores, questions, responses, runs, systems
from db.engine import Store
from db.errors import AlreadyKnown, ModelRejected, NotKnown
from db.licences import KEY, PSYQA, STAGE, TERMS
from db.tables import Question
from models.adapters import MANIFEST, Base, Data, Manifest, as_text
from models.records import asked_hash
from pipeline.publishing import carding
from pipeline.publishing.carding import CARD, Carding
from tests.tiny_models import INSTRUCTION

TOLD = Manifest(
    base=Base("baichuan-7b", "baichuan-inc/Baichuan-7B", "/home/somebody/baichuan", "ab" * 32),
    template="default",
    data=Data("train.json", "cd" * 32, 20_094, {"too_long": 7}, 0, "paper", "train", "gpt",
              INSTRUCTION),
    trained_on=("0123456789abcdef",),
    settings={"learning_rate": 5e-5, "schedule": "cosine", "epochs": 3, "targets": ["q", "v"]},
    versions={"torch": "2.13.0"},
    seed=0,
    steps=3_768,
    tokens=36_000_000,
    loss_first=2.5,
    loss_last=1.25,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An adapter's folder, as far as a card reads it."""
    found = tmp_path / "cbt-llm-baichuan"
    found.mkdir()
    (found / "adapter_config.json").write_text("{}", "utf-8")
    (found / MANIFEST).write_text(as_text(TOLD), "utf-8")
    return found


def head(text: str) -> list[str]:
    """Return the lines between the first two lines of three dashes."""
    assert text.startswith("---\n")
    return text.split("---\n")[1].splitlines()


def scored(store: Store, values: Mapping[str, float]) -> None:
    """Put two scored answers of the system cbt-llm into the store, to questions of PsyQA."""
    with store.writing() as session:
        run = runs.start(session, stage=STAGE, configuration={KEY: PSYQA, "source": "psyqa"})
        empty: dict[str, Any] = {"description": None, "keywords": [], "tags": []}
        row = {"source": "psyqa", "content_hash": None, "run_id": run.id, **empty}
        questions.add(session, [{**row, "external_id": f"q{n}", "text": "问"} for n in (1, 2)])
        system = systems.find_or_add(session, name="cbt-llm", kind="local")
        ids = questions.ids_of_source(session, source="psyqa").values()
        answers = [{"question_id": id_, "system_id": system.id, "text": "答"} for id_ in ids]
        responses.add(session, answers)
        known = responses.ids_of_system(session, system_id=system.id).values()
        metric_scores.add(
            session,
            [
                {
                    "response_id": id_,
                    "reference_id": None,
                    "metric": metric,
                    "signature": f"{metric}|v1",
                    "value": value + n,
                    "statistics": None,
                    "run_id": run.id,
                }
                for n, id_ in enumerate(known)
                for metric, value in values.items()
            ],
        )


def test_a_card_has_the_hubs_head_the_recipe_the_limits_and_no_paths(folder: Path) -> None:
    done = carding.run(None, Carding(folder))
    text = (folder / CARD).read_text("utf-8")
    assert done.path == str(folder / CARD)
    assert done.telling == (MANIFEST,)  # which still tells where the base stands
    assert 'base_model: "baichuan-inc/Baichuan-7B"' in head(text)
    assert {"base_model_relation: adapter", "library_name: peft", "- lora"} <= set(head(text))
    for wanted in (
        "# cbt-llm-baichuan", "For research only", "仅供研究使用", "| learning rate | 5e-05 |",
        "| LoRA targets | q, v |", "20,094 rows, subset train of the split paper", "cd" * 32,
        INSTRUCTION, "acute danger", "those of PsyQA allow research", "Left out: too_long 7.",
        "Baichuan-7B Model License",
    ):  # fmt: skip
        assert wanted in text
    for unwanted in ("/home", "somebody", str(folder.parent), "0123456789abcdef", "Scores of"):
        assert unwanted not in text


def test_a_card_tells_scores_with_intervals_and_the_terms_of_the_questions(
    sqlite_store: Store, folder: Path
) -> None:
    scored(sqlite_store, {"rouge-l": 0.25, "length": 500.0})
    done = carding.run(sqlite_store, Carding(folder, system="cbt-llm", name="CBT-LLM"))
    text = (folder / CARD).read_text("utf-8")
    assert (done.scores, done.terms) == (2, 1)
    assert "## Scores of cbt-llm" in text
    (rouge,) = [line for line in text.splitlines() if line.startswith("| ROUGE-L |")]
    assert rouge.startswith("| ROUGE-L | 0.750 |")
    assert rouge.endswith("| 2 | - | `rouge-l|v1` |".replace("l|v", "l\\|v"))
    assert f"- psyqa: {TERMS[PSYQA]}" in text
    assert "No interval (-): 2 questions are too few for a 95% interval, 6 would be enough." in text
    assert "Intervals:" not in text


def test_a_share_has_the_interval_that_the_command_tells(sqlite_store: Store, folder: Path) -> None:
    scored(sqlite_store, {"five-parts": 0.0})
    carding.run(sqlite_store, Carding(folder, system="cbt-llm"))
    text = (folder / CARD).read_text("utf-8")
    assert "| 0.500 | 0.095 to 0.905 | 2 |" in text
    assert "Intervals: Wilson score." in text


def test_scores_of_what_the_model_learned_from_are_left_out(
    sqlite_store: Store, folder: Path
) -> None:
    scored(sqlite_store, {"rouge-l": 0.25})
    with sqlite_store.writing() as session:
        question = session.scalars(select(Question).order_by(Question.id)).first()
        assert question is not None
        question.text, question.description = "我很累", "睡不着。"
    learned = replace(TOLD, trained_on=(asked_hash("我很累睡不着。"),))
    (folder / MANIFEST).write_text(as_text(learned), "utf-8")
    done = carding.run(sqlite_store, Carding(folder, system="cbt-llm"))
    text = (folder / CARD).read_text("utf-8")
    assert done.scores == 1
    assert "| ROUGE-L | 1.250 | - | 1 |" in text
    assert "Left out are scored answers to passages that the model was trained on: 1." in text


def test_a_system_without_scores_is_told_and_nothing_is_written(
    sqlite_store: Store, folder: Path
) -> None:
    scored(sqlite_store, {})
    with pytest.raises(NotKnown, match="cbt-llm has no scores; run 'cbt score"):
        carding.run(sqlite_store, Carding(folder, system="cbt-llm"))
    assert not (folder / CARD).exists()


def test_a_card_that_a_person_wrote_stays_and_an_empty_form_is_replaced(folder: Path) -> None:
    card = folder / CARD
    card.write_text("# Model Card for Model ID\n", "utf-8")  # as peft leaves it
    carding.run(None, Carding(folder))
    carding.run(None, Carding(folder, name="again"))
    assert "# again" in card.read_text("utf-8")
    card.write_text("mine", "utf-8")
    with pytest.raises(AlreadyKnown, match="somebody wrote it; add --replace"):
        carding.run(None, Carding(folder))
    assert card.read_text("utf-8") == "mine"
    carding.run(None, replace(Carding(folder), replace=True))
    assert "# cbt-llm-baichuan" in card.read_text("utf-8")


def test_a_folder_that_nothing_is_known_of_gets_no_card(tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match="neither an adapter of 'cbt train' nor a model"):
        carding.run(None, Carding(tmp_path))
