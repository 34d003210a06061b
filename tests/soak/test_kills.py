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
from db.account_tables import Person
from db.engine import Store, connect
from db.tables import Assignment, Event, Item, Judgement, Question, Response, Study

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


SAVING = """
import asyncio
import sys
from annotate_app.services.judging import Asked
from annotate_app.services.saving import Saver
from db import people, sign_ins
from db.engine import connect
from db.judgements import NewJudgement

async def save(saver, sign_in, owner, code):
    new = NewJudgement(values={"relevance": 1}, token=f"token of {code}")
    await saver.save(Asked(sign_in=sign_in, owner=owner, item=code, base=0, new=new))
    sys.stdout.write(f"{code}\\n")
    sys.stdout.flush()

async def save_all(saver, codes, **who):
    for first in range(0, len(codes), 4):
        await asyncio.gather(*(save(saver, code=code, **who) for code in codes[first : first + 4]))

store = connect(sys.argv[1])
with store.writing() as session:
    sign_in = sign_ins.begin(session, person_id=1)
    owner = people.owner(people.browser_key(session, person_id=1))
asyncio.run(save_all(Saver(store), sys.argv[2].split(","), sign_in=sign_in, owner=owner))
"""
SAVES_BEFORE_A_KILL = 40  # more than a run of the above ever gets to


@pytest.fixture
def study_of_items(sqlite_store: Store, kills: int) -> tuple[Store, list[str]]:
    """An open study of many items for one rater, and the items' codes in the rater's order."""
    codes = [f"I{n:05d}" for n in range(kills * SAVES_BEFORE_A_KILL)]
    criterion = {"id": "relevance", "levels": [{"value": value} for value in (0, 1, 2)]}
    frozen = {"guidelines": {}, "design": {}, "analysis": {}, "seed": 1}
    with sqlite_store.writing() as session:
        study = Study(
            name="s", kind="rating", origin="local", status="open", criteria=[criterion], **frozen
        )
        question = Question(source="s", external_id="1", text="睡不着怎么办", description="")
        rater = Person(pseudonym="P-AAAA", username="li", roles=["rater"])
        session.add_all([study, question, rater])
        session.flush()
        session.add(Event(kind="opened", study_id=study.id))
        items = [Item(study_id=1, code=code, question_id=1) for code in codes]
        session.add_all(items)
        session.flush()
        session.add_all(
            Assignment(study_id=1, item_id=item.id, person_id=1, position=place)
            for place, item in enumerate(items, 1)
        )
    return sqlite_store, codes


def test_a_judgement_that_was_acknowledged_survives_a_kill_and_a_repeat_is_one_row(
    study_of_items: tuple[Store, list[str]], kills: int
) -> None:
    store, codes = study_of_items
    chance = random.Random(20240324)  # noqa: S311
    acknowledged: set[str] = set()
    url = store.engine.url.render_as_string(hide_password=False)
    for _ in range(kills):
        left = [code for code in codes if code not in acknowledged]
        saving = subprocess.Popen(
            [sys.executable, "-c", SAVING, url, ",".join(left)], stdout=subprocess.PIPE, text=True
        )
        assert saving.stdout is not None
        for _ in range(chance.randrange(1, 5)):
            line = saving.stdout.readline()
            acknowledged.add(line.strip())
        saving.send_signal(signal.SIGKILL)
        acknowledged |= set(saving.communicate()[0].split())
    with store.reading() as session:
        stored = session.scalars(select(Judgement.token)).all()
    assert len(stored) == len(set(stored)), "a token that came twice is one row"
    assert {f"token of {code}" for code in acknowledged} <= set(stored)
    assert verify.run(store).problems == []
