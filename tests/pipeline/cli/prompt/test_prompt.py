"""`cbt prompt list` and `add` as a user runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from db.tables import Prompt, System
from pipeline.cli.main import main
from pipeline.prompts.library import SHIPPED, find, stored


def cbt(*arguments: str, database: str | None = None) -> tuple[int, str, str]:
    where = ["--database", database] if database else []
    done = CliRunner().invoke(main, ["prompt", *arguments, *where])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    text = (SHIPPED / "act-zh.toml").read_text("utf-8")
    path.write_text(text.replace('name = "act-zh"', 'name = "ours"'), "utf-8")
    return path


def test_the_shipped_prompts_are_listed_before_there_is_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBT_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")
    code, out, err = cbt("list")
    assert (code, err) == (0, "")
    assert "\ncbt-zh " in out
    assert not (tmp_path / "none.sqlite").exists()
    code, _, err = cbt("list", database=f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert code == 1
    assert "there is no store at" in err


def test_a_file_is_added_as_a_version_and_listed_with_its_systems(
    store: Store, store_url: str, own: Path
) -> None:
    code, out, _ = cbt("add", str(own), database=store_url)
    version = json.loads(cbt("list", "--json", database=store_url)[1])["prompts"]
    (mine,) = [each for each in version if each["name"] == "ours"]
    assert (code, out) == (0, f"added: ours@{mine['version']}\n")
    assert (mine["current"], mine["shipped"], mine["stored"]) == (True, False, True)
    with store.writing() as session:
        prompt_id = session.query(Prompt).one().id
        session.add(System(name="gpt-act", kind="api", prompt_id=prompt_id))
    line = next(x for x in cbt("list", database=store_url)[1].splitlines() if "ours" in x)
    assert line.split() == ["ours", mine["version"], "zh", "act", "5", "people", "store", "gpt-act"]
    assert cbt("add", str(own), database=store_url)[1] == f"already known: ours@{mine['version']}\n"


def test_an_older_version_that_is_added_again_says_how_it_is_asked_for(
    sqlite_store: Store, own: Path
) -> None:
    url = f"sqlite:///{sqlite_store.name}"
    cbt("add", str(own), database=url)
    first = own.read_text("utf-8")
    own.write_text(first.replace("紧扣对方", "始终紧扣对方"), "utf-8")
    cbt("add", str(own), database=url)
    own.write_text(first, "utf-8")
    code, out, _ = cbt("add", str(own), database=url)
    assert code == 0
    assert "\nours alone still means " in out
    assert "; ask with ours@" in out


def test_a_bad_file_changes_nothing_and_is_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("name = 3", "utf-8")
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    code, out, err = cbt("add", str(bad), database=url)
    assert (code, out) == (1, "")
    assert err == f"cbt: {bad} is wrong at name: this is a text in quotation marks\n"
    assert not (tmp_path / "new.sqlite").exists()
    code, out, _ = cbt("add", str(tmp_path / "none.toml"), "--json", database=url)
    found: dict[str, Any] = json.loads(out)
    assert (code, found["error"]["code"]) == (1, "file_rejected")


def test_a_stored_version_of_a_shipped_prompt_is_listed_once(sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        stored(session, find(None, "cbt-zh"))
    out = cbt("list", database=f"sqlite:///{sqlite_store.name}")[1]
    (line,) = [each for each in out.splitlines() if each.startswith("cbt-zh")]
    assert "shipped and store" in line
