"""`cbt detect`: find the distortions that answers name."""

import sys
from collections.abc import Callable, Iterator

import click

from db.selections import Selection
from pipeline.cli.columns import aligned
from pipeline.cli.command import Command, common_options, opened, say, show
from pipeline.cli.main import INTERRUPTED
from pipeline.cli.selection import selection_options
from pipeline.codebook.distortions import shipped
from pipeline.detecting.lexicon import METHODS, Detected, Detecting, run


@click.command(cls=Command)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    required=True,
    help="How: the lexicon goes by the codebook's names and by rules.",
)
@click.option("--system", metavar="NAME", help="Answers of this system only.")
@selection_options
@common_options
def detect(
    *,
    method: str,
    system: str | None,
    selection: Selection,
    database: str | None,
    as_json: bool,
) -> None:
    """Find the distortions that answers name, and mark the parts of answers that have none marked.

    Reads the kept answers. Writes what was found in each, nothing named being a finding too, and
    the five parts where nobody marked them. An answer counts as known once it was looked at, until
    the lexicon changes: then it is looked at again, and the newer finding counts. The lexicon
    looks at the part that identifies thoughts; negation and advice do not count.
    docs/detection.md says how good it is.
    """
    store = opened(database, write=True)
    try:
        done = run(store, Detecting(method, system, selection), tell=_progress())
    except KeyboardInterrupt:
        say("\ninterrupted; what was found so far is stored, run it again for the rest")
        sys.exit(INTERRUPTED)
    show(vars(done), _lines(done), as_json=as_json)


def _progress() -> Callable[[int, int], None]:
    """Return what shows on a terminal how many answers are done; it is silent in a log."""
    terminal = sys.stderr.isatty()

    def tell(done: int, of: int) -> None:
        if terminal:
            end = "\n" if done == of else ""
            click.echo(f"\ranswers looked at: {done:,} of {of:,}", err=True, nl=False)
            click.echo(end, err=True, nl=False)

    return tell


def _lines(done: Detected) -> Iterator[str]:
    nothing = "" if done.added else " (nothing to add)"
    counts = f"read {done.read:,}, added {done.added:,}, already known {done.known:,}{nothing}"
    yield f"answers looked at by the {done.detector}: {counts}"
    if done.parts_added:
        yield f"answers whose parts were marked: {done.parts_added:,}"
    yield f"answers that name a distortion: {done.present:,}"
    if done.labels:
        names = {label.id: label.name for label in shipped().labels}
        yield from aligned(
            [[id_, names[id_]["zh"], f"{n:,}"] for id_, n in done.labels.items()], left=2
        )
