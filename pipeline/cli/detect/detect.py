"""`cbt detect`: find the distortions that answers name, or that questions show."""

import sys
from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from pipeline.cli.call_options import batch_options, check_waiting, prompt_option
from pipeline.cli.command import common_options, opened, say, show
from pipeline.cli.detect import texts
from pipeline.cli.main import INTERRUPTED
from pipeline.cli.model_options import ROOM, Asked, model_options
from pipeline.cli.repeating import Repeatable
from pipeline.cli.selection import selection_options
from pipeline.codebook.lexicon import DETECTOR
from pipeline.detecting.lexicon import Detecting, run
from pipeline.detecting.wanted import FINDING_TOKENS, METHOD, PROMPT

# What both ways of looking understand; every other option is about the model.
OF_BOTH = {"method", "system", "source", "split", "subset", "limit", "database", "as_json"}


@click.command(cls=Repeatable)
@click.option(
    "--method",
    type=click.Choice([DETECTOR, METHOD]),
    required=True,
    help="How: by the codebook's names and rules, or by asking a language model.",
)
@click.option("--system", metavar="NAME", help="Answers of this system only.")
@selection_options
@click.option(
    "--detector", metavar="NAME", help="The name that the findings go by [default: the model's]."
)
@model_options(required=False)
@prompt_option(PROMPT)
@click.option(
    "--of",
    type=click.Choice(["responses", "questions"]),
    help="What the model looks at [default: what the --study shows, else responses].",
)
@click.option(
    "--study", metavar="NAME", help="Only what this study's items show: all that scoring it needs."
)
@click.option(
    "--output",
    type=click.Choice(["auto", "schema", "text"]),
    default="auto",
    show_default=True,
    help="How findings are asked for: by a JSON schema, as text, or as the server can.",
)
@click.option(
    "--finding-tokens",
    metavar="N",
    type=ROOM,
    default=FINDING_TOKENS,
    show_default=True,
    help="The room of a finding; one that is cut off gets twice as much once.",
)
@batch_options
@common_options
def detect(
    *,
    method: str,
    asked: Asked | None,
    database: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Find the distortions that answers name, or that help-seekers' questions show.

    The lexicon reads the kept answers. It stores what it found in each, nothing named being a
    finding too, and the five parts where nobody marked them; it looks at the part that identifies
    thoughts, and negation and advice do not count. An answer counts as known until the lexicon
    changes: then it is looked at again, and the newer finding counts.

    A model (--method model --model M) looks at answers, or at questions with --of questions: at
    what the person's own words show. It stores for each whether there is a distortion, which, the
    words that show it and why, in the moment in which it is paid for: a run that is interrupted or
    killed goes on where it was when it is started again. Its name is bound to its first
    configuration. It is asked at temperature 0 unless told otherwise; the key is read from the
    environment. 'cbt detection-quality' measures every detector, and compares two.
    docs/detection.md tells more.
    """
    _check_options(method, asked)
    check_waiting(batch=options["batch"], no_wait=options["no_wait"])
    if asked is None:
        system, selection = options["system"], options["selection"]
        _by_lexicon(database, Detecting(method, system, selection), as_json=as_json)
        return
    from pipeline.cli.detect.model import by_model

    by_model(database, asked, as_json=as_json, **options)


def _check_options(method: str, asked: Asked | None) -> None:
    if method == METHOD:
        if asked is None:
            raise click.UsageError("--method model needs --model, the model as its server names it")
        return
    ctx = click.get_current_context()
    for parameter in ctx.command.params:
        name = parameter.name or ""
        given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in OF_BOTH:
            raise click.UsageError(f"{parameter.opts[0]} goes with --method model")


def _by_lexicon(database: str | None, config: Detecting, *, as_json: bool) -> None:
    store = opened(database, write=True)
    try:
        done = run(store, config, tell=_progress())
    except KeyboardInterrupt:
        say("\ninterrupted; what was found so far is stored, run it again for the rest")
        sys.exit(INTERRUPTED)
    show(vars(done), texts.of_lexicon(done), as_json=as_json)


def _progress() -> Callable[[int, int], None]:
    """Return what shows on a terminal how many answers are done; it is silent in a log."""
    terminal = sys.stderr.isatty()

    def tell(done: int, of: int) -> None:
        if terminal:
            end = "\n" if done == of else ""
            click.echo(f"\ranswers looked at: {done:,} of {of:,}", err=True, nl=False)
            click.echo(end, err=True, nl=False)

    return tell
