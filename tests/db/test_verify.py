from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from db import verify
from db.engine import Store
from pipeline.cli.main import main


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
        session.execute(text("UPDATE study SET origin = 'imported', status = 'closed'"))
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
    ],
)
def test_damage_to_the_current_state_is_found(stored_study: Store, damage: str, found: str) -> None:
    with stored_study.writing() as session:
        session.execute(text(damage))
    (problem,) = verify.run(stored_study).problems
    assert found in problem.what


def test_the_command_ends_with_3_when_something_is_wrong(stored_study: Store) -> None:
    with stored_study.writing() as session:
        session.execute(text("UPDATE study SET status = 'draft'"))
    url = stored_study.engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(main, ["db", "verify", "--database", url])
    assert result.exit_code == 3
    assert "is draft, its events say open" in result.output
