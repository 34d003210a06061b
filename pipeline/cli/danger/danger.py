"""`cbt danger`: tag questions of people in danger, list them, say otherwise, show the rules."""

from typing import get_args

import click

from pipeline.cli.command import Group, common_options, json_option, opened, show
from pipeline.cli.danger import texts
from pipeline.cli.named_questions import named_questions
from pipeline.danger.rules import LANGUAGES, kinds
from pipeline.danger.tags import Origin
from pipeline.tagging import Listing, Saying, Tagging, listed, run, say

source_option = click.option("--source", metavar="NAME", help="Questions of this source only.")


@click.group(cls=Group)
def danger() -> None:
    """Tag questions of people in acute danger, by rules that a person's word overrules.

    Tagged questions are answered with more care, announced to raters, and kept out of data for
    training by default. This keeps research data clean. It is no clinical instrument: rules miss
    people, and nobody watches.
    """


@danger.command()
@source_option
@common_options
def tag(source: str | None, database: str | None, as_json: bool) -> None:
    """Tag the stored questions by the rules as they are now.

    Writes the tag "danger". What a person has said stays, whether by 'cbt danger set' or as a tag
    in the file. What earlier rules found, and these do not, is taken back. Questions are tagged as
    they are imported, so this is for older ones, and for new rules.
    """
    done = run(opened(database, write=True), Tagging(source))
    show(vars(done), texts.tagged(done), as_json=as_json)


@danger.command("list")
@source_option
@click.option("--by", type=click.Choice(get_args(Origin)), help="By whose word.")
@click.option(
    "--kind",
    type=click.Choice([kind.id for kind in kinds()]),
    help="In which the rules find this.",
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="The first N only.")
@common_options
def list_danger(
    *,
    source: str | None,
    by: Origin | None,
    kind: str | None,
    limit: int | None,
    database: str | None,
    as_json: bool,
) -> None:
    """List the questions that are tagged, by whom, and the words in which rules find danger.

    Read them with care for yourself, and not too many at once.
    """
    found = listed(opened(database), Listing(source, by, kind, limit))
    show(texts.as_object(found), texts.lines(found, limit), as_json=as_json)


@danger.command("set")
@named_questions
@click.option("--yes/--no", "in_danger", default=None, help="Whether somebody is in danger.")
@click.option("--reason", metavar="TEXT", help="Why, if anyone should know.")
@common_options
def set_danger(
    *,
    questions: tuple[str, ...],
    in_danger: bool | None,
    source: str | None,
    reason: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Say of questions whether they are of people in danger: no rule changes that again.

    Writes the tag "danger" or "no_danger", and logs it. If one of the questions is not there,
    nothing is changed.

    Example: cbt danger set --source PsyQA --question 4394 --no
    """
    if in_danger is None:
        raise click.UsageError("say --yes or --no")
    wanted = Saying(questions, in_danger, source, reason)
    done = say(opened(database, write=True), wanted)
    result = {"danger": in_danger, **vars(done)}
    show(result, texts.said(wanted, done), as_json=as_json)


@danger.command()
@click.argument("kind", required=False, type=click.Choice([kind.id for kind in kinds()]))
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Of what the kinds are; --json gives both.",
)
@json_option
def rules(kind: str | None, language: str, as_json: bool) -> None:
    """Show what counts as danger, how right the rules are, or with KIND its signs. Reads no store.

    docs/danger.md says how they were measured, and what they cannot see.
    """
    from pipeline.cli.danger import rules_texts

    found = rules_texts.as_json()
    show(found, rules_texts.lines(kind, language), as_json=as_json)
