"""`cbt prompt show` as a user runs it."""

import json
import tomllib
from pathlib import Path

import pytest

from db.engine import Store
from pipeline.prompts.library import find, from_file, stored
from tests.pipeline.cli.prompt.test_prompt import cbt


@pytest.fixture(autouse=True)
def _no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBT_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")


def test_a_prompt_is_shown_whole_as_the_model_gets_it() -> None:
    code, out, err = cbt("show", "cbt-zh", "--question", "睡不着 {description}")
    assert (code, err) == (0, "")
    messages = find(None, "cbt-zh").messages(
        question="睡不着 {description}", description="", structured=True
    )
    assert all(message["content"] in out for message in messages)
    assert "──── schema of the reply\ndistortions: a list of {reason: text, id: all_or" in out


def test_a_machine_gets_the_messages_and_the_schema_of_each_mode() -> None:
    found = json.loads(cbt("show", "act-en", "--json")[1])
    assert [message["role"] for message in found["messages"][:2]] == ["system", "user"]
    assert found["schema"] == find(None, "act-en").schema()
    assert found["content_hash"] == find(None, "act-en").content_hash
    found = json.loads(cbt("show", "act-en", "--mode", "text", "--danger", "--json")[1])
    assert found["schema"] is None
    assert len(found["messages"]) == 2
    assert found["messages"][0]["content"].endswith(find(None, "act-en").when_in_danger or "?")


def test_a_detection_is_shown_for_an_answer() -> None:
    found = json.loads(cbt("show", "distortions-zh", "--answer", "她没有说过。", "--json")[1])
    assert found["messages"][-1]["content"].endswith("回复：\n她没有说过。")
    code, _, err = cbt("show", "cbt-zh", "--answer", "x")
    assert code == 1
    assert err == "cbt: --answer is for prompts that seek distortions; cbt-zh answers\n"


def test_its_file_can_be_written_and_read_again(tmp_path: Path) -> None:
    code, out, _ = cbt("show", "cbt-zh", "--toml")
    path = tmp_path / "copy.toml"
    path.write_text(out, "utf-8")
    assert code == 0
    assert tomllib.loads(out)["name"] == "cbt-zh"
    assert from_file(path) == find(None, "cbt-zh")


def test_an_older_version_is_shown_by_its_hash(sqlite_store: Store) -> None:
    old = find(None, "plain-en")
    with sqlite_store.writing() as session:
        stored(session, old)
        stored(session, old.with_example(None))
    url = f"sqlite:///{sqlite_store.name}"
    assert "──── assistant" not in cbt("show", "plain-en", database=url)[1]
    shown = cbt("show", "plain-en", "--version", old.version[:6], database=url)[1]
    assert "──── assistant" in shown
    code, _, err = cbt("show", "plain-en", "--version", "zzz", database=url)
    assert code == 1
    assert err.startswith("cbt: there is no version zzz of the prompt plain-en; there are ")
