"""`cbt db`: upgrade, check, back up, restore and verify the store."""

from pathlib import Path

import click

from db import backup as copies
from db import schema, verify
from db.engine import Store, connect, in_plain_words
from db.settings import database_url
from pipeline.cli.command import Group, common_options, finish, opened, say, show


@click.group(cls=Group)
def db() -> None:
    """Look after the store: one SQLite file, or a PostgreSQL database."""


def _connected(database: str | None) -> Store:
    return connect(database or database_url())


@db.command()
@common_options
def upgrade(database: str | None, as_json: bool) -> None:
    """Make the store, or bring an older one to this program's version.

    Changes the store's tables; a SQLite store is copied beside itself first.
    """
    store = _connected(database)
    with in_plain_words(store.name):
        done = schema.upgrade(store.engine)
    show({"store": store.name, "version": schema.HEAD}, [done], as_json=as_json)


@db.command()
@common_options
def status(database: str | None, as_json: bool) -> None:
    """Say where the store is, its version and what it holds. Changes nothing."""
    store = _connected(database)
    with in_plain_words(store.name):
        found = schema.state(store.engine)
        counts = copies.counts(store) if found.current else {}
    result = {
        "store": store.name,
        "version": found.revision,
        "needed": schema.HEAD,
        "rows": counts,
    }
    lines = [f"store    {store.name}", f"version  {found.revision or 'none yet'}"]
    if not found.current:
        lines.append(f"needed   {schema.HEAD}: run 'cbt db upgrade'")
    width = max(map(len, counts), default=0)
    lines += [f"{name:<{width}}  {count:>9,}" for name, count in counts.items() if count]
    show(result, lines, as_json=as_json)


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def backup(file: Path, database: str | None, as_json: bool) -> None:
    """Copy the whole store to FILE, also while it is in use; FILE is itself a SQLite store."""
    done = copies.backup(opened(database), file)
    show(
        {"written": True, "path": str(done.path), "rows": done.rows},
        [f"copied {done.rows:,} rows to {done.path}"],
        as_json=as_json,
    )


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a store that holds rows; a copy is kept.")
@common_options
def restore(file: Path, force: bool, database: str | None, as_json: bool) -> None:
    """Put the store that FILE holds in the place of this one. Stop the app first.

    A damaged FILE is refused, and nothing is replaced.
    """
    done = copies.restore(_connected(database), file, force=force)
    lines = [f"restored {done.rows:,} rows from {file}"]
    if done.kept:
        lines.append(f"the store that was there is kept as {done.kept}")
    kept = str(done.kept) if done.kept else None
    show({"restored": True, "rows": done.rows, "kept": kept}, lines, as_json=as_json)


@db.command("verify")
@common_options
def verify_(database: str | None, as_json: bool) -> None:
    """Recompute the current state from the append-only rows and compare. Changes nothing.

    Ends with exit code 3 when something is wrong.
    """
    done = verify.run(opened(database))
    problems = [{"where": problem.where, "what": problem.what} for problem in done.problems]
    result = {
        "judgements": done.judgements,
        "assignments": done.assignments,
        "answered": done.answered,
        "problems": problems,
    }
    answered = f"{done.answered:,} of {done.assignments:,} assignments"
    lines = [f"{done.judgements:,} judgements answer {answered}"]
    lines += [f"{problem.where}: {problem.what}" for problem in done.problems]
    lines.append(f"problems: {len(problems)}" if problems else "nothing is wrong")
    show(result, lines, as_json=as_json)
    if problems:
        say("restore a backup, or ask for help before going on")
    finish(some_failed=bool(problems))
