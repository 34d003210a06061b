"""Put a question before a model as it was trained to be asked, token by token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import ModelError

Tokenizer = Any  # a PreTrainedTokenizerBase of transformers, which is loaded only where it is used
SLOT = re.compile(r"\{(instruction|passage|query)\}")
ENDS = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that the tokenizer must know as one token."""

    token: str


Piece = str | Mark


@dataclass(frozen=True)
class Template:
    """What stands around an instruction and a passage, and what ends the answer to them.

    A piece of text may hold {instruction}, {passage}, or {query}, which is both on two lines.
    Every piece is tokenised by itself, and so is the answer: no token reaches over a boundary,
    and a question's tokens are the same in training and in inference.
    """

    name: str
    about: str
    prompt: tuple[Piece, ...]
    instruction: str = ""  # where none is given
    stop: str | None = None  # None: the tokenizer's own end of text
    bos: bool = False  # also where the tokenizer itself adds none

    def prompt_ids(self, tokenizer: Tokenizer, *, instruction: str, passage: str) -> list[int]:
        """Return the tokens up to where the answer begins."""
        self.check(tokenizer)
        instruction = instruction or self.instruction
        filled = {
            "instruction": instruction,
            "passage": passage,
            "query": "\n".join(text for text in (instruction, passage) if text),
        }
        ids = first_ids(tokenizer, always=self.bos)
        for piece in self.prompt:
            ids += _piece_ids(tokenizer, piece, filled)
        return ids

    def answer_ids(self, tokenizer: Tokenizer, answer: str) -> list[int]:
        """Return the answer's tokens, the last of which ends the turn."""
        return [*_text_ids(tokenizer, answer), self.stop_id(tokenizer)]

    def stop_id(self, tokenizer: Tokenizer) -> int:
        """Return the token that an answer is trained to end with."""
        if self.stop is not None:
            return _mark_id(tokenizer, self.stop, template=self.name)
        return _end_of_text(tokenizer)

    def stop_ids(self, tokenizer: Tokenizer) -> tuple[int, ...]:
        """Return every token that ends a turn, the trained one first."""
        found = [self.stop_id(tokenizer)]
        if tokenizer.eos_token_id is not None:
            found.append(tokenizer.eos_token_id)
        found += [known for end in ENDS if (known := _known_id(tokenizer, end)) is not None]
        return tuple(dict.fromkeys(found))

    def check(self, tokenizer: Tokenizer) -> None:
        """Raise ModelError if the tokenizer lacks a mark of the template, or its stop token."""
        for piece in self.prompt:
            if isinstance(piece, Mark):
                _mark_id(tokenizer, piece.token, template=self.name)
        self.stop_id(tokenizer)


@dataclass(frozen=True)
class OwnTemplate(Template):
    """The chat template that comes with a tokenizer."""

    def prompt_ids(self, tokenizer: Tokenizer, *, instruction: str, passage: str) -> list[int]:
        """Return the tokens up to where the answer begins, a thinking model's thoughts left out."""
        messages = [{"role": "user", "content": passage}]
        if instruction:
            messages.insert(0, {"role": "system", "content": instruction})
        try:
            return _rendered_ids(tokenizer, messages)
        except ModelError:
            if not instruction:
                raise
        both = {"role": "user", "content": f"{instruction}\n{passage}"}
        return _rendered_ids(tokenizer, [both])  # not every template takes a system's message

    def stop_id(self, tokenizer: Tokenizer) -> int:
        """Return the mark that the template puts behind an answer, else the end of text."""
        said = "答"
        turns = [{"role": "user", "content": said}, {"role": "assistant", "content": said}]
        text = _rendered(tokenizer, turns, tokenize=False)
        tail = tokenizer.encode(text.rpartition(said)[2], add_special_tokens=False)
        marks = set(tokenizer.added_tokens_decoder) | set(tokenizer.all_special_ids)
        ends = [token for token in tail if token in marks]
        return ends[0] if ends else _end_of_text(tokenizer)

    def check(self, tokenizer: Tokenizer) -> None:
        """Raise ModelError if there is no chat template, or none that renders."""
        self.prompt_ids(tokenizer, instruction="", passage="问")
        self.stop_id(tokenizer)


