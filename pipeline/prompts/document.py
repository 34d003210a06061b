"""Read a prompt from its TOML, and say in one sentence what is wrong with it."""

import re
import tomllib
from collections.abc import Sequence
from typing import cast, get_args

from db.columns import Presence
from db.errors import FileRejected
from pipeline.codebook.distortions import Label, shipped
from pipeline.prompts.checks import check
from pipeline.prompts.fields import Fields
from pipeline.prompts.headed import heading
from pipeline.prompts.placeholders import filled, places
from pipeline.prompts.prompt import (
    By,
    Example,
    Language,
    Named,
    Origin,
    Part,
    Prompt,
    Protocol,
    Purpose,
)

NAME = re.compile(r"\w[\w.-]*")
PART = re.compile(r"[a-z][a-z0-9_]*")
NAMING = ("cbt", "distortions")  # the protocols by which a model names distortions
NOT_ONE = {"zh": "区分：{boundary}不算：{near_miss}", "en": "{boundary} Not one: {near_miss}"}
COLON = {"zh": "：", "en": ": "}


def read(text: str, *, file: str) -> Prompt:
    """Return the prompt that a document says. Raises FileRejected with what is wrong in `file`."""
    try:
        fields = Fields(file, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FileRejected(f"{file} is not TOML: {error}") from error
    prompt = _prompt(fields)
    fields.end()
    check(prompt, fields)
    return prompt


def _prompt(fields: Fields) -> Prompt:
    name = fields.text("name", why="it is what commands call the prompt")
    if not NAME.fullmatch(name):
        raise fields.wrong("name", "has letters, digits, hyphens, dots and underscores only")
    language = cast("Language", fields.one_of("language", get_args(Language)))
    purpose = cast("Purpose", fields.one_of("purpose", get_args(Purpose)))
    protocol = cast("Protocol", fields.one_of("protocol", get_args(Protocol)))
    characters = fields.window("characters")
    distortions = _distortions(fields, protocol)
    parts = tuple(_part(each) for each in fields.tables("parts"))
    made = _made(language, parts, distortions or ()) | _lengths(characters)
    return Prompt(
        name=name,
        language=language,
        purpose=purpose,
        protocol=protocol,
        characters=characters,
        distortions=distortions,
        system=_once(fields, "system", made) or fields.text("system", why="it says what to do"),
        as_json=_once(fields, "as_json", made),
        as_text=_once(fields, "as_text", made),
        when_in_danger=_once(fields, "when_in_danger", made),
        ask=fields.text("ask", why="it asks the question, {question} with {description}"),
        ask_about_answer=fields.optional_text("ask_about_answer"),
        parts=parts,
        examples=tuple(_example(each) for each in fields.tables("example")),
    )


def _distortions(fields: Fields, protocol: Protocol) -> tuple[str, ...] | None:
    """Return the ids that the file names, else the whole codebook where the protocol needs it."""
    if protocol not in NAMING:
        return None
    known = shipped().ids
    found = fields.texts("distortions")
    for id_ in found or ():
        if id_ not in known:
            raise fields.wrong("distortions", f"has {id_}; the codebook has {', '.join(known)}")
    return known if found is None else tuple(id_ for id_ in known if id_ in found)


def _part(fields: Fields) -> Part:
    id_ = fields.text("id", why="it is the part's name in replies and in the store")
    if not PART.fullmatch(id_) or id_ == "distortions":
        raise fields.wrong("id", "is a short English word, as strategy, other than distortions")
    name = fields.text("name", why="it is what the model and its readers see")
    holds = fields.text("holds", why="it tells the model what belongs in the part")
    for key, text in (("name", name), ("holds", holds)):
        if places(text):
            raise fields.wrong(key, f"has no places to fill in, but {{{places(text)[0]}}}")
    fields.end()
    return Part(id_, name, holds)


def _example(fields: Fields) -> Example:
    question = fields.text("question", why="it is what somebody asked")
    description = fields.optional_text("description") or ""
    answer = fields.optional_text("answer")
    presence = fields.optional_text("presence")
    origin, parts = fields.table("origin"), fields.table("parts")
    distortions = tuple(_named(each) for each in fields.tables("distortions"))
    fields.end()
    return Example(
        question=question,
        description=description,
        answer=answer,
        presence=cast("Presence | None", presence),
        origin=_origin(origin) if origin else None,
        parts=_texts(parts) if parts else None,
        distortions=distortions,
    )


def _named(fields: Fields) -> Named:
    id_ = fields.text("id", why="it says which distortion it is")
    reason = fields.text("reason", why="it says why")
    quote = fields.optional_text("quote")
    fields.end()
    return Named(id_, reason, quote)


def _origin(fields: Fields) -> Origin:
    found = Origin(
        by=cast("By", fields.one_of("by", get_args(By))),
        model=fields.optional_text("model"),
        source=fields.optional_text("source"),
        question=fields.optional_text("question"),
        seed=fields.number("seed"),
        made_on=fields.optional_text("made_on"),
    )
    fields.end()
    return found


def _texts(fields: Fields) -> dict[str, str]:
    return {key: fields.text(key, why="each part of an example has a text") for key in fields.keys}


def _once(fields: Fields, key: str, made: dict[str, str]) -> str | None:
    """Return an instruction with what the file itself puts into its places."""
    text = fields.optional_text(key)
    for place in places(text or ""):
        if not made.get(place):
            there = ", ".join(f"{{{name}}}" for name, value in made.items() if value)
            raise fields.wrong(
                key, f"has a place {{{place}}} that nothing fills; it may use {there}"
            )
    return text and filled(text, made)


def _made(language: Language, parts: Sequence[Part], distortions: Sequence[str]) -> dict[str, str]:
    colon = COLON[language]
    labels = [shipped().label(id_) for id_ in distortions]
    numbered = [f"{n}. {part.name}{colon}{part.holds}" for n, part in enumerate(parts, 1)]
    return {
        "parts": "\n".join(numbered),
        "headings": "\n".join(heading(part.name, language=language) for part in parts),
        "distortions": "\n".join(_defined(each, language) for each in labels),
        "distortions_in_full": "\n".join(_in_full(each, language) for each in labels),
    }


def _lengths(characters: tuple[int, int] | None) -> dict[str, str]:
    return dict(zip(("least", "most"), map(str, characters or ()), strict=False))


def _defined(label: Label, language: Language) -> str:
    return f"- {label.id} {label.name[language]}{COLON[language]}{label.definition[language]}"


def _in_full(label: Label, language: Language) -> str:
    more = NOT_ONE[language].format(
        boundary=label.boundary[language], near_miss=label.near_miss[language]
    )
    return f"{_defined(label, language)}{'' if language == 'zh' else ' '}{more}"
