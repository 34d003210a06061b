"""`cbt split`: split the questions into train and test."""

from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import click

from db.errors import NotKnown
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.split import texts
from pipeline.importing.fields import one_line
from pipeline.splitting.split import listed, run
from pipeline.splitting.wanted import Splitting, Trait


class Share(click.ParamType[Decimal]):
    """A share between 0 and 1, as it was written: 0.1 is a tenth, and not a little more."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            share = Decimal(str(value))
        except InvalidOperation:
            share = Decimal("nan")
        if not (share.is_finite() and 0 < share < 1):
            self.fail(f"{value!r} is not a share between 0 and 1, for example 0.1", param, ctx)
        return share


@click.command(cls=Command)
@click.option("--name", metavar="NAME", help="What the split is called.  [required]")
@click.option(
    "--test",
    metavar="SHARE",
    type=Share(),
    default="0.1",
    show_default=True,
    help="How many of all questions are for testing.",
)
@click.option(
    "--validation", metavar="SHARE", type=Share(), help="How many are for validation; else none."
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Replays the draw.",
)
@click.option("--source", metavar="NAME", help="Draw from this source's questions only.")
@click.option("--system", metavar="NAME", help="Draw only questions that this system answered.")
@click.option(
    "--stratify",
    type=click.Choice(get_args(Trait)),
    multiple=True,
    help="What is to be as frequent in each subset as in all; may be given several times.",
)
@click.option("--detector", metavar="NAME", help="Whose distortions --stratify looks at.")
@click.option(
    "--extend", is_flag=True, help="Give questions a place that came in since it was drawn."
)
@click.option("--list", "listing", is_flag=True, help="Show the splits there are; draw nothing.")
@common_options
def split(
    *,
    name: str | None,
    test: Decimal,
    validation: Decimal | None,
    seed: int,
    source: str | None,
    system: str | None,
    stratify: tuple[Trait, ...],
    detector: str | None,
    extend: bool,
    listing: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Split the questions into train and test, by chance that a seed replays.

    Reads the questions; writes the place of each. Train and test never share a question or its
    text: questions that say the same are drawn together, whatever their ids and punctuation, and
    long ones also where a few words differ. The same questions are drawn the same in any store.
    The default is the paper's split: of 22,327 questions 20,094 to train on, 2,233 to test on.

    A name's split is never drawn anew: the same command again changes nothing. Texts that came
    with an outside gold are drawn only if their --source is named.

    Other commands take --split NAME --subset test; 'cbt export instructions' writes train.
    """
    if listing:
        found = [each for each in listed(opened(database)) if name in (None, each.name)]
        if name is not None and not found:
            raise NotKnown(f"there is no split {name}; 'cbt split --list' shows those there are")
        show(texts.listed_object(found), texts.listed_lines(found), as_json=as_json)
        return
    if name is None:
        raise click.UsageError("give --name NAME, or --list to see the splits there are")
    if test + (validation or 0) >= 1:
        raise click.UsageError("--test and --validation leave nothing to train on")
    if detector is not None and "distortions" not in stratify:
        raise click.UsageError("--detector needs --stratify distortions")
    config = Splitting(
        name=one_line(name, "split"),
        test=test,
        validation=validation or Decimal(0),
        seed=seed,
        source=source,
        system=system,
        stratify=stratify,
        detector=detector,
        extend=extend,
    )
    done = run(opened(database, write=True), config)
    show(texts.as_object(done), texts.lines(done), as_json=as_json)
