"""`cbt prompt show`: a prompt as a model gets it, whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from db.errors import NotAllowed
from pipeline.calling.asking import Message
from pipeline.cli.command import Command, common_options, show
from pipeline.cli.prompt.prompt import example_of, named, reading
from pipeline.prompts import library
from pipeline.prompts.library import AT
from pipeline.prompts.prompt import Prompt

PLACES = {"question": "{question}", "description": "{description}"}
RULE = "────"


@dataclass(frozen=True)
class _Asked:
    """How the model is asked, and about what; a place stands where nothing is given."""

    mode: str
    danger: bool
    question: str | None
    description: str | None
    answer: str | None


@click.command("show", cls=Command)
@click.argument("name")
@click.option("--version", metavar="HASH", help="An older version, by the beginning of its hash.")
@click.option(
    "--mode",
    type=click.Choice(["schema", "text"]),
    default="schema",
    show_default=True,
    help="As a model is asked for JSON, or for text.",
)
@click.option("--danger", is_flag=True, help="As it is asked for a person in acute danger.")
@click.option("--question", metavar="TEXT", help="In the question's place.")
@click.option("--description", metavar="TEXT", help="In the description's place.")
@click.option("--answer", metavar="TEXT", help="An answer in which distortions are sought.")
@click.option("--toml", "as_file", is_flag=True, help="Its file, to write another one from.")
@common_options
def show_prompt(
    *,
    name: str,
    version: str | None,
    mode: str,
    danger: bool,
    question: str | None,
    description: str | None,
    answer: str | None,
    as_file: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Show the prompt NAME as a model gets it: each message, and the schema of its reply.

    Example: cbt prompt show cbt-zh --mode text --question 睡不着
    """
    with reading(database) as session:
        prompt = library.find(session, f"{name}{AT}{version}" if version else name)
    if answer is not None and prompt.purpose != "detection":
        raise NotAllowed(f"--answer is for prompts that seek distortions; {prompt.name} answers")
    if danger and prompt.when_in_danger is None:
        raise NotAllowed(f"--danger is for prompts that answer; {prompt.name} seeks distortions")
    asked = _Asked(mode, danger, question, description, answer)
    messages = _messages(prompt, asked)
    if as_file:
        show({**named(prompt), "toml": prompt.text}, [prompt.text.rstrip()], as_json=as_json)
        return
    result = {
        **named(prompt),
        "language": prompt.language,
        "purpose": prompt.purpose,
        "protocol": prompt.protocol,
        "characters": prompt.characters,
        "example": example_of(prompt),
        "mode": mode,
        "messages": [dict(message) for message in messages],
        "schema": prompt.schema() if mode == "schema" else None,
    }
    show(result, _lines(prompt, asked, messages), as_json=as_json)


def _messages(prompt: Prompt, asked: _Asked) -> tuple[Message, ...]:
    given = asked.question is not None  # a question alone has no description
    description = asked.description or ("" if given else PLACES["description"])
    return prompt.messages(
        question=asked.question or PLACES["question"],
        description=description,
        structured=asked.mode == "schema",
        danger=asked.danger,
        answer=asked.answer,
    )


def _lines(prompt: Prompt, asked: _Asked, messages: Sequence[Message]) -> Iterator[str]:
    yield f"{prompt.name}{AT}{prompt.version}, {_origin(prompt)}"
    for message in messages:
        yield f"\n{RULE} {message['role']}"
        yield message["content"]
    schema = prompt.schema()
    if asked.mode == "schema" and schema is not None:
        yield f"\n{RULE} schema of the reply"
        yield from _schema(schema)


def _origin(prompt: Prompt) -> str:
    if prompt.example is None:
        return "without example"
    found = prompt.example.origin
    if found is None or found.by == "people":
        return "its example written by people"
    asked = f"question {found.question} of {found.source}, drawn by seed {found.seed}"
    return f"its example by {found.model} on {found.made_on}: {asked}"


def _schema(schema: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each field, in the order in which a model gives them."""
    for name, field in schema["properties"].items():
        yield f"{name}: {_type(field)}"


def _type(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        inner = field["items"]["properties"]
        return f"a list of {{{', '.join(f'{name}: {_type(of)}' for name, of in inner.items())}}}"
    if "enum" in field:
        return " | ".join(field["enum"])
    return "text"
