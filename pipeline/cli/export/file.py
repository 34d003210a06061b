"""What all exports share: where the file goes, and in which format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.cli.columns import aligned
from pipeline.cli.command import show
from pipeline.exporting.formats import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


def file_options(function: F) -> F:
    """Give a command --out, --format, --force and --list-formats."""
    out = click.option(
        "--out",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The file to write; it may not be there yet, unless with --force.  [required]",
    )
    form = click.option(
        "--format",
        "format_",
        type=click.Choice(list(FORMATS)),
        help="The format; else the one that FILE's ending says.",
    )
    force = click.option("--force", is_flag=True, help="Replace FILE if it is there.")
    listed = click.option(
        "--list-formats", is_flag=True, help="Show the formats, and do nothing else."
    )
    return out(form(force(listed(function))))


def show_formats(*, as_json: bool) -> None:
    formats = [
        {"name": form.name, "endings": list(form.endings), "about": form.about}
        for form in FORMATS.values()
    ]
    rows = [[form.name, ", ".join(form.endings), form.about] for form in FORMATS.values()]
    show({"formats": formats}, aligned(rows, left=3), as_json=as_json)
