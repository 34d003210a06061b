"""`cbt prompt prototype` as a user runs it, without a terminal and on one."""

import json
import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from db.engine import Store
from db.tables import Question
from pipeline.prompts.library import find
from pipeline.settings import environment
from tests.model_server import Answer, ModelServer, model_server
from tests.pipeline.cli.prompt.test_prompt import cbt
from tests.pipeline.prototype.test_prototype import content


@pytest.fixture
def url(sqlite_store: Store) -> str:
    with sqlite_store.writing() as session:
        session.add(Question(source="forum", external_id="17", text="朋友不回消息了"))
    return f"sqlite:///{sqlite_store.name}"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server(lambda _asked: Answer(content())) as served:
        yield served


def asking(server: ModelServer) -> list[str]:
    return ["prototype", "cbt-zh", "--model", "strong", "--base-url", server.url]


def version(url: str) -> Any:
    prompts = json.loads(cbt("list", "--json", database=url)[1])["prompts"]
    return next(each for each in prompts if each["name"] == "cbt-zh")


def test_a_proposal_is_shown_with_how_to_accept_it(url: str, server: ModelServer) -> None:
    code, out, _ = cbt(*asking(server), database=url)
    assert code == 0
    assert out.startswith("──── question 17 of forum, drawn by seed 0\n朋友不回消息了\n")
    assert "[验证和共情]\n六年里" in out
    assert "to accept it: cbt prompt prototype cbt-zh --accept 1\n" in out
    assert version(url)["version"] == find(None, "cbt-zh").version
    code, out, _ = cbt("prototype", "cbt-zh", "--accept", "1", database=url)
    made = version(url)
    assert (code, out) == (0, f"accepted: proposal 1 is the example of cbt-zh@{made['version']}\n")
    assert made["example"]["model"] == "strong"
    assert made["current"]
    shown = cbt("show", "cbt-zh", database=url)[1]
    assert "朋友不回消息了" in shown
    assert ", its example by strong on 20" in shown
    assert ": question 17 of forum, drawn by seed 0\n" in shown


def test_a_machine_gets_the_proposal_and_a_rejected_one_is_asked_again(
    url: str, server: ModelServer
) -> None:
    found = json.loads(cbt(*asking(server), "--json", database=url)[1])
    assert (found["proposal"], found["known"], found["can_be_accepted"]) == (1, False, True)
    assert (found["question_id"], found["problems"]) == ("17", [])
    assert found["tokens_out"] == 50
    code, out, _ = cbt("prototype", "cbt-zh", "--reject", "1", "--json", database=url)
    assert (code, json.loads(out)) == (0, {"proposal": 1, "rejected": True})
    assert json.loads(cbt(*asking(server), "--json", database=url)[1])["proposal"] == 2


def test_a_bad_answer_is_shown_with_what_is_wrong(url: str) -> None:
    with model_server(lambda _asked: Answer(content(thought=""))) as server:
        code, out, _ = cbt(*asking(server), database=url)
    assert code == 0
    assert "wrong with it: " in out
    assert "so it cannot be an example; ask with another --seed" in out
    assert "to accept it" not in out


@pytest.mark.parametrize(
    "arguments", [[], ["--accept", "1", "--reject", "1"], ["--model", "m", "--anyway"]]
)
def test_what_is_not_asked_for_in_one_way_is_wrong_usage(url: str, arguments: list[str]) -> None:
    assert cbt("prototype", "cbt-zh", *arguments, database=url)[0] == 2


def test_a_server_that_fails_is_told_with_its_words(url: str) -> None:
    failing = Answer(status=501, body=b'{"error": {"message": "no such verb"}}')
    with model_server(lambda _asked: failing) as server:
        code, _, err = cbt(*asking(server), "--tries", "1", database=url)
    assert code == 1
    assert "failed with status 501; try again later (no such verb); nothing is proposed" in err


def test_a_person_on_a_terminal_says_yes(url: str, server: ModelServer) -> None:
    person, terminal = pty.openpty()
    arguments = [*asking(server), "--database", url]
    command = [sys.executable, "-m", "pipeline.cli.main", "prompt", *arguments]
    running = Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=Path(__file__).parents[4],
        env=environment(OPENAI_API_KEY="sk-secret", PYTHONUTF8="1"),
    )
    os.close(terminal)
    shown = b""
    while b"[later]" not in shown:  # a process that has ended makes the reading fail
        shown += os.read(person, 4096)
    assert version(url)["shipped"], "nothing is accepted before the answer"
    os.write(person, b"yes\n")
    assert running.wait(20) == 0
    shown += os.read(person, 65536)
    os.close(person)
    assert b"accepted: proposal 1 is the example of" in shown
    assert version(url)["example"]["by"] == "model"
    assert b"sk-secret" not in shown
