"""Write a template as the chat template by which servers ask: token by token as in training."""

import json
from typing import Any, Literal

from models.templates import SLOT, Mark, OwnTemplate, Template, first_ids

# Token by token; the same text, of which some tokens reach over a boundary; or otherwise.
Alike = Literal["tokens", "text", "none"]
SAMPLE = ("你是一名经验丰富的心理咨询师。", "最近总是睡不着，该怎么办？我今年三十岁。")
ONE_TURN = "this model was trained to answer one question"
HEAD = """\
{%- set told = namespace(instruction=INSTRUCTION, passage='', turns=0) -%}
{%- for message in messages -%}
{%- if message.role == 'system' -%}{%- set told.instruction = message.content -%}
{%- elif message.role == 'user' -%}
{%- set told.passage = message.content -%}{%- set told.turns = told.turns + 1 -%}
{%- endif -%}
{%- endfor -%}
{%- if told.turns != 1 -%}{{- raise_exception(ONE_TURN) -}}{%- endif -%}
{%- set query = told.instruction ~ ('\\n' if told.instruction else '') ~ told.passage -%}
"""
SLOTS = {"instruction": "told.instruction", "passage": "told.passage", "query": "query"}


def set_chat_template(tokenizer: Any, template: Template) -> Alike:
    """Let the tokenizer's chat template ask as in training, and say how far it does.

    It is left as it is where it does so already, and where no such one can be written.
    """
    if isinstance(template, OwnTemplate):
        return "tokens"
    before = tokenizer.chat_template
    if _alike(tokenizer, template) == "tokens":
        return "tokens"
    tokenizer.chat_template = _jinja(tokenizer, template)
    found = _alike(tokenizer, template)
    if found == "none":
        tokenizer.chat_template = before
    return found


def _alike(tokenizer: Any, template: Template) -> Alike:
    """Tell whether a server that renders and tokenises a whole prompt asks as in training."""
    if not tokenizer.chat_template:
        return "none"
    instruction, passage = SAMPLE
    wanted = template.prompt_ids(tokenizer, instruction=instruction, passage=passage)
    messages = [{"role": "system", "content": instruction}, {"role": "user", "content": passage}]
    try:
        found = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=False
        )
    except Exception:  # noqa: BLE001 - a template is a program of somebody else's
        return "none"
    if list(found) == list(wanted):
        return "tokens"
    return "text" if tokenizer.decode(found) == tokenizer.decode(wanted) else "none"


def _jinja(tokenizer: Any, template: Template) -> str:
    begins = first_ids(tokenizer, always=template.bos)
    body = f"{{{{- {_quoted(tokenizer.bos_token)} -}}}}" if begins else ""
    for piece in template.prompt:
        text = piece.token if isinstance(piece, Mark) else piece
        body += "".join(_parts(text))
    head = HEAD.replace("INSTRUCTION", _quoted(template.instruction))
    return head.replace("ONE_TURN", _quoted(ONE_TURN)) + body


def _parts(text: str) -> list[str]:
    """Return a piece's text, and what fills its slots, as Jinja that prints them as they stand."""
    found, end = [], 0
    for slot in SLOT.finditer(text):
        if slot.start() > end:
            found.append(f"{{{{- {_quoted(text[end : slot.start()])} -}}}}")
        found.append(f"{{{{- {SLOTS[slot[1]]} -}}}}")
        end = slot.end()
    if end < len(text):
        found.append(f"{{{{- {_quoted(text[end:])} -}}}}")
    return found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
