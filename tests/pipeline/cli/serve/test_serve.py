"""`cbt app` and `cbt demo` as a user starts and ends them."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from pipeline.cli.serve import demo_store
from pipeline.demo.commands import stock

Started = Callable[..., tuple["subprocess.Popen[str]", dict[str, Any]]]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found: int = server.getsockname()[1]
    return found


@pytest.fixture
def started(port: int) -> Iterator[Started]:
    """Start a serving command; return it and what it says once the app answers."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple["subprocess.Popen[str]", dict[str, Any]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli.main", *words, "--port", str(port), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    yield start
    for process in running:
        process.kill()
        process.communicate()


def health(port: int, base_path: str = "", **headers: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", f"{base_path}/_stcore/health", headers=headers)
    return connection.getresponse().read().decode()


def listening(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_app_is_served_until_a_signal_ends_it_cleanly(
    sqlite_store: Store, started: Started, port: int, ending: signal.Signals
) -> None:
    process, said = started("app", "--database", str(sqlite_store.engine.url))
    assert said == {"store": sqlite_store.name, "url": f"http://127.0.0.1:{port}"}
    assert health(port) == "ok"
    process.send_signal(ending)
    _, err = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "nobody can sign in yet" in err
    assert err.endswith("the app has ended\n")
    assert "Traceback" not in err
    assert not listening(port)


def test_the_app_is_served_under_a_path_and_a_name_of_its_own(
    sqlite_store: Store, started: Started, port: int
) -> None:
    words = ["app", "--base-path", "ann/", "--allowed-host", "study.example.org"]
    _, said = started(*words, "--database", str(sqlite_store.engine.url))
    assert said["url"] == f"http://127.0.0.1:{port}/ann"
    assert health(port, "/ann", Host="study.example.org") == "ok"
    assert "does not answer to the name 'other.example.org'" in health(
        port, "/ann", Host="other.example.org"
    )


def test_a_path_that_cannot_be_is_one_sentence_and_makes_no_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    words = ["app", "--base-path", "a b", "--database", url, "--json"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "base_path_unfit"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_store_is_made_and_said_so(tmp_path: Path, started: Started, port: int) -> None:
    process, _ = started("app", "--database", f"sqlite:///{tmp_path / 'new.sqlite'}")
    process.terminate()
    _, err = process.communicate(timeout=15)
    assert "made the store" in err
    assert (tmp_path / "new.sqlite").exists()


def test_a_taken_port_is_one_sentence_and_makes_no_store(tmp_path: Path, port: int) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    with socket.create_server(("127.0.0.1", port)):
        words = ["app", "--port", str(port), "--database", url, "--json"]
        done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "port_taken"
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_made_once_and_then_served(tmp_path: Path, started: Started, port: int) -> None:
    words = ["demo", "--folder", str(tmp_path), "--no-serve", "--json"]
    done = CliRunner().invoke(main, words)
    result = json.loads(done.stdout)
    assert (done.exit_code, result["made"]) == (0, True)
    assert [person["username"] for person in result["people"]][::2] == [
        "therapist",
        "student",
        "labeller",
        "lead",
    ]
    assert "Sign in, for the demo only, with the password demo-only" in done.stderr
    process, said = started("demo", "--folder", str(tmp_path))
    assert said["made"] is False
    assert said["url"] == f"http://127.0.0.1:{port}"
    assert health(port) == "ok"
    process.terminate()
    _, err = process.communicate(timeout=15)
    assert "the demo store is there already" in err
    assert process.returncode == 0


def test_a_demo_store_of_an_earlier_version_says_whom_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    demo_store.make(path, stock()[:6], say=lambda _: None)
    done = CliRunner().invoke(main, ["demo", "--folder", str(tmp_path), "--no-serve", "--json"])
    entries = json.loads(done.stdout)["people"]
    assert [person["username"] for person in entries] == ["therapist", "therapist-2"]
    assert (
        "this demo store is of an earlier version and lacks student, student-2, labeller,"
        f" labeller-2, lead, researcher; to begin anew, remove {path}"
    ) in done.stderr


def test_the_demo_never_touches_the_users_own_store(
    tmp_path: Path, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path(sqlite_store.name).read_bytes()
    monkeypatch.setenv("CBT_DATABASE_URL", str(sqlite_store.engine.url))
    monkeypatch.setenv("CBT_DATA", str(tmp_path / "data"))
    assert CliRunner().invoke(main, ["demo", "--no-serve"]).exit_code == 0
    assert (tmp_path / "data" / "demo.sqlite").exists()
    assert Path(sqlite_store.name).read_bytes() == before


def test_a_demo_file_of_another_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "demo.sqlite").write_text("mine" * 100)
    done = CliRunner().invoke(main, ["demo", "--folder", str(tmp_path), "--no-serve"])
    assert done.exit_code == 1
    assert "is not a store of this program" in done.stderr
    assert (tmp_path / "demo.sqlite").read_text() == "mine" * 100
