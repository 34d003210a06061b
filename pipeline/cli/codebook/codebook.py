"""`cbt codebook`: the distortions, and how other lists of them relate to these."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from db.errors import NotKnown
from pipeline.cli.columns import aligned
from pipeline.cli.command import Group, finish, json_option, show
from pipeline.codebook.crosswalk import Crosswalk, crosswalks
from pipeline.codebook.distortions import LANGUAGES, NAME, Label, resolve, shipped
from pipeline.importing.decoding import text_of

CODEBOOK = "codebook"
NO_COUNTERPART = "no counterpart"
HEADINGS = {
    "zh": {"also": "又称", "boundary": "区分", "example": "例", "near_miss": "不算"},
    "en": {"also": "Also", "boundary": "Boundary", "example": "Example", "near_miss": "Not one"},
}
language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Of the texts; --json gives both.",
)


@click.group(cls=Group)
def codebook() -> None:
    """Show the codebook of distortions and its crosswalks. Reads no store."""


@codebook.command("show")
@click.argument("label", required=False)
@language_option
@json_option
def show_codebook(label: str | None, language: str, as_json: bool) -> None:
    """Show all distortions in brief, or in full the one with LABEL as its id, name or alias.

    Example: cbt codebook show 非黑即白 --language zh
    """
    found = shipped().labels if label is None else (_named(label),)
    result = {
        "name": NAME,
        "version": shipped().version,
        "labels": [each.as_json() | {"classes": _classes(each)} for each in found],
    }
    lines = _brief(language) if label is None else _full(found[0], language)
    show(result, lines, as_json=as_json)


@codebook.command("crosswalks")
@language_option
@json_option
def show_crosswalks(language: str, as_json: bool) -> None:
    """List the crosswalks: what each class covers, and what has no counterpart there."""
    result = {"crosswalks": [_crosswalk_object(each) for each in crosswalks().values()]}
    show(result, _crosswalk_lines(language), as_json=as_json)


@codebook.command("map")
@click.argument("names", nargs=-1)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A text with one name a line.",
)
@click.option(
    "--from", "from_", type=click.Choice(list(crosswalks())), help="The names are its classes'."
)
@click.option("--to", type=click.Choice(list(crosswalks())), help="Give its classes, not ids.")
@json_option
def map_names(
    names: tuple[str, ...], file: Path | None, from_: str | None, to: str | None, as_json: bool
) -> None:
    """Say which distortions of the codebook NAMES mean, in Chinese or English.

    Case, spaces, hyphens and quotation marks do not matter. With --from, the names are those of
    another list's classes, and one may cover several ids; with --to, the result is in the classes
    of that list. Names that are not known are listed, never guessed, and end the command with exit
    code 3. That a name has no counterpart is an answer.

    Example: cbt codebook map --to burns 灾难化 "tunnel vision"
    """
    if from_ and to:
        raise click.UsageError("give --from or --to, not both; ids of the codebook stand between")
    lines = text_of(file).splitlines() if file else ()
    wanted = dict.fromkeys(name.strip() for name in (*names, *lines) if name.strip())
    if not wanted:
        raise click.UsageError("give names, or a FILE with one name a line")
    found = {name: _mapped(name, from_, to) for name in wanted}
    unknown = [name for name, ids in found.items() if ids is None]
    result = {
        "from": from_ or CODEBOOK,
        "to": to or CODEBOOK,
        "names": [{"name": name, "ids": ids} for name, ids in found.items() if ids],
        "no_counterpart": [name for name, ids in found.items() if ids == []],
        "unknown": unknown,
    }
    shown = [[name, _shown(ids)] for name, ids in found.items()]
    show(result, aligned(shown, left=2), as_json=as_json)
    finish(some_failed=bool(unknown))


def _named(name: str) -> Label:
    id_ = resolve(name)
    if id_ is None:
        there = ", ".join(shipped().ids)
        raise NotKnown(f"the codebook has no distortion of the name {name}; there are {there}")
    return shipped().label(id_)


def _classes(label: Label) -> dict[str, list[str]]:
    return {
        name: _in_order(crosswalk, crosswalk.to_classes([label.id]))
        for name, crosswalk in crosswalks().items()
    }


def _in_order(crosswalk: Crosswalk, ids: frozenset[str]) -> list[str]:
    return [each.id for each in crosswalk.classes if each.id in ids]


def _mapped(name: str, from_: str | None, to: str | None) -> list[str] | None:
    """Return the ids, or with `to` the classes, that a name means; None if it is not known."""
    if from_:
        class_ = crosswalks()[from_].class_named(name)
        ids = frozenset() if class_ is None else crosswalks()[from_].to_codebook([class_])
        return None if class_ is None else [id_ for id_ in shipped().ids if id_ in ids]
    id_ = resolve(name)
    if id_ is None or to is None:
        return None if id_ is None else [id_]
    return _in_order(crosswalks()[to], crosswalks()[to].to_classes([id_]))


def _shown(ids: Iterable[str] | None) -> str:
    return "unknown" if ids is None else ", ".join(ids) or NO_COUNTERPART


def _brief(language: str) -> Iterator[str]:
    yield f"{NAME}, version {shipped().version}"
    for label in shipped().labels:
        yield ""
        yield _title(label, language)
        yield f"  {label.definition[language]}"


def _full(label: Label, language: str) -> Iterator[str]:
    heading = HEADINGS[language]
    colon = "：" if language == "zh" else ": "
    aliases = [alias for of in LANGUAGES for alias in label.aliases[of]]
    yield _title(label, language)
    yield f"{heading['also']}{colon}{', '.join(aliases)}"
    yield ""
    yield label.definition[language]
    yield f"{heading['boundary']}{colon}{label.boundary[language]}"
    for example in label.examples[language]:
        yield f"{heading['example']}{colon}{example}"
    yield f"{heading['near_miss']}{colon}{label.near_miss[language]}"
    yield ""
    yield from aligned([[name, _shown(ids)] for name, ids in _classes(label).items()], left=2)


def _title(label: Label, language: str) -> str:
    other = next(each for each in LANGUAGES if each != language)
    return f"{label.name[language]} ({label.name[other]}) {label.id}"


def _crosswalk_lines(language: str) -> Iterator[str]:
    yield f"from {NAME}, version {shipped().version}, to {', '.join(crosswalks())}"
    for crosswalk in crosswalks().values():
        yield ""
        yield f"{crosswalk.name}: {crosswalk.source}"
        yield crosswalk.about[language]
        yield from aligned(
            [
                [f"  {each.id}", each.name[language], _shown(each.codebook)]
                for each in crosswalk.classes
            ],
            left=3,
        )
        if crosswalk.without:
            yield f"{NO_COUNTERPART} there: {', '.join(crosswalk.without)}"


def _crosswalk_object(crosswalk: Crosswalk) -> dict[str, Any]:
    return {
        "name": crosswalk.name,
        "about": dict(crosswalk.about),
        "source": crosswalk.source,
        "classes": [
            {
                "id": each.id,
                "name": dict(each.name),
                "aliases": list(each.aliases),
                "codebook": list(each.codebook),
            }
            for each in crosswalk.classes
        ],
        "without": list(crosswalk.without),
    }