def find_template(name: str) -> Template:
    """Return the template of this name; raise ModelError, with all names, if there is none."""
    if name not in TEMPLATES:
        raise ModelError(f"there is no template {name!r}; there are {', '.join(TEMPLATES)}")
    return TEMPLATES[name]


def fitting(tokenizer: Tokenizer) -> list[str]:
    """Return the names of the templates whose marks and stop token a tokenizer knows."""
    return [name for name, template in TEMPLATES.items() if _fits(template, tokenizer)]


def _fits(template: Template, tokenizer: Tokenizer) -> bool:
    try:
        template.check(tokenizer)
    except ModelError:
        return False
    return True


def first_ids(tokenizer: Tokenizer, *, always: bool) -> list[int]:
    """Return the beginning-of-text token where the tokenizer puts one before a text."""
    first: int | None = tokenizer.bos_token_id
    if first is None:
        return []
    return [first] if always or tokenizer.encode("a")[:1] == [first] else []


def _piece_ids(tokenizer: Tokenizer, piece: Piece, filled: Mapping[str, str]) -> list[int]:
    if isinstance(piece, Mark):
        return [int(tokenizer.convert_tokens_to_ids(piece.token))]
    # In one pass: a passage that says "{instruction}" stays as it is.
    return _text_ids(tokenizer, SLOT.sub(lambda slot: filled[slot[1]], piece))


def _text_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """Return a text's tokens; a mark that somebody wrote in it is text too."""
    if not text:
        return []
    return list(tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True))


def _known_id(tokenizer: Tokenizer, token: str) -> int | None:
    """Return the token's id if the tokenizer knows it as one token."""
    found = tokenizer.convert_tokens_to_ids(token)
    if not isinstance(found, int) or tokenizer.convert_ids_to_tokens(found) != token:
        return None
    return found


def _mark_id(tokenizer: Tokenizer, token: str, *, template: str) -> int:
    found = _known_id(tokenizer, token)
    if found is None:
        raise ModelError(
            f"the template {template} needs {token} as one token, which this tokenizer does not"
            f" know; name a template that fits it: {', '.join(_without_marks(tokenizer))}"
        )
    return found


def _without_marks(tokenizer: Tokenizer) -> list[str]:
    own = ["tokenizer"] if tokenizer.chat_template else []
    plain = [
        name
        for name, template in TEMPLATES.items()
        if template.stop is None and all(isinstance(piece, str) for piece in template.prompt)
    ]
    return [*own, *(name for name in plain if name != "tokenizer")]


def _end_of_text(tokenizer: Tokenizer) -> int:
    if tokenizer.eos_token_id is None:
        raise ModelError(
            "the tokenizer has no end-of-text token, so an answer would never end;"
            ' add "eos_token" to its tokenizer_config.json, or name a template with marks of its'
            " own, such as chatml"
        )
    return int(tokenizer.eos_token_id)


def _rendered_ids(tokenizer: Tokenizer, messages: list[dict[str, str]]) -> list[int]:
    return list(
        _rendered(
            tokenizer,
            messages,
            add_generation_prompt=True,
            return_dict=False,
            sanitize_control_tokens=True,
        )
    )


def _rendered(tokenizer: Tokenizer, messages: list[dict[str, str]], **options: bool) -> Any:
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        raise ModelError(
            "the tokenizer has no chat template of its own; name a template that fits it:"
            f" {', '.join(_without_marks(tokenizer))}"
        )
    try:
        return tokenizer.apply_chat_template(messages, enable_thinking=False, **options)
    except (TemplateError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"the tokenizer's own chat template cannot be used: {error}; name another template"
        ) from error


