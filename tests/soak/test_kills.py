"""Kill commands at random moments: what was committed stays, the rest is as if never begun."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db import verify
from db.engine import Store, connect
from db.tables import Question, Response

QUESTIONS = 1_500


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often to kill: a sample in `make test`, many times in `make soak`."""
    return 100 if request.config.getoption("--soak") else 4


@pytest.fixture
def questions_file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.json"
    records = [
        {
            "questionID": n,
            "question": f"第{n}个问题，最近总是睡不着",
            "description": "躺下以后脑子停不下来。" * 15,
            "keywords": "睡眠,焦虑",
            "answers": [{"answer_text": f"第{n}个回答。" + "慢慢来，先照顾好自己。" * 40}],
        }
        for n in range(QUESTIONS)
    ]
    path.write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    return path


def held(store: Store) -> tuple[int, int]:
    with store.reading() as session:
        questions = session.scalar(select(func.count(Question.id))) or 0
        responses = session.scalar(select(func.count(Response.id))) or 0
    return questions, responses


def test_an_import_killed_at_any_moment_is_whole_or_absent(
    questions_file: Path, tmp_path: Path, kills: int
) -> None:
    moments = random.Random(20240324)  # noqa: S311
    whole = (QUESTIONS, QUESTIONS)
    for n in range(kills):
        path = tmp_path / f"store-{n}.sqlite"
        url = f"sqlite:///{path}"
        command = [sys.executable, "-m", "pipeline.cli.main", "import", "questions"]
        importing = subprocess.Popen(
            [*command, str(questions_file), "--database", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.2, 1.6))
        importing.send_signal(signal.SIGKILL)
        importing.wait()

        again = subprocess.run(
            [*command, str(questions_file), "--database", url, "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        counted = json.loads(again.stdout)
        assert counted["added"] in {0, QUESTIONS}, "the killed import was whole or absent"
        assert counted["added"] + counted["known"] == QUESTIONS
        store = connect(url)
        assert held(store) == whole
        assert verify.run(store).problems == []
        store.engine.dispose()
