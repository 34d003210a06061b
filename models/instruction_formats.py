"""Write and read one record in the formats that trainers take: alpaca, sharegpt, openai, trl."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import ModelError
from models.records import Record

Row = Mapping[str, Any]
ROLES = {"human": "user", "gpt": "assistant"}  # sharegpt's words in those of the others
ONE_TURN = ["system", "user", "assistant"]


@dataclass(frozen=True)
class InstructionFormat:
    """A format by its name; `keys` tell its rows from others'.

    `dataset_info` is how LLaMA-Factory is told of a file, None where it cannot read the format.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    row: Callable[[Record], dict[str, Any]]
    record: Callable[[Row], Record]
    dataset_info: dict[str, Any] | None


def record(row: object) -> Record:
    """Return what a row of any of the formats holds. Raises ModelError saying what is wrong."""
    if not isinstance(row, Mapping):
        raise ModelError("is not an object with keys")
    for form in FORMATS.values():
        if all(key in row for key in form.keys):
            return _checked(form.record(row))
    known = "; ".join(f"{form.name}: {', '.join(form.keys)}" for form in FORMATS.values())
    raise ModelError(f"has the keys of no known format ({known})")


def _checked(found: Record) -> Record:
    held = {"instruction": found.instruction, "question": found.input, "answer": found.output}
    for name, text in held.items():
        if not text.strip():
            raise ModelError(f"has an empty {name}")
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ModelError(f"has half of a character (a lone surrogate) in its {name}")
    return found


def _as_alpaca(of: Record) -> dict[str, Any]:
    return {"instruction": of.instruction, "input": of.input, "output": of.output}


def _of_alpaca(row: Row) -> Record:
    for key in ("system", "history"):
        if row.get(key):
            raise ModelError(f"has a {key}, which would be lost; give it as sharegpt or openai")
    return Record(*(_text(row.get(key), key) for key in ("instruction", "input", "output")))


def _as_sharegpt(of: Record) -> dict[str, Any]:
    said = (("human", of.input), ("gpt", of.output))
    return {
        "conversations": [{"from": who, "value": text} for who, text in said],
        "system": of.instruction,
    }


def _of_sharegpt(row: Row) -> Record:
    said = _messages(row["conversations"], who="from", what="value")
    if row.get("system"):
        said = [("system", _text(row["system"], "system")), *said]
    return _of_turn(said)


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _asked(of: Record) -> list[dict[str, str]]:
    return [_message("system", of.instruction), _message("user", of.input)]


def _as_openai(of: Record) -> dict[str, Any]:
    return {"messages": [*_asked(of), _message("assistant", of.output)]}


def _of_openai(row: Row) -> Record:
    return _of_turn(_messages(row["messages"]))


def _as_trl(of: Record) -> dict[str, Any]:
    return {"prompt": _asked(of), "completion": [_message("assistant", of.output)]}


def _of_trl(row: Row) -> Record:
    return _of_turn([*_messages(row["prompt"]), *_messages(row["completion"])])


def _messages(value: object, *, who: str = "role", what: str = "content") -> list[tuple[str, str]]:
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        raise ModelError(f"has no list of messages with {who} and {what}")
    said = []
    for message in value:
        if not isinstance(message, Mapping):
            raise ModelError(f"has a message without {who} and {what}")
        role = _text(message.get(who), who)
        said.append((ROLES.get(role, role), _text(message.get(what), what)))
    return said


def _of_turn(said: list[tuple[str, str]]) -> Record:
    roles = [role for role, _ in said]
    if roles != ONE_TURN:
        raise ModelError(
            f"has the messages {', '.join(roles) or 'none'}; one of the system, one of the user"
            " and one of the assistant is what can be learned"
        )
    return Record(*(text for _, text in said))


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise ModelError(f"has no text in {key}")
    return value


FORMATS = {
    form.name: form
    for form in (
        InstructionFormat(
            "alpaca",
            "instruction, input and output; LLaMA-Factory, Axolotl and 'cbt train' read it",
            ("instruction", "output"),
            _as_alpaca,
            _of_alpaca,
            {
                "formatting": "alpaca",
                "columns": {"prompt": "instruction", "query": "input", "response": "output"},
            },
        ),
        InstructionFormat(
            "sharegpt",
            "conversations from human and gpt, the instruction as system",
            ("conversations",),
            _as_sharegpt,
            _of_sharegpt,
            {
                "formatting": "sharegpt",
                "columns": {"messages": "conversations", "system": "system"},
                "tags": {
                    "role_tag": "from",
                    "content_tag": "value",
                    "user_tag": "human",
                    "assistant_tag": "gpt",
                },
            },
        ),
        InstructionFormat(
            "openai",
            "messages of system, user and assistant, as for OpenAI's fine-tuning",
            ("messages",),
            _as_openai,
            _of_openai,
            {
                "formatting": "sharegpt",
                "columns": {"messages": "messages"},
                "tags": {
                    "role_tag": "role",
                    "content_tag": "content",
                    "user_tag": "user",
                    "assistant_tag": "assistant",
                    "system_tag": "system",
                },
            },
        ),
        InstructionFormat(
            "trl",
            "prompt and completion as messages: TRL learns the completion only",
            ("prompt", "completion"),
            _as_trl,
            _of_trl,
            None,
        ),
    )
}
