"""The `cbt` command: its subcommands are loaded when they are called, not before."""

import io
import signal
import sys
from importlib import import_module
from typing import Any

import click

from pipeline.settings import keep_to_one_core

COMMANDS = {
    "demo": ("pipeline.cli.serve.serve:demo", "Make the demo store and serve it."),
    "app": ("pipeline.cli.serve.serve:app", "Serve the annotation app."),
    "db": ("pipeline.cli.store:db", "Upgrade, check, back up, restore and verify the store."),
    "import": (
        "pipeline.cli.import_.import_:import_",
        "Import questions, responses, ratings or gold.",
    ),
    "people": ("pipeline.cli.people.people:people", "Add and list raters, leads and researchers."),
    "study": (
        "pipeline.cli.study.study:study",
        "Create, open, close, watch and adjudicate studies.",
    ),
    "export": (
        "pipeline.cli.export.export:export",
        "Write ratings, gold, instructions or a dataset to files.",
    ),
    "results": (
        "pipeline.cli.results.results:results",
        "Compare systems' means and ranks (Table 5).",
    ),
    "agreement": (
        "pipeline.cli.agreement.agreement:agreement",
        "Show how far raters agree, on each criterion or label.",
    ),
    "raters": (
        "pipeline.cli.raters.raters:raters",
        "Show each rater's severity, spread, drift and pace.",
    ),
    "power": (
        "pipeline.cli.power.power:power",
        "Plan how many items and raters a study needs.",
    ),
    "report": (
        "pipeline.cli.report.report:report",
        "Write a study's tables, figures and datasheet into one folder.",
    ),
    "prompt": (
        "pipeline.cli.prompt.prompt:prompt",
        "List, show and give examples to the prompts for models.",
    ),
    "generate": (
        "pipeline.cli.generate.generate:generate",
        "Let a language model answer the questions.",
    ),
    "split": ("pipeline.cli.split.split:split", "Split the questions into train and test."),
    "backbone": (
        "pipeline.cli.backbone.backbone:backbone",
        "List base models, and convert old ones so that they load.",
    ),
    "train": ("pipeline.cli.train.train:train", "Fine-tune a base model with LoRA."),
    "infer": ("pipeline.cli.infer.infer:infer", "Let a fine-tuned model answer the questions."),
    "model": ("pipeline.cli.model.model:model", "Merge a fine-tuned model, and write its card."),
    "score": (
        "pipeline.cli.score.score:score",
        "Score answers by automatic metrics (Table 4).",
    ),
    "show": (
        "pipeline.cli.show.show:show_question",
        "Show a question with the answers of several systems.",
    ),
    "responses": (
        "pipeline.cli.responses.responses:responses",
        "List answers, set some aside, keep others.",
    ),
    "danger": ("pipeline.cli.danger.danger:danger", "Tag questions of people in acute danger."),
    "detect": (
        "pipeline.cli.detect.detect:detect",
        "Find the distortions that answers name, or that questions show.",
    ),
    "detection-quality": (
        "pipeline.cli.detection_quality.detection_quality:detection_quality",
        "Score a detector against the ground truth (Table 3).",
    ),
    "describe": (
        "pipeline.cli.describe.describe:describe",
        "Describe lengths and distortions of answers (Tables 1, 2).",
    ),
    "codebook": (
        "pipeline.cli.codebook.codebook:codebook",
        "Show the codebook of distortions and its crosswalks.",
    ),
    "audit": ("pipeline.cli.audit.audit:audit", "Check published figures for consistency."),
}


INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only to run it or show its help."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted; nothing of this command was stored, run it again", err=True)
            ctx.exit(INTERRUPTED)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        loaded: click.Command = getattr(import_module(module), attribute)
        return loaded

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cbt-annotate")
def main() -> None:
    """Run a blinded human-evaluation study of CBT answers, from import to the paper's tables.

    For research only: the answers under study are by models, not by professionals.

    Every command takes --json (one object on stdout; messages go to stderr), and if it uses a
    store --database URL (or CBT_DATABASE_URL). Exit codes: 0 done, 1 a known error and nothing
    changed, 2 wrong usage, 3 finished but some of the work failed, 130 interrupted.
    """


def run() -> None:
    """Run the command as a shell calls it: a closed terminal or `kill` ends it like Ctrl-C."""
    keep_to_one_core()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal has every character
    main()


if __name__ == "__main__":
    run()
