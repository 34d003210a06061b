"""`cbt export ratings` as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["export", "ratings", *arguments])
    return done.exit_code, done.stdout, done.stderr


def database(store: Store) -> str:
    return f"--database={store.engine.url.render_as_string(hide_password=False)}"


def test_the_result_names_the_file_and_its_rows(live_study: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    code, out, _ = cbt("--study=live", f"--out={path}", database(live_study), "--json")
    assert code == 0
    assert json.loads(out) == {
        "written": True,
        "path": str(path),
        "rows": 28,
        "format": "parquet",
        "unblinded": False,
    }
    assert path.exists()


def test_a_person_is_told_that_systems_appear_by_code(live_study: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    code, out, _ = cbt("--study=live", f"--out={path}", "--wide", database(live_study))
    assert (code, out.splitlines()) == (
        0,
        [f"wrote 14 rows to {path}", "systems appear by code until 'cbt study unblind'"],
    )


def test_a_file_that_is_there_needs_force(live_study: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    options = ("--study=live", f"--out={path}", database(live_study))
    code, out, _ = cbt(*options, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "already_known")
    assert cbt(*options, "--force")[0] == 0


def test_the_formats_are_listed_without_a_store() -> None:
    code, out, _ = cbt("--list-formats", "--json")
    assert code == 0
    assert [form["name"] for form in json.loads(out)["formats"]] == [
        "csv",
        "jsonl",
        "parquet",
        "xlsx",
    ]
    assert "opens in Excel" in cbt("--list-formats")[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--study=live", "--out=a.csv", "--format=sav"), "csv"),
        (("--study=live",), "--out"),
        (("--out=a.csv",), "--study"),
        (("--study=live", "--out=a.csv", "--revisions=some"), "newest"),
    ],
)
def test_wrong_usage_is_told_apart_from_what_cannot_be_done(
    options: tuple[str, ...], said: str
) -> None:
    code, out, error = cbt(*options)
    assert (code, out) == (2, "")
    assert said in error


def test_a_store_that_is_not_there_is_not_made_by_an_export(tmp_path: Path) -> None:
    place = tmp_path / "none.sqlite"
    code, _, error = cbt("--study=live", "--out=a.csv", f"--database=sqlite:///{place}")
    assert (code, "there is no store" in error, place.exists()) == (1, True, False)
