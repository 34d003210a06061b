"""Write a template as the chat template by which servers ask: token by token as in training."""

import json
from typing import Any

from models.errors import ModelError
from models.templates import SLOT, Mark, OwnTemplate, Template

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


def set_chat_template(tokenizer: Any, template: Template) -> bool:
    """Let the tokenizer's chat template ask as in training; False where no such one can be written.

    It is left as it is where it does so already, and where it cannot.
    """
    if isinstance(template, OwnTemplate) or _asks_alike(tokenizer, template):
        return True
    before = tokenizer.chat_template
    tokenizer.chat_template = _jinja(tokenizer, template)
    if _asks_alike(tokenizer, template):
        return True
    tokenizer.chat_template = before
    return False


def _asks_alike(tokenizer: Any, template: Template) -> bool:
    """Tell whether a server that renders and tokenises a whole prompt gets the same tokens."""
    if not tokenizer.chat_template:
        return False
    instruction, passage = SAMPLE
    try:
        wanted = template.prompt_ids(tokenizer, instruction=instruction, passage=passage)
    except ModelError:
        return False
    messages = [
        {"role": "system", "content": instruction},
        {"role": "user", "content": passage},
    ]
    try:
        found = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=False
        )
    except Exception:  # noqa: BLE001 - a template is a program of somebody else's
        return False
    return list(found) == list(wanted)


def _jinja(tokenizer: Any, template: Template) -> str:
    pieces = []
    first = tokenizer.bos_token_id
    if first is not None and (template.bos or tokenizer.encode("a")[:1] == [first]):
        pieces.append(tokenizer.bos_token)
    body = "".join(f"{{{{- {_quoted(piece)} -}}}}" for piece in pieces)
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
