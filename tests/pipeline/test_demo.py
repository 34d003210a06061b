import json
from collections import Counter
from pathlib import Path

import pytest

import pipeline
from pipeline import scan

FOLDER = Path(pipeline.__path__[0]) / "demo"
SYSTEMS = ("five-part", "kind", "weak")
PARTS = ["validation", "thought", "challenge", "strategy", "encouragement"]
SHARED = 15


def answers(system: str) -> dict[str, dict[str, str]]:
    lines = (FOLDER / f"responses-{system}.jsonl").read_text("utf-8").splitlines()
    return {answer["question_id"]: answer for answer in map(json.loads, lines)}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, str]]:
    loaded: list[dict[str, str]] = json.loads((FOLDER / "questions.json").read_text("utf-8"))
    return loaded


def test_the_demo_is_worth_looking_at(questions: list[dict[str, str]]) -> None:
    languages = Counter(question["language"] for question in questions)
    topics = {tag for question in questions for tag in question["tags"]}
    hard = sum("danger" in question["tags"] for question in questions)
    assert languages["zh"] >= 40
    assert languages["en"] >= 8
    assert topics >= {"work", "study", "family", "love", "sleep", "grief", "social_fear"}
    assert topics >= {"self_worth", "danger"}
    assert 3 <= hard <= 12


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_question_has_an_answer_of_300_to_700_characters(
    questions: list[dict[str, str]], system: str
) -> None:
    given = answers(system)
    assert given.keys() == {question["questionID"] for question in questions}
    lengths = {key: len(answer["response"]) for key, answer in given.items()}
    assert {key: n for key, n in lengths.items() if not 300 <= n <= 700} == {}


def test_every_text_says_that_it_was_written_for_this_project(
    questions: list[dict[str, str]],
) -> None:
    origins = {question["origin"] for question in questions}
    origins |= {answer["origin"] for system in SYSTEMS for answer in answers(system).values()}
    (origin,) = origins
    assert "written for cbt-annotate" in origin


def test_the_full_answers_are_their_five_parts_in_order() -> None:
    for answer in answers("five-part").values():
        parts: dict[str, str] = answer["parts"]  # type: ignore[assignment]
        assert list(parts) == PARTS
        assert "\n\n".join(parts.values()) == answer["response"]


def test_no_two_answers_share_fifteen_characters_in_a_row() -> None:
    seen: dict[str, tuple[str, str]] = {}
    shared = []
    for system in SYSTEMS:
        for key, answer in answers(system).items():
            text = answer["response"]
            for start in range(len(text) - SHARED + 1):
                run = text[start : start + SHARED]
                if seen.setdefault(run, (system, key)) != (system, key):
                    shared.append((system, key, run))
    assert shared == []


def test_no_answer_names_a_system_and_no_text_tells_who_someone_is(
    questions: list[dict[str, str]],
) -> None:
    texts = [answer["response"] for system in SYSTEMS for answer in answers(system).values()]
    assert [found for text in texts for found in scan.names_a_system(text)] == []
    texts += [question["question"] + question["description"] for question in questions]
    assert [found for text in texts for found in scan.identifies_a_person(text)] == []
