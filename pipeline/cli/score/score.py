"""`cbt score`: answers against a reference's by automatic metrics, as in Table 4."""

import sys
from dataclasses import replace
from typing import Any

import click

from db.selections import Selection
from pipeline.analysis import LEVEL
from pipeline.cli.command import Command, common_options, finish, opened, say, show
from pipeline.cli.live_line import LiveLine
from pipeline.cli.main import INTERRUPTED
from pipeline.cli.numbers import Number
from pipeline.cli.score import objects, texts
from pipeline.cli.selection import selection_options
from pipeline.metrics.known import KNOWN
from pipeline.metrics.metric import Language, Options
from pipeline.scoring.score import run
from pipeline.scoring.wanted import RESAMPLES, Progress, Scoring
from pipeline.stats.resampling.intervals import Resampling


@click.command(cls=Command)
@click.option(
    "--system",
    "systems",
    multiple=True,
    required=True,
    metavar="NAME",
    help="Whose answers to score; repeat it to compare several.",
)
@click.option("--reference", metavar="NAME", help="The system whose answers they are held against.")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    type=click.Choice(list(KNOWN)),
    help="A metric; repeat it for more [default: all].",
)
@selection_options
@click.option(
    "--language",
    type=click.Choice(["auto", "zh", "en"]),
    default="auto",
    show_default=True,
    help="What the texts are in; auto looks at the references.",
)
@click.option("--bertscore-model", metavar="MODEL", help="A folder, or a model in the cache.")
@click.option(
    "--bertscore-layer",
    metavar="N",
    type=click.IntRange(min=1),
    help="Whose vectors BERTScore compares [default: the one published for the model].",
)
@click.option("--bleurt-model", metavar="MODEL", help="A folder, or a model in the cache.")
@click.option(
    "--device", default="auto", show_default=True, help="Where such a model runs: cpu, cuda, …."
)
@click.option(
    "--compatible",
    type=click.Choice(["jury"]),
    help="Show too what the paper's toolkit would tell; it is not stored.",
)
@click.option(
    "--resamples",
    metavar="N",
    type=click.IntRange(100, 100_000),
    default=RESAMPLES,
    show_default=True,
    help="Of the questions, for the intervals.",
)
@click.option(
    "--level",
    metavar="SHARE",
    type=Number(0.5, 0.999),
    default=LEVEL,
    show_default=True,
    help="Of the intervals.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the resamples and tests.",
)
@common_options
def score(
    *,
    systems: tuple[str, ...],
    reference: str | None,
    metrics: tuple[str, ...],
    selection: Selection,
    language: str,
    compatible: str | None,
    resamples: int,
    level: float,
    seed: int,
    database: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Score systems' answers by automatic metrics, as in the paper's Table 4, and compare them.

    Reads the first kept answer of each system to each question, and the reference's. Stores every
    answer's score under its metric's full signature; what is stored is never computed again, and an
    interrupted run goes on where it was. An answer without a reference has no score, and is
    counted.

    Shows each metric with a bootstrap interval over questions, and tests all pairs of systems on
    the questions that both answer, adjusted by Holm over all these tests. A metric that cannot run
    says why in place of a number, and the others run. docs/metrics.md tells what each metric can
    and cannot say of Chinese answers.
    """
    _check(systems, reference, compatible)
    config = Scoring(
        systems=systems,
        reference=reference,
        metrics=tuple(dict.fromkeys(metrics)),
        selection=selection,
        language=_language(language),
        options=replace(Options(), **options),
        plan=Resampling(level=level, resamples=resamples, seed=seed),
        jury=compatible is not None,
    )
    found = _scored(database, config)
    show(objects.found_object(found), texts.lines(found), as_json=as_json)
    finish(some_failed=bool(metrics) and any(each.why for each in found.metrics))


def _check(systems: tuple[str, ...], reference: str | None, compatible: str | None) -> None:
    if len(set(systems)) < len(systems):
        raise click.UsageError("--system names a system twice")
    if compatible and reference is None:
        raise click.UsageError(f"--compatible {compatible} needs --reference")


def _language(language: str) -> Language | None:
    known: dict[str, Language] = {"zh": "zh", "en": "en"}
    return known.get(language)


def _scored(database: str | None, config: Scoring) -> Any:
    store = opened(database, write=True)
    line: LiveLine[Progress] = LiveLine(texts.progress)
    try:
        return run(store, config, tell=line.tell)
    except KeyboardInterrupt:
        line.end()
        say("interrupted; the scores so far are stored, run it again for the rest")
        sys.exit(INTERRUPTED)
    finally:
        line.end()