# The texts are those of LLaMA-Factory (github.com/hiyouga/LLaMA-Factory): default, alpaca,
# llama2-zh, chatml and both of Baichuan as in src/llmtuner/extras/template.py of September 2023,
# of the time when CBT-LLM was trained; llama3 and qwen3 as in src/llamafactory/data/template.py.
# There a Llama 2 prompt ended in a blank, which the answer's own first blank doubled: left out.
_IM_START, _IM_END = Mark("<|im_start|>"), Mark("<|im_end|>")
_HEAD, _HEAD_END = Mark("<|start_header_id|>"), Mark("<|end_header_id|>")
_TURN_END = Mark("<|eot_id|>")
_CHATML: tuple[Piece, ...] = (
    *(_IM_START, "system\n{instruction}", _IM_END, "\n"),
    *(_IM_START, "user\n{passage}", _IM_END, "\n"),
    *(_IM_START, "assistant\n"),
)
_ALL = (
    Template(
        name="default",
        about="LLaMA-Factory's default of 2023, as the published CBT-LLM uses it",
        prompt=("{instruction}", "\n", "Human: {passage}\nAssistant: "),
        instruction=(
            "A chat between a curious user and an artificial intelligence assistant. "
            "The assistant gives helpful, detailed, and polite answers to the user's questions."
        ),
    ),
    Template(
        name="alpaca",
        about="Stanford's Alpaca, without a part for the input, as Chinese-Alpaca uses it",
        prompt=(
            "Below is an instruction that describes a task. "
            "Write a response that appropriately completes the request.",
            "\n\n",
            "### Instruction:\n{query}\n\n### Response:\n",
        ),
    ),
    Template(
        name="chatml",
        about="ChatML: Qwen-7B-Chat, Qwen2, Qwen2.5",
        prompt=_CHATML,
        instruction="You are a helpful assistant.",
        stop="<|im_end|>",
    ),
    Template(
        name="qwen3",
        about="ChatML with the empty thoughts by which Qwen3 answers at once",
        prompt=(*_CHATML, Mark("<think>"), "\n\n", Mark("</think>"), "\n\n"),
        instruction="You are a helpful assistant.",
        stop="<|im_end|>",
    ),
    Template(
        name="llama2-zh",
        about="Llama 2's, as Chinese-Alpaca-2 uses it",
        prompt=("[INST] <<SYS>>\n{instruction}\n<</SYS>>\n\n{passage} [/INST]",),
        instruction="You are a helpful assistant. 你是一个乐于助人的助手。",
        bos=True,
    ),
    Template(
        name="llama3",
        about="Llama 3 and Llama-3-Chinese, instruction-tuned",
        prompt=(
            *(_HEAD, "system", _HEAD_END, "\n\n{instruction}", _TURN_END),
            *(_HEAD, "user", _HEAD_END, "\n\n{passage}", _TURN_END),
            *(_HEAD, "assistant", _HEAD_END, "\n\n"),
        ),
        instruction="You are a helpful assistant. 你是一个乐于助人的助手。",
        stop="<|eot_id|>",
        bos=True,
    ),
    Template(
        name="baichuan",
        about="Baichuan-13B-Chat, whose marks Baichuan-7B knows too",
        prompt=("{instruction}", Mark("<reserved_102>"), "{passage}", Mark("<reserved_103>")),
    ),
    Template(
        name="baichuan2",
        about="Baichuan2-7B-Chat, whose marks the base model knows too",
        prompt=("{instruction}", Mark("<reserved_106>"), "{passage}", Mark("<reserved_107>")),
    ),
    OwnTemplate(
        name="tokenizer", about="the chat template that comes with the tokenizer", prompt=()
    ),
)
TEMPLATES: dict[str, Template] = {template.name: template for template in _ALL}
