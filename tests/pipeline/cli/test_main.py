import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.main import COMMANDS, main


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
        assert "--database" in result.output


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
