"""`cbt people`: add, list, disable and enable raters, leads and researchers."""

import re
import sys
from typing import Any

import click

from db import events
from db import people as persons
from db.columns import now
from db.errors import AlreadyKnown
from db.tables import Person
from pipeline import passwords
from pipeline.cli.command import Group, common_options, opened, show

USERNAME = re.compile(r"[^\s,\x00-\x1f\x7f]{1,64}")
GROUP = re.compile(r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,63}")


@click.group(cls=Group)
def people() -> None:
    """Look after who rates, who leads and who researches."""


def _username(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    if not USERNAME.fullmatch(text):
        raise click.BadParameter("1 to 64 characters, without spaces and commas")
    return text


def _group(_ctx: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is not None and not GROUP.fullmatch(text):
        raise click.BadParameter("1 to 64 characters, not beginning with a space")
    return text


@people.command()
@click.option("--username", metavar="U", required=True, callback=_username, help="To sign in with.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(persons.ROLES),
    help="May be given more than once.",
)
@click.option("--group", metavar="G", callback=_group, help="For example therapist or student.")
@common_options
def add(
    username: str, roles: tuple[str, ...], group: str | None, database: str | None, as_json: bool
) -> None:
    """Add a person, and give them a pseudonym that stands for them in every output.

    Reads the password from stdin, its first line; on a terminal it is asked for, unseen.
    """
    store = opened(database, make=True)
    with store.reading() as session:
        if persons.find(session, username=username):
            raise AlreadyKnown(f"there is a person {username} already; choose another username")
    password_hash = passwords.hash_password(_password())
    with store.writing(in_turn=True) as session:
        person = persons.add(
            session,
            username=username,
            roles=tuple(dict.fromkeys(roles)),
            group=group,
            password_hash=password_hash,
        )
        pseudonym = person.pseudonym
    show(
        {"username": username, "pseudonym": pseudonym},
        [f"added {username} as {pseudonym} ({', '.join(dict.fromkeys(roles))})"],
        as_json=as_json,
    )


def _password() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.buffer.readline()
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise passwords.PasswordUnfit("the password on stdin is not UTF-8 text") from error


@people.command("list")
@common_options
def list_(database: str | None, as_json: bool) -> None:
    """List who can sign in, in the order of joining. Changes nothing."""
    with opened(database).reading() as session:
        found = [_shown(person) for person in persons.all_local(session)]
    lines = [_line(person) for person in found]
    show(
        {"people": found},
        lines or ["nobody yet; 'cbt people add' adds someone"],
        as_json=as_json,
    )


def _shown(person: Person) -> dict[str, Any]:
    return {
        "username": person.username or "",
        "pseudonym": person.pseudonym,
        "roles": person.roles,
        "group": person.group,
        "added_at": person.created_at.isoformat(),
        "disabled_at": person.disabled_at.isoformat() if person.disabled_at else None,
    }


def _line(person: dict[str, Any]) -> str:
    line = f"{person['pseudonym']}  {person['username']}  {', '.join(person['roles'])}"
    if person["group"]:
        line += f"  ({person['group']})"
    return line + ("  disabled" if person["disabled_at"] else "")


@people.command()
@click.argument("username", metavar="U")
@common_options
def disable(username: str, database: str | None, as_json: bool) -> None:
    """Let someone no longer sign in; what they rated is kept, and counts."""
    _switch(username, database, able=False, as_json=as_json)


@people.command()
@click.argument("username", metavar="U")
@common_options
def enable(username: str, database: str | None, as_json: bool) -> None:
    """Let someone who was disabled sign in again."""
    _switch(username, database, able=True, as_json=as_json)


def _switch(username: str, database: str | None, *, able: bool, as_json: bool) -> None:
    word = "enabled" if able else "disabled"
    with opened(database, write=True).writing() as session:
        person = persons.get(session, username=username)
        changed = (person.disabled_at is None) != able
        if changed:
            person.disabled_at = None if able else now()
            events.record(session, kind=word, details={"person": person.pseudonym})
        result = _shown(person)
    line = f"{username} is {word}" if changed else f"{username} was {word} already"
    show(result, [line], as_json=as_json)
