"""`cbt app` and `cbt demo`: serve the annotation app, on one's own store or on a demo."""

import shlex
from pathlib import Path
from subprocess import Popen
from typing import Any

import click

from db import people, urls
from db.engine import Store
from db.settings import data_folder, database_url
from pipeline import app_process
from pipeline import base_path as paths
from pipeline.cli.command import Command, common_options, opened, say, show

host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
)
port_option = click.option(
    "--port",
    default=8501,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen on.",
)


@click.command(cls=Command)
@host_option
@port_option
@click.option(
    "--base-path",
    default="",
    metavar="PATH",
    help="The path before every page, such as /ann; a web server passes it on as it is.",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A name under which the app is reached, such as study.example.org; repeatable. "
    "Addresses in digits, localhost and this machine's name always are.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A web server whose X-Forwarded headers are believed; repeatable. [default: this machine]",
)
@common_options
def app(
    *,
    host: str,
    port: int,
    base_path: str,
    allowed_hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    database: str | None,
    as_json: bool,
) -> None:
    """Serve the annotation app until Ctrl-C ends it.

    Raters, leads and researchers sign in there; 'cbt people add' adds them. What they save is
    written to the store. To serve other machines, put a web server with TLS before it, as
    docs/serving.md shows.
    """
    path = paths.normal(base_path)
    app_process.check_free(host, port)
    store = opened(database, make=True)
    _say_who_can_enter(store)
    store.engine.dispose()
    url = app_process.address(host, port, path)
    options = [f"--allowed-host={name}" for name in allowed_hosts]
    options += [f"--proxy={address}" for address in proxies]
    with app_process.running(
        database=database or database_url(),
        host=host,
        port=port,
        base_path=path,
        options=options,
    ) as process:
        _wait(process, {"store": store.name, "url": url}, as_json=as_json)


def _say_who_can_enter(store: Store) -> None:
    with store.reading() as session:
        if not any(person.disabled_at is None for person in people.all_local(session)):
            say("nobody can sign in yet; 'cbt people add' adds someone")


def _wait(process: Popen[bytes], result: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"serving {result['url']}  (Ctrl-C ends it)"]
    app_process.wait(process, lambda: show(result, lines, as_json=as_json))
    say("the app has ended")


@click.command(cls=Command)
@port_option
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to keep the demo's store; the program's data folder by default.",
)
@click.option("--no-serve", is_flag=True, help="Make the store and end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def demo(port: int, folder: Path | None, no_serve: bool, as_json: bool) -> None:
    """Make a demo store of its own, say how to sign in, and serve it on this machine.

    Prints the commands that make it, which are those for a study of your own. Writes the file
    demo.sqlite and never your own store; to begin anew, remove that file.
    """
    from pipeline.cli.serve.demo_store import make
    from pipeline.demo.commands import PASSWORD, PEOPLE, commands

    path = (folder or data_folder()).resolve() / "demo.sqlite"
    if not no_serve:
        app_process.check_free("127.0.0.1", port)
    made = make(path, commands(), say=say)
    url = urls.of_file(path)
    within = _usernames(url)
    say(f"made the demo store {path}" if made else f"the demo store is there already: {path}")
    entries = [vars(person) for person in PEOPLE if person.username in within]
    lacking = [person.username for person in PEOPLE if person.username not in within]
    if lacking:
        say(
            f"this demo store is of an earlier version and lacks {', '.join(lacking)};"
            f" to begin anew, remove {path}"
        )
    result = {"store": str(path), "made": made, "people": entries, "password": PASSWORD}
    say("")
    say(f"Sign in, for the demo only, with the password {PASSWORD} as one of:")
    for entry in entries:
        say(f"  {entry['username']:<12}  {entry['role']}, {entry['group']}")
    say(f"Commands on this store, such as results, take --database {shlex.quote(url)}")
    if no_serve:
        show(result, [], as_json=as_json)
        return
    with app_process.running(database=url, host="127.0.0.1", port=port) as process:
        here = {"url": app_process.address("127.0.0.1", port)}
        _wait(process, result | here, as_json=as_json)


def _usernames(database: str) -> set[str | None]:
    store = opened(database, write=True)
    with store.reading() as session:
        found = {person.username for person in people.all_local(session)}
    store.engine.dispose()
    return found
