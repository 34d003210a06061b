"""Answers that a user gives to the datasheet's questions."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import FileRejected
from pipeline.report.datasheet import answers, questions

CRITERIA = {"relevance": "Relevance", "好懂": "好懂"}
KEYS = questions.keys("rating", list(CRITERIA))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_toml_and_json_say_the_same_and_an_empty_answer_is_none(tmp_path: Path) -> None:
    toml = written(
        tmp_path / "a.toml",
        'paper = "https://example.org"\nfunding = ""\n[standard_name]\n"好懂" = "Clarity"\n',
    )
    same = {"paper": "https://example.org", "standard_name": {"好懂": " Clarity\n"}}
    json_file = written(tmp_path / "a.json", json.dumps(same))
    wanted = {("paper", ""): "https://example.org", ("standard_name", "好懂"): "Clarity"}
    assert answers.read(toml, known=KEYS) == wanted
    assert answers.read(json_file, known=KEYS) == wanted


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.toml", 'papers = "x"', "has no field papers; the fields are paper, experiment"),
        ("a.toml", '[standard_name]\nclarity = "x"', "no criterion clarity; the criteria are rele"),
        ("a.toml", 'standard_name = "x"', "standard_name: it is asked of each criterion"),
        ("a.toml", '[paper]\nrelevance = "x"', "paper is asked once, not of each criterion"),
        ("a.toml", "payment = 12", "the answer to payment is no text"),
        ("a.toml", 'paper = "x', "a.toml is no TOML file"),
        ("a.json", '{"paper": ', "a.json is no JSON file"),
        ("a.json", '["paper"]', "a.json holds a list"),
        ("a.toml", "# nothing", "a.toml holds no answer"),
        ("a.txt", "paper", "a.txt is neither .toml nor .json"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence(
    name: str, text: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(FileRejected) as refused:
        answers.read(written(tmp_path / name, text), known=KEYS)
    assert why in refused.value.message


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="cannot be read"):
        answers.read(tmp_path / "none.toml", known=KEYS)
    (tmp_path / "a.toml").write_bytes('paper = "论文"'.encode("gb18030"))
    with pytest.raises(FileRejected, match="not UTF-8"):
        answers.read(tmp_path / "a.toml", known=KEYS)


@given(st.dictionaries(st.sampled_from(KEYS), TEXTS), st.dictionaries(st.sampled_from(KEYS), TEXTS))
def test_the_file_to_fill_in_gives_back_the_answers_that_it_was_made_from(
    tmp_path_factory: pytest.TempPathFactory,
    said: dict[questions.Key, str],
    told: dict[questions.Key, str],
) -> None:
    sheet = questions.filled("a\nb", "rating", CRITERIA, told=told, said=said)
    path = tmp_path_factory.getbasetemp() / "answers.toml"
    path.write_text(answers.template(sheet), "utf-8", newline="")
    assert answers.read(path, known=KEYS) == said


def test_the_file_to_fill_in_asks_every_question_and_shows_what_the_store_says() -> None:
    sheet = questions.filled("pilot", "rating", CRITERIA, told={("raters", ""): "5"}, said={})
    lines = answers.template(sheet).splitlines()
    assert "# How many raters are there? (HEDS 3.2.1, GRRAS 6, GRRAS 11)" in lines
    assert lines[lines.index('raters = ""') - 1] == "# The store says: 5"
    assert '"好懂" = ""' in lines
    assert {f"{field} = {json.dumps('')}" for field, of in KEYS if not of} <= set(lines)
