"""Read a model's reply: its text, where its parts stand, the distortions that it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline import parts
from pipeline.calling.said.json_said import Lack, json_said
from pipeline.calling.said.said import said, storable
from pipeline.codebook.claims import Named, claims
from pipeline.codebook.distortions import folded
from pipeline.generating.prose import prose
from pipeline.prompts.headed import headed
from pipeline.prompts.prompt import Part, Prompt

Unread = Literal["empty", "no_json", "bad_json", "cut_off"]
# Who says where the parts are: the fields of the JSON, their names as headings, or the parser.
MarkedBy = Literal["fields", "headings", "parser"]
DISTORTIONS = "distortions"
BETWEEN = "\n\n"  # parts
FENCE = "```"
FENCED = re.compile(r"```\w*\n?((?:(?!```).)*)```", re.DOTALL)  # the whole reply is a code block
KEYS: dict[str, Mapping[str, str]] = {}  # of each prompt that replies were read for
ENOUGH = 2  # headings, for the parts to be told by them
WHY: Mapping[Lack, tuple[Unread, str]] = {
    "none": ("no_json", "the reply holds no JSON"),
    "cut off": ("cut_off", "the JSON of the reply ends in the middle"),
    "broken": ("bad_json", "the JSON of the reply cannot be read"),
    "other": ("bad_json", "the JSON of the reply has none of the answer's parts"),
    "several": ("bad_json", "the reply holds several answers in JSON"),
    "twice": ("bad_json", "the JSON of the reply gives one part two texts"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reply says. `parts` are spans of `text`, None where none are marked.

    `distortions` is None where the reply lists none, which is not an empty list; `unknown` are
    names in its list that the codebook has not. `problem` is why nothing could be read, in a
    sentence, and `unread` the same as a code: `text` is then the reply as it came. `repairs` says
    what was mended to read it.
    """

    text: str
    parts: list[dict[str, Any]] | None = None
    distortions: tuple[Named, ...] | None = None
    problem: str | None = None
    unread: Unread | None = None
    marked_by: MarkedBy | None = None
    repairs: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read(content: str, prompt: Prompt, *, structured: bool) -> Draft:
    """Read a reply to a prompt that was sent `structured`, or as one that asks for text.

    Thinking is left out. Never raises: what cannot be read has a `problem`.
    """
    text = said(content)
    if not text:
        but = " but thinking" if storable(content) else ""
        return Draft("", problem=f"the reply holds nothing{but}", unread="empty")
    if structured and prompt.parts:
        return _structured(text, prompt)
    if prompt.parts and text.startswith(("{", FENCE)):
        found = json_said(text, _keys(prompt))
        if found.value is not None:
            return _draft(found.value, prompt.parts, ("fields", *found.repairs))
    return _as_text(text, prompt)


def _structured(text: str, prompt: Prompt) -> Draft:
    found = json_said(text, _keys(prompt))
    if found.value is None:
        unread, why = WHY[found.lack or "broken"]
        return Draft(text, problem=why, unread=unread)
    return _draft(found.value, prompt.parts, found.repairs)


def _draft(value: Mapping[str, Any], wanted: Sequence[Part], repairs: Sequence[str]) -> Draft:
    spans: list[dict[str, Any]] = []
    pieces: list[str] = []
    end = 0
    for part in wanted:
        raw = _text_of(value.get(part.id))
        piece = prose(raw, name=part.name)
        if piece:
            start = end + len(BETWEEN) if pieces else 0
            end = start + len(piece)
            spans.append({"part": part.id, "start": start, "end": end})
            pieces.append(piece)
    if not pieces:
        return Draft("", problem="the parts of the reply are empty", unread="empty")
    named = claims(value.get(DISTORTIONS))
    return Draft(
        text=BETWEEN.join(pieces),
        parts=spans,
        distortions=named.named,
        marked_by="fields",
        repairs=tuple(repairs),
        unknown=named.unknown,
    )


def _text_of(value: Any) -> str:
    """Return a part's text; a list of texts is its lines. What else a field may hold is no text."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return value if isinstance(value, str) else ""


def _keys(prompt: Prompt) -> Mapping[str, str]:
    """Return what the fields may be called: a part's id or its name, folded or as it stands."""
    known = KEYS.get(prompt.content_hash)
    if known is None:
        named = {folded(DISTORTIONS): DISTORTIONS}
        for part in prompt.parts:
            named |= dict.fromkeys((part.id, folded(part.id), folded(part.name)), part.id)
        known = KEYS[prompt.content_hash] = named
    return known


def _as_text(text: str, prompt: Prompt) -> Draft:
    fenced = FENCED.fullmatch(text)
    repairs = ("code block",) if fenced else ()
    text = fenced[1].strip() if fenced else text
    if not text:
        return Draft("", problem="the reply holds an empty code block", unread="empty")
    if not prompt.parts:
        return Draft(text, repairs=repairs)
    spans = headed(text, {part.id: part.name for part in prompt.parts})
    if len(spans) >= ENOUGH:
        return Draft(text, parts=spans, marked_by="headings", repairs=repairs)
    if prompt.protocol != "cbt":
        return Draft(text, parts=[], repairs=repairs)
    marked = parts.marked(text)
    return Draft(text, parts=marked or None, marked_by="parser", repairs=repairs)
