"""`cbt people`: add, invite, list, disable and enable raters, leads and researchers."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from db import invites
from db import people as persons
from db.account_tables import Person
from db.errors import AlreadyKnown, NotKnown
from pipeline import passwords
from pipeline.cli.command import Group, common_options, opened, show

F = TypeVar("F", bound=Callable[..., Any])
SERVED_AT = "http://127.0.0.1:8501"


@click.group(cls=Group)
def people() -> None:
    """Look after who rates, who leads and who researches."""


def _username(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    return _fit(persons.fit_username, text)


def _group(_ctx: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    return None if text is None else _fit(persons.fit_group, text)


def _fit(fit: Callable[[str], str], text: str) -> str:
    try:
        return fit(text)
    except persons.NameUnfit as error:
        raise click.BadParameter(error.message) from error


def _url(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise click.BadParameter("write it with http:// or https://")
    return text.rstrip("/")


username_option = click.option(
    "--username", metavar="U", required=True, callback=_username, help="To sign in with."
)
group_option = click.option(
    "--group", metavar="G", callback=_group, help="For example therapist or student."
)


def _role_option(*, required: bool) -> Callable[[F], F]:
    return click.option(
        "--role",
        "roles",
        multiple=True,
        required=required,
        type=click.Choice(persons.ROLES),
        help="May be given more than once.",
    )


@people.command()
@username_option
@_role_option(required=True)
@group_option
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
            roles=roles,
            group=group,
            password_hash=password_hash,
        )
        pseudonym, held = person.pseudonym, ", ".join(person.roles)
    show(
        {"username": username, "pseudonym": pseudonym},
        [f"added {username} as {pseudonym} ({held})"],
        as_json=as_json,
    )


@people.command()
@username_option
@_role_option(required=False)
@group_option
@click.option(
    "--url",
    metavar="BASE",
    default=SERVED_AT,
    show_default=True,
    callback=_url,
    help="Where people reach the app, as https://rating.example.org.",
)
@common_options
def invite(
    username: str,
    roles: tuple[str, ...],
    group: str | None,
    url: str,
    database: str | None,
    as_json: bool,
) -> None:
    """Print a link by which a person chooses a password: it works once, and for two weeks.

    With --role the person is added first, if there is nobody of that name. A second link for the
    same person ends the first; a forgotten password is chosen anew in the same way.
    """
    with opened(database, make=True).writing(in_turn=True) as session:
        person = persons.find(session, username=username)
        if person is None:
            person = _added(session, username, roles, group)
        elif roles and set(roles) != set(person.roles):
            raise AlreadyKnown(
                f"there is a person {username} already, as {', '.join(person.roles)};"
                " leave out --role to invite them"
            )
        made = invites.make(session, person=person)
        result = {"username": person.username, "pseudonym": person.pseudonym}
    link = f"{url}/accept#{made.token}"
    result |= {"url": link, "expires_at": made.expires_at.isoformat()}
    until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
    show(
        result,
        [link, f"for {result['username']} ({result['pseudonym']}), once, until {until}"],
        as_json=as_json,
    )


def _added(session: Session, username: str, roles: tuple[str, ...], group: str | None) -> Person:
    if not roles:
        raise NotKnown(f"there is no person {username}; add --role to add and invite them")
    return persons.add(session, username=username, roles=roles, group=group, password_hash=None)


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
        changed = persons.switch(session, person=person, able=able)
        result = _shown(person)
    line = f"{username} is {word}" if changed else f"{username} was {word} already"
    show(result, [line], as_json=as_json)
