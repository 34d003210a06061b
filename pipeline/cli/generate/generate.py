"""`cbt generate`: let a language model answer the questions."""

from dataclasses import replace

import click

from db.selections import Selection
from pipeline.calling.talk import Output
from pipeline.cli import repeating, takes
from pipeline.cli.call_options import batch_options, check_waiting, prompt_option
from pipeline.cli.command import common_options, opened, show
from pipeline.cli.generate import plan_texts, texts
from pipeline.cli.model_options import ROOM, Asked, model_options
from pipeline.cli.progress import watching
from pipeline.cli.repeating import Repeatable
from pipeline.cli.selection import selection_options
from pipeline.generating.generate import run
from pipeline.generating.plan import plan
from pipeline.generating.wanted import ANSWER_TOKENS, PROMPT, Drawn, Generating
from pipeline.importing.fields import one_line

OUTPUTS = click.Choice(["auto", "schema", "text"])


@click.command(cls=Repeatable)
@click.option("--system", metavar="NAME", required=True, help="The name that the answers go by.")
@model_options()
@prompt_option(PROMPT)
@click.option(
    "--output",
    type=OUTPUTS,
    default="auto",
    show_default=True,
    help="How answers are asked for: by a JSON schema, as text, or as the server can.",
)
@click.option(
    "--answer-tokens",
    metavar="N",
    type=ROOM,
    default=ANSWER_TOKENS,
    show_default=True,
    help="The room of an answer; one that is cut off gets twice as much once.",
)
@click.option(
    "--samples",
    metavar="K",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="Answers to each question.",
)
@selection_options
@click.option(
    "--sample", "drawn", metavar="N", type=click.IntRange(1), help="N questions, drawn at random."
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Replays the draw of --sample.",
)
@batch_options
@common_options
def generate(
    *,
    system: str,
    asked: Asked,
    prompt: str,
    output: Output,
    answer_tokens: int,
    samples: int,
    selection: Selection,
    drawn: int | None,
    seed: int,
    batch: bool,
    no_wait: bool,
    dry_run: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Let a language model answer the questions that a system has not answered.

    Reads questions and a prompt. Writes answers with their parts, what distortions they name and
    why, tokens and cost, each in the moment in which it is paid for: a run that is interrupted,
    or killed, goes on where it was when it is started again. Failed questions are asked again
    then. The key is read from the environment. docs/generation.md tells more.
    """
    check_waiting(batch=batch, no_wait=no_wait)
    config = Generating(
        system=one_line(system, "system"),
        model=asked.model,
        prompt=prompt,
        output=output,
        selection=selection,
        drawn=None if drawn is None else Drawn(drawn, seed),
        samples=samples,
        answer_tokens=answer_tokens,
        limits=replace(asked.limits, wait=not no_wait),
        batch=batch,
    )
    store = opened(database, write=not dry_run)
    if dry_run:
        planned = plan(store, config)
        lines = plan_texts.lines(planned, concurrency=asked.limits.concurrency)
        show(takes.as_object(planned), lines, as_json=as_json)
        return
    with watching(asked.limits.price) as tell:
        done = run(store, config, key=asked.key, tell=tell)
    show(texts.as_object(done), texts.lines(done), as_json=as_json)
    repeating.end(done.stopped, some_failed=bool(done.failed or done.left))
