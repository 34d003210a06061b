"""The `cbt` command as the app runs it: in another process, after the raters."""

import pytest

from annotate_app.services import commands
from db.engine import Store
from db.errors import NotWritten


def test_a_command_says_its_result(store: Store) -> None:
    assert commands.run(store, "study status", [])["studies"] == []


def test_a_refusal_is_quoted(sqlite_store: Store) -> None:
    with pytest.raises(NotWritten, match="there is no study other"):
        commands.run(sqlite_store, "results", ["--study=other"])


def test_wrong_usage_is_said_to_be_so(sqlite_store: Store) -> None:
    with pytest.raises(NotWritten, match="'cbt results' did not end well"):
        commands.run(sqlite_store, "results", ["--no-such-option"])


def test_it_takes_too_long_for_a_page(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "SECONDS", 0.01)
    with pytest.raises(NotWritten, match="takes too long for a page; use 'cbt results'"):
        commands.run(sqlite_store, "results", ["--study=other"])
