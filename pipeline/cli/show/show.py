"""`cbt show`: one question with the answers of several systems, in the five parts' colours."""

import shutil
import sys
from pathlib import Path

import click

from db.shown_questions import Among
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.show import objects, page, texts
from pipeline.settings import colour_wanted
from pipeline.showing.show import run, search
from pipeline.showing.wanted import Wanted

LISTED = 20


@click.command(cls=Command)
@click.argument("question_id", required=False)
@click.option("--source", metavar="NAME", help="Its source, where ids are not unique.")
@click.option("--item", metavar="CODE", help="The question of a study's item instead.")
@click.option("--search", "text", metavar="TEXT", help="List questions that hold this text.")
@click.option("--sample", is_flag=True, help="Draw a question by lot; --search draws among those.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --sample.")
@click.option(
    "--system",
    "systems",
    metavar="NAME",
    multiple=True,
    help="Only this one; more than one may be.",
)
@click.option("--study", metavar="NAME", help="Show the answers that it judges, with the ratings.")
@click.option("--set-aside", is_flag=True, help="Also what answers say that are not kept.")
@click.option("--danger", is_flag=True, help="Also a question of somebody who may be in danger.")
@click.option(
    "--html",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write it as one page, which needs no network.",
)
@common_options
def show_question(
    *,
    question_id: str | None,
    source: str | None,
    item: str | None,
    text: str | None,
    sample: bool,
    seed: int,
    systems: tuple[str, ...],
    study: str | None,
    set_aside: bool,
    danger: bool,
    file: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show a question and the answers to it beside each other, in the colours of Figure 4.

    Reads the store, and changes nothing there. Each answer comes in its five parts, as they came
    with it or as the parser finds them, with its automatic scores, the distortions that detectors
    named, and with --study its ratings. A study's systems are named by code until 'cbt study
    unblind'.

    Name the question by its id or by --item, or let --sample draw one. A question that may be of
    somebody in danger is shown with --danger only. NO_COLOR switches the colours off.
    """
    ways = [question_id is not None, item is not None, sample or text is not None]
    if sum(ways) != 1:
        raise click.UsageError("name a question, or give one of --item, --sample and --search")
    store, places = opened(database), shutil.get_terminal_size().columns
    if text is not None and not sample:
        found = search(store, Among(source=source, search=text), limit=LISTED)
        lines = texts.title_lines(found, places=places)
        show(objects.titles_as_object(found), lines, as_json=as_json)
        return
    wanted = Wanted(
        question=question_id,
        source=source,
        item=item,
        search=text,
        seed=seed,
        systems=tuple(dict.fromkeys(systems)),
        study=study,
        set_aside=set_aside,
        danger=danger,
    )
    shown = run(store, wanted)
    if file:
        page.write(file, shown)
    coloured = sys.stdout.isatty() and colour_wanted()
    told = texts.lines(shown, places=places, coloured=coloured)
    show(objects.as_object(shown), told, as_json=as_json, coloured=coloured)
