"""Make the first request for an answer to a question."""

from db.questions import Said
from pipeline.calling.asking import Request
from pipeline.danger.danger import in_danger
from pipeline.prompts.prompt import Prompt


def is_in_danger(said: Said) -> bool:
    """Say whether the question's writer, or somebody in it, is in acute danger."""
    return in_danger(text=said.text, description=said.description, tags=said.tags)


def first(
    prompt: Prompt, said: Said, *, of: tuple[int, int], room: int, plain: bool, danger: bool
) -> Request:
    """Return the request for one answer, which may take `room` tokens.

    `of` is the question's id and the number of the answer.
    """
    messages = prompt.messages(
        question=said.text,
        description=said.description,
        structured=not plain,
        danger=danger,
    )
    question_id, sample = of
    return Request(question_id, messages, room, sample=sample, plain=plain)
