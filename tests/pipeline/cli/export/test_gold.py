"""`cbt export gold` as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from tests.pipeline import labels


@pytest.fixture
def database(sqlite_store: Store) -> str:
    """The option that names a store with a closed study: one item agreed on, one not."""
    labels.make_label_study(sqlite_store, questions=2)
    for username, second in (("li", "yes"), ("wang", "no")):
        labels.give(sqlite_store, "labels", username, 1, "yes", ["labeling"])
        labels.give(sqlite_store, "labels", username, 2, second)  # type: ignore[arg-type]
    labels.close(sqlite_store)
    return f"--database={sqlite_store.engine.url.render_as_string(hide_password=False)}"


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["export", "gold", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_result_names_the_file_its_items_and_what_settled_them(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    code, out, _ = cbt("--study=labels", f"--out={path}", "--texts", database, "--json")
    assert code == 0
    assert json.loads(out) == {
        "written": True,
        "path": str(path),
        "rows": 2,
        "format": "xlsx",
        "unblinded": False,
        "texts": True,
        "how": {"agreed": 1, "undecided": 1},
    }
    assert path.exists()


def test_a_person_reads_what_is_settled_and_what_is_not(database: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    code, out, _ = cbt("--study=labels", f"--out={path}", database)
    assert (code, out.splitlines()) == (
        0,
        [
            f"wrote 2 items to {path}",
            "  1 all labellers agree",
            "  1 labellers differ, not decided yet",
        ],
    )
    assert cbt("--study=labels", f"--out={path}", database)[0] == 1
    assert cbt("--study=labels", f"--out={path}", database, "--force")[0] == 0


def test_what_is_exported_is_imported_by_the_command(database: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cbt("--study=labels", f"--out={path}", database)
    done = CliRunner().invoke(main, ["import", "gold", str(path), "--study=b", database, "--json"])
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    assert (result["read"], result["added"], result["labels"]) == (2, 2, {"labeling": 1})


def test_the_formats_are_listed_without_a_store() -> None:
    assert "opens in Excel" in cbt("--list-formats")[1]


@pytest.mark.parametrize("options", [("--study=labels",), ("--out=a.csv",)])
def test_study_and_file_must_be_named(options: tuple[str, ...]) -> None:
    code, out, error = cbt(*options)
    assert (code, out, "--study NAME and --out FILE" in error) == (2, "", True)


def test_the_help_says_why_texts_are_left_out() -> None:
    assert "licences forbid" in " ".join(cbt("--help")[1].split())
