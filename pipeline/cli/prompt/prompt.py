"""`cbt prompt`: list and show the prompts, and add one's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from db.errors import StoreMissing
from pipeline.cli.columns import aligned
from pipeline.cli.command import Group, common_options, opened, show
from pipeline.prompts import library
from pipeline.prompts.library import Listed
from pipeline.prompts.prompt import Origin, Prompt

HEADING = ["prompt", "version", "language", "protocol", "parts", "example", "from", "systems"]
NONE = "–"


@click.group(
    cls=Group,
    later={
        "show": "pipeline.cli.prompt.show:show_prompt",
        "prototype": "pipeline.cli.prompt.prototype:prototype",
    },
)
def prompt() -> None:
    """List, show and give examples to the prompts that language models are asked with.

    A prompt is one TOML file: what a model is told, shown and asked. The store keeps each version
    that was used, whole, and never changes it. docs/prompts.md tells how to write one.
    """


@contextmanager
def reading(database: str | None) -> Iterator[Session | None]:
    """Yield a session, or None where there is no store yet: prompts come with the program too.

    A store that is named must be there.
    """
    try:
        store = opened(database)
    except StoreMissing:
        if database is not None:
            raise
        yield None
        return
    with store.reading() as session:
        yield session


@prompt.command("list")
@common_options
def list_prompts(*, database: str | None, as_json: bool) -> None:
    """List all versions of all prompts, and which systems were asked with them.

    A name alone means the first version listed under it, NAME@VERSION any one of them; the
    beginning of a version is enough.
    """
    with reading(database) as session:
        found = library.listed(session)
    show({"prompts": [_object(each) for each in found]}, _lines(found), as_json=as_json)


@prompt.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def add_prompt(*, file: Path, database: str | None, as_json: bool) -> None:
    """Add the prompt of a FILE to the store, as the newest version of its name.

    Example: cbt prompt show cbt-zh --toml > ours.toml, then change its name and texts, and
    cbt prompt add ours.toml
    """
    new = library.from_file(file)
    store = opened(database, write=True, make=True)
    with store.writing(in_turn=True) as session:
        known = any(
            each.stored and each.prompt.content_hash == new.content_hash
            for each in library.listed(session)
        )
        library.stored(session, new)
        current = library.find(session, new.name)
    result = {**named(new), "added": not known, "current": current == new}
    show(result, _added(new, known=known, current=current), as_json=as_json)


def named(of: Prompt) -> dict[str, Any]:
    """Return by what a version is found again."""
    return {"name": of.name, "version": of.version, "content_hash": of.content_hash}


def _added(new: Prompt, *, known: bool, current: Prompt) -> Iterator[str]:
    yield f"{'already known' if known else 'added'}: {new.name}@{new.version}"
    if current != new:
        yield (
            f"{new.name} alone still means {current.version}, which was added later;"
            f" ask with {new.name}@{new.version}"
        )


def _object(each: Listed) -> dict[str, Any]:
    of = each.prompt
    return {
        **named(of),
        "language": of.language,
        "purpose": of.purpose,
        "protocol": of.protocol,
        "parts": [{"id": part.id, "name": part.name} for part in of.parts],
        "characters": of.characters,
        "example": example_of(of),
        "current": each.current,
        "shipped": each.shipped,
        "stored": each.stored,
        "systems": list(each.systems),
    }


def example_of(of: Prompt) -> dict[str, Any] | None:
    """Return where a prompt's example comes from; None where it has none."""
    if of.example is None:
        return None
    return vars(of.example.origin or Origin("people"))


def _lines(found: Sequence[Listed]) -> Iterator[str]:
    yield from aligned([HEADING, *map(_row, found)], left=len(HEADING))
    yield "a name alone means the first version listed under it, NAME@VERSION any one of them"


def _row(each: Listed) -> list[str]:
    of = each.prompt
    origin = of.example and (of.example.origin or Origin("people"))
    places = ("shipped" if each.shipped else "", "store" if each.stored else "")
    return [
        of.name if each.current else "",
        of.version,
        of.language,
        of.protocol,
        str(len(of.parts) or NONE),
        (origin.model or origin.by) if origin else NONE,
        " and ".join(filter(None, places)),
        ", ".join(each.systems) or NONE,
    ]
