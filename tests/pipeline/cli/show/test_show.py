"""`cbt show`, as a person and a script see it."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from db.engine import Store
from db.tables import MetricScore, Response
from pipeline.cli.columns import width
from pipeline.cli.main import main
from pipeline.settings import colour_wanted, environment
from tests.annotate_app import rated_study
from tests.annotate_app.rated_study import STUDY

NAMES = rated_study.SYSTEMS
STYLE = re.compile(r"\x1b\[[\d;]*m")
ANSWER = "1. 共情：听起来很难。\n2. 策略：写下担心的事。"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Store:
    """The store of the study "rated", whose first answer has scores and steers a terminal."""
    from db.engine import connect

    path = tmp_path_factory.mktemp("shown") / "store.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    store = connect(f"sqlite:///{path}")
    rated_study.make(store)
    with store.writing() as session:
        first, second, _, other = session.scalars(select(Response).order_by(Response.id).limit(4))
        first.text = f"{ANSWER}\x1b[2J"
        second.status, second.reason = "set_aside", "harmful: it gives a dose"
        session.add(MetricScore(response_id=first.id, reference_id=other.id, metric="bleu",
                                signature="bleu|tok:zh", value=31.4567))  # fmt: skip
    return store


@pytest.fixture
def cbt(told: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CBT_DATABASE_URL", str(told.engine.url))
    monkeypatch.setenv("COLUMNS", "70")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["show", *arguments])

    return run


def test_a_question_is_told_in_words_alone_where_nobody_sees_colours(cbt: Any) -> None:
    said = cbt("q1").stdout
    assert "question q1 of s" in said
    assert "▌ Validation and empathy\n▌ 听起来很难。" in said
    assert "▌ Strategy or insight" in said
    assert "not found in it: key thought or belief" in said
    assert "set aside: harmful: it gives a dose; --set-aside shows it" in said
    assert f"bleu 31.46 against {NAMES[1]}" in said
    assert "for research only" in said
    assert "\x1b" not in said
    assert max(map(width, said.splitlines())) <= 70


def test_answers_stand_beside_each_other_where_they_fit(
    cbt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = cbt("q2").stdout.splitlines()
    (names,) = (line for line in lines if NAMES[0] in line)
    assert names.index(NAMES[1]) == 61
    assert max(map(width, lines)) <= 120


def test_json_has_it_all_unrounded(cbt: Any) -> None:
    found = json.loads(cbt("q1", "--json", "--set-aside").stdout)
    first, second = found["answers"]
    assert (found["question"]["source"], found["question"]["id"]) == ("s", "q1")
    assert first["text"] == f"{ANSWER}\x1b[2J"
    assert [each["part"] for each in first["parts"] if each["part"]] == ["validation", "strategy"]
    assert "".join(each["text"] for each in first["parts"]) == first["text"]
    assert first["scores"] == [
        {"metric": "bleu", "signature": "bleu|tok:zh", "value": 31.4567, "reference": NAMES[1]}
    ]
    assert (second["status"], second["reason"]) == ("set_aside", "harmful: it gives a dose")
    assert found["study"] is None


def test_ratings_come_by_code_with_pseudonyms_and_no_name(cbt: Any) -> None:
    said = cbt("q3", "--study", STUDY).stdout
    assert rated_study.CANARY not in said
    assert re.search(r"relevance \d\.\d\d \(0 to 2, n = 3\)", said)
    assert len(re.findall(r"P-\w{4} [012]", said)) == 2 * 3 * 3
    assert "'cbt study unblind rated'" in said
    assert "its ratings are preliminary" in said
    found = json.loads(cbt("q3", "--study", STUDY, "--json").stdout)
    assert rated_study.CANARY not in json.dumps(found["answers"])
    for criterion in found["answers"][0]["ratings"]:
        given = [each["value"] for each in criterion["raters"]]
        assert criterion["mean"] == {"value": sum(given) / 3, "n": 3}


def test_a_text_finds_questions_and_a_lot_draws_one_of_them(cbt: Any) -> None:
    listed = cbt("--search", "第 1").stdout.splitlines()
    assert listed[0] == "4 questions found"
    assert listed[1] == "  q1 of s  第 1 个问题"
    assert "0 questions found" in cbt("--search", "%").stdout
    found = json.loads(cbt("--search", "第 12", "--sample", "--seed", "4", "--json").stdout)
    assert (found["question"]["id"], found["seed"]) == ("q12", 4)
    assert json.loads(cbt("--search", "第 12", "--json").stdout)["count"] == 1


def test_a_page_holds_the_same_and_nothing_of_an_answer_is_markup(cbt: Any, tmp_path: Path) -> None:
    path = tmp_path / "case.html"
    assert cbt("q1", "--html", str(path)).exit_code == 0
    said = path.read_text("utf-8")
    assert '<p class="eyebrow">Case study</p>' in said
    assert '<div class="part validation">' in said
    assert f"31.46 against {NAMES[1]}" in said
    assert "&lt;b&gt;*one*&lt;/b&gt;" in said
    assert "<b>*one*" not in said
    assert "Set aside: harmful: it gives a dose" in said
    blinded = tmp_path / "blinded.html"
    assert cbt("q3", "--study", STUDY, "--html", str(blinded)).exit_code == 0
    assert rated_study.CANARY not in blinded.read_text("utf-8")
    refused = cbt("q1", "--html", str(tmp_path / "none" / "case.html"))
    assert refused.exit_code == 1
    assert "none" in refused.stderr


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ((), 2, "name a question, or give one of --item, --sample and --search"),
        (("q1", "--sample"), 2, "name a question"),
        (("q99",), 1, "cbt: there is no question q99; 'cbt show --search TEXT' finds one"),
        (("q1", "--study", "none"), 1, "cbt: there is no study none; there are rated"),
        (("q1", "--study", STUDY, "--system", NAMES[0]), 1, "by code, until it is unblinded"),
    ],
)
def test_what_cannot_be_shown_is_said(
    cbt: Any, asked: tuple[str, ...], code: int, said: str
) -> None:
    done = cbt(*asked)
    assert done.exit_code == code
    assert said in done.stderr


def on_a_terminal(told: Store) -> str:
    """What the command writes on a real terminal."""
    ours, theirs = pty.openpty()
    url = str(told.engine.url)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli.main", "show", "q1"],
        stdout=theirs,
        env=environment(CBT_DATABASE_URL=url, COLUMNS="70", TERM="xterm", NO_COLOR=""),
    )
    os.close(theirs)
    said = b""
    try:
        while some := os.read(ours, 65_536):
            said += some
    except OSError:  # the terminal's other end is closed
        pass
    os.close(ours)
    assert process.wait(30) == 0
    return said.decode().replace("\r\n", "\n")


def test_on_a_terminal_the_parts_have_their_colours_and_answers_steer_nothing(
    told: Store, cbt: Any
) -> None:
    coloured = on_a_terminal(told)
    assert "\x1b[1;32mValidation and empathy\x1b[0m" in coloured
    assert "\x1b[34m▌\x1b[0m 写下担心的事。" in coloured
    assert STYLE.sub("", coloured) == cbt("q1").stdout


def test_colours_are_switched_off_by_the_usual_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for no_color, wanted in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", no_color)
        assert colour_wanted() is wanted
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert not colour_wanted()
