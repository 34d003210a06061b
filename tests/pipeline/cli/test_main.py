import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.command import say, show
from pipeline.cli.main import COMMANDS, main

WITHOUT_STORE = {"audit", "backbone", "codebook", "danger rules", "model merge", "train"}


def every_command() -> list[tuple[str, ...]]:
    def below(command: click.Command, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not isinstance(command, click.Group):
            return [path]
        context = click.Context(command)
        children = [
            (name, command.get_command(context, name)) for name in command.list_commands(context)
        ]
        return [p for name, child in children if child for p in below(child, (*path, name))]

    return below(main, ())


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_every_command_says_what_it_does_and_speaks_json(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0, result.output
    text = result.output.split("Options:")[0].splitlines()
    assert sum(bool(line.strip()) for line in text) >= 2, "the help says more than its usage"
    if path not in {("app",), ("demo",)}:
        assert "--json" in result.output
        assert ("--database" in result.output) == (not {path[0], " ".join(path)} & WITHOUT_STORE)


def test_a_group_lists_its_commands_in_the_order_of_use_with_whole_sentences() -> None:
    result = CliRunner().invoke(main, ["study", "--help"])
    listed = result.output.split("Commands:")[1]
    names = [line[2:].split(" ")[0] for line in listed.splitlines() if line[2:3].strip()]
    assert names == [
        "create", "assign", "open", "close", "unblind", "status", "adjudicate", "adjudication",
    ]  # fmt: skip
    assert "..." not in listed


def test_the_help_names_every_command_without_loading_any() -> None:
    code = (
        "import sys; from pipeline.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'numpy', 'scipy', 'pandas', 'pyarrow', 'streamlit', 'alembic'}\n"
        "sys.stderr.write(','.join(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_a_known_error_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["db", "verify", "--database", f"sqlite:///{tmp_path}/no"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("cbt: there is no store at")
    assert result.stderr.count("\n") == 1


def test_a_known_error_is_one_object_for_a_machine(tmp_path: Path) -> None:
    arguments = ["db", "verify", "--json", "--database", f"sqlite:///{tmp_path}/no"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["rows"]) == ("store_missing", [])


def test_wrong_usage_is_exit_code_2() -> None:
    assert CliRunner().invoke(main, ["db", "backup"]).exit_code == 2
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2


def test_an_argument_that_is_no_text_is_wrong_usage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli.main", "results", "--study", b"\xff"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"study is not text in UTF-8" in done.stderr


def test_the_store_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBT_DATA", str(tmp_path))
    assert (
        f"store    {tmp_path / 'store.sqlite'}" in CliRunner().invoke(main, ["db", "status"]).output
    )
    monkeypatch.setenv("CBT_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert (
        f"store    {tmp_path / 'other.sqlite'}" in CliRunner().invoke(main, ["db", "status"]).output
    )


def test_the_result_of_a_machine_is_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    """A character that the terminal lacks must not make finished work look failed."""
    database = f"sqlite:///{tmp_path / '心🌱.sqlite'}"
    terminal = {"PYTHONIOENCODING": "gbk", "PATH": ""}
    command = [sys.executable, "-m", "pipeline.cli.main", "db", "upgrade", "--database", database]
    done = subprocess.run([*command, "--json"], capture_output=True, check=True, env=terminal)
    assert json.loads(done.stdout.decode("utf-8"))["store"].endswith("心🌱.sqlite")
    told = subprocess.run(command, capture_output=True, check=True, env=terminal)
    assert "already" in told.stdout.decode("gbk")


def test_a_result_that_cannot_be_written_is_one_sentence() -> None:
    command = [sys.executable, "-m", "pipeline.cli.main", "prompt", "show", "cbt-zh"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "cbt: the result cannot be shown: No space left on device; what the command did is done"
    ]


def test_what_a_model_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show({}, ["\x1b[31m红\x1b[0m\r一\t二\n\u202e三\x9b"], as_json=False)
    say("\x1b]0;title\x07")
    out, err = capsys.readouterr()
    assert (out, err) == ("�[31m红�[0m�一\t二\n�三�\n", "�]0;title�\n")


def once_read(fifo: Path) -> int:
    """Return the other end of a pipe as soon as somebody reads it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError):  # nobody reads it yet
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.05)
    raise AssertionError("nobody reads the pipe")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_interrupted_ends_with_130_and_stores_nothing(
    tmp_path: Path, ending: signal.Signals
) -> None:
    fifo = tmp_path / "questions.csv"
    os.mkfifo(fifo)  # the command waits here for a writer, as a long one would be at work
    store = tmp_path / "store.sqlite"
    command = [sys.executable, "-m", "pipeline.cli.main", "import", "questions", str(fifo)]
    importing = subprocess.Popen(
        [*command, "--database", f"sqlite:///{store}"], stderr=subprocess.PIPE, text=True
    )
    end = once_read(fifo)
    importing.send_signal(ending)
    os.close(end)  # a signal just before a read is seen after it
    _, told = importing.communicate(timeout=20)
    assert importing.returncode == 130
    assert "interrupted; nothing of this command was stored" in told
    assert "Traceback" not in told
