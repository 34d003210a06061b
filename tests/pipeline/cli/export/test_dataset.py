"""`cbt export dataset` as a user runs it."""

import json
from pathlib import Path

from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from tests.pipeline.exporting.dataset.made_answers import add_answers


def cbt(store: Store, *arguments: str) -> tuple[int, str, str]:
    database = f"--database={store.engine.url.render_as_string(hide_password=False)}"
    done = CliRunner().invoke(main, ["export", "dataset", database, *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_person_reads_what_was_written_left_out_and_allowed(
    sqlite_store: Store, tmp_path: Path
) -> None:
    add_answers(sqlite_store)
    code, out, said = cbt(sqlite_store, "--system=cbt", f"--out={tmp_path / 'qa'}")
    assert code == 0
    assert out.splitlines() == [
        f"wrote 4 answers (train 4) to {tmp_path / 'qa'}",
        "  left out: 1 set aside",
        "  left out: 1 refused by the model",
        "  left out: 1 to people who may be in acute danger",
        "  left out: 1 with something that could identify a person",
        "for research only: the answers are by models, not by professionals",
    ]
    assert "questions of forum: PsyQA: for research only" in said


def test_a_machine_reads_the_same(sqlite_store: Store, tmp_path: Path) -> None:
    add_answers(sqlite_store)
    code, out, _ = cbt(
        sqlite_store, "--system=cbt", f"--out={tmp_path / 'qa'}", "--with-danger", "--json"
    )
    found = json.loads(out)
    assert (code, found["rows"], found["splits"]) == (0, 5, {"train": 5})
    assert found["left_out"] == {"set_aside": 1, "refused": 1, "personal_data": 1}
    assert all(Path(path).is_file() for path in found["written"])
    assert list(found["licences"]) == ["forum"]


def test_an_unknown_system_is_told_and_nothing_is_written(
    sqlite_store: Store, tmp_path: Path
) -> None:
    code, _, said = cbt(sqlite_store, "--system=cbt", f"--out={tmp_path / 'qa'}")
    assert code == 1
    assert "there is no system cbt" in said
    assert not (tmp_path / "qa").exists()
