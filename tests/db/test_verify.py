from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from db import verify
from db.engine import Store
from db.tables import Event, Item, Study, StudySystem
from pipeline.cli.main import main

IMPORTED = (
    "UPDATE study SET origin = 'imported', status = 'closed', unblinded_at = '2026-01-01 00:00:00'"
)
OTHER_SAMPLE = """
    INSERT INTO response (question_id, system_id, sample, status) VALUES (1, 1, 1, 'kept');
    UPDATE item SET response_id = 2 WHERE id = 2"""
OTHER_QUESTION = """
    INSERT INTO question (source, external_id, keywords, tags) VALUES ('demo', '2', '[]', '[]');
    INSERT INTO response (question_id, system_id, sample, status) VALUES (2, 1, 0, 'kept');
    UPDATE item SET response_id = 2"""


def test_a_sound_store_has_no_problems(stored_study: Store) -> None:
    done = verify.run(stored_study)
    assert (done.problems, done.judgements, done.assignments, done.answered) == ([], 1, 2, 1)


def test_a_missing_revision_is_found(stored_study: Store, judge: Callable[..., None]) -> None:
    judge(revision=3, token="t3")
    (problem,) = verify.run(stored_study).problems
    assert "newest is revision 3: one is missing" in problem.what


def test_an_imported_file_may_hold_the_newest_revisions_only(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    judge(assignment_id=2, revision=3, token="t3")
    with stored_study.writing() as session:
        session.execute(text(IMPORTED))
    assert verify.run(stored_study).problems == []


def test_a_score_off_the_scale_is_found(stored_study: Store, judge: Callable[..., None]) -> None:
    judge(revision=2, token="t2", values={"relevance": 7})
    (problem,) = verify.run(stored_study).problems
    assert problem.what == "relevance = 7 is not on the scale"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE study SET status = 'closed'", "is closed, its events say open"),
        ("UPDATE study SET unblinded_at = '2026-01-01 00:00:00'", "unblinding"),
        ("UPDATE assignment SET position = 5 WHERE id = 2", "gaps or doubles"),
        (
            """UPDATE response SET parts = '[{"part": "thought", "start": 2, "end": 99}]'""",
            "leave the text",
        ),
        ("UPDATE study SET origin = 'imported'", "imported, but not closed and unblinded"),
        (OTHER_SAMPLE, "repeats item AAAA, which shows something else"),
        (OTHER_QUESTION, "another question"),
        ("DELETE FROM study_system", "a system that is not in its study"),
        ("""UPDATE study SET criteria = '[{"id": "relevance"}]'""", "relevance has no levels"),
        ("""UPDATE study SET criteria = '["relevance"]'""", "not theirs"),
    ],
)
def test_damage_to_the_current_state_is_found(stored_study: Store, damage: str, found: str) -> None:
    with stored_study.writing() as session:
        for statement in damage.split(";"):
            session.execute(text(statement))
    problem, *_ = verify.run(stored_study).problems
    assert found in problem.what


def test_a_judgement_that_appears_after_closing_is_found(
    stored_study: Store, judge: Callable[..., None]
) -> None:
    with stored_study.writing() as session:
        session.execute(text("UPDATE study SET status = 'closed'"))
        details = {"assigned": 2, "answered": 1}
        session.add(Event(study_id=1, kind="closed", details=details))
    assert verify.run(stored_study).problems == []
    judge(assignment_id=2, revision=1, token="t9")
    (problem,) = verify.run(stored_study).problems
    assert problem.what == "was closed with answered = 1, now it is 2"


def test_a_repeat_of_another_studys_item_is_found(stored_study: Store) -> None:
    with stored_study.writing() as session:
        first = session.get_one(Study, 1)
        kept = ("kind", "origin", "criteria", "guidelines", "design", "analysis", "seed")
        session.add(Study(name="other", status="draft", **{k: getattr(first, k) for k in kept}))
        session.flush()
        session.add(StudySystem(study_id=2, system_id=1, code="S1"))
        session.add(Item(study_id=2, code="CCCC", question_id=1, response_id=1, repeat_of_id=1))
    (problem,) = verify.run(stored_study).problems
    assert problem == verify.Problem("item CCCC", "repeats item AAAA, which shows something else")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_damaged_file_is_told_and_not_counted(stored_study: Store) -> None:
    with stored_study.engine.connect() as connection:
        index = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_item_study_id'"
        page = connection.execute(text(index)).scalar_one()
        connection.rollback()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    stored_study.engine.dispose()
    with Path(stored_study.name).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    done = verify.run(stored_study)
    assert {problem.where for problem in done.problems} == {"file"}
    assert done.judgements == 0


def test_the_command_ends_with_3_when_something_is_wrong(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.execute(text("UPDATE study SET status = 'draft'"))
    url = stored_study.engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(main, ["db", "verify", "--database", url])
    assert result.exit_code == 3
    assert "is draft, its events say open" in result.output
