"""Check that what a prompt's file says fits together."""

from collections.abc import Sequence

from db.errors import FileRejected
from pipeline.parts import PARTS
from pipeline.prompts.fields import Fields
from pipeline.prompts.placeholders import places
from pipeline.prompts.prompt import Example, Named, Prompt
from pipeline.prompts.schemas import PRESENCE

QUESTION = ("question", "description")


def check(prompt: Prompt, fields: Fields) -> None:
    """Raise FileRejected, naming the file and the key, for the first thing that does not fit."""
    if (prompt.protocol == "distortions") != (prompt.purpose == "detection"):
        raise fields.wrong("protocol", "is distortions for the purpose detection, and only for it")
    _check_parts(prompt, fields)
    _check_instructions(prompt, fields)
    _check_places(fields, "ask", prompt.ask, may=QUESTION, must=QUESTION)
    if prompt.ask_about_answer:
        about = (*QUESTION, "answer")
        must = ("question", "answer")
        _check_places(fields, "ask_about_answer", prompt.ask_about_answer, may=about, must=must)
    if prompt.purpose == "answer" and len(prompt.examples) > 1:
        raise fields.wrong("example", "stands once where answers are asked for")
    for example in prompt.examples:
        _check_example(prompt, example, fields)


def _check_parts(prompt: Prompt, fields: Fields) -> None:
    ids, names = [p.id for p in prompt.parts], [p.name.casefold() for p in prompt.parts]
    if len(set(ids)) < len(ids) or len(set(names)) < len(names):
        raise fields.wrong("parts", "has each id and each name once")
    if prompt.protocol == "cbt" and tuple(ids) != PARTS:
        raise fields.wrong("parts", f"has the five parts of a CBT answer: {', '.join(PARTS)}")
    if prompt.protocol in ("act", "dbt") and len(ids) < 2:
        raise fields.wrong("parts", "has two parts or more, each as [[parts]]")
    if prompt.protocol in ("plain", "distortions") and ids:
        raise fields.wrong("parts", f"is left out where the protocol is {prompt.protocol}")


def _check_instructions(prompt: Prompt, fields: Fields) -> None:
    detects, parts = prompt.purpose == "detection", bool(prompt.parts)
    rules = (
        ("as_json", prompt.as_json, parts or detects, parts or detects),
        ("as_text", prompt.as_text, parts, not detects),
        ("when_in_danger", prompt.when_in_danger, not detects, not detects),
        ("ask_about_answer", prompt.ask_about_answer, detects, detects),
    )
    for key, text, needed, allowed in rules:
        if needed and not text:
            raise FileRejected(f"{fields.file} has no {key}: {NEEDED[key]}")
        if text and not allowed:
            raise fields.wrong(key, f"is left out of such a prompt: {NEEDED[key]}")
    if detects and prompt.characters:
        raise fields.wrong("characters", "is left out: there is no answer to have a length")


NEEDED = {
    "as_json": "it says how to write the parts, or what was found, as JSON",
    "as_text": "it says how to write the answer as text, each part under its heading",
    "when_in_danger": "it says how to answer a person in acute danger",
    "ask_about_answer": "it asks which distortions an {answer} finds in the question",
}


def _check_places(
    fields: Fields, key: str, text: str, *, may: Sequence[str], must: Sequence[str]
) -> None:
    found = places(text)
    for name in must:
        if name not in found:
            raise FileRejected(f"{fields.file} has no {{{name}}} in {key}: its place must be there")
    for name in found:
        if name not in may:
            there = ", ".join(f"{{{each}}}" for each in may)
            raise fields.wrong(key, f"has a place {{{name}}} that nothing fills; there are {there}")


def _check_example(prompt: Prompt, example: Example, fields: Fields) -> None:
    if prompt.purpose == "detection":
        _check_finding(example, fields)
    else:
        _check_answer(prompt, example, fields)
    for named in example.distortions:
        if named.id not in (prompt.distortions or ()):
            there = ", ".join(prompt.distortions or ()) or "none"
            raise fields.wrong("example.distortions", f"has {named.id}; the prompt has {there}")


def _check_answer(prompt: Prompt, example: Example, fields: Fields) -> None:
    ids = {part.id for part in prompt.parts}
    if (example.parts or {}).keys() != ids:
        should = f"has the parts {', '.join(p.id for p in prompt.parts)}, each with its text"
        raise fields.wrong("example.parts", should if ids else "is left out: there are no parts")
    if bool(example.answer) != (not ids):
        should = "is left out: the parts are the answer" if ids else "is the worked answer"
        raise fields.wrong("example.answer", should)
    if example.presence or any(named.quote for named in example.distortions):
        raise fields.wrong("example", "has presence and quote only where distortions are sought")


def _check_finding(example: Example, fields: Fields) -> None:
    if example.parts:
        raise fields.wrong("example.parts", "is left out where distortions are sought")
    if example.presence not in PRESENCE:
        raise fields.wrong("example.presence", f"is one of {', '.join(PRESENCE)}")
    if (example.presence == "yes") != bool(example.distortions):
        raise fields.wrong("example.presence", "is yes where distortions are named, and only there")
    for named in example.distortions:
        _check_quote(named, example, fields)


def _check_quote(named: Named, example: Example, fields: Fields) -> None:
    asked = (example.question, example.description)
    looked_at = asked if example.answer is None else (example.answer,)
    if not named.quote or not any(named.quote in text for text in looked_at):
        place = "question" if example.answer is None else "answer"
        raise fields.wrong(
            "example.distortions.quote", f"is copied from the {place}, word for word: {named.id}"
        )
