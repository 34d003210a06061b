"""Read one row of a questions file: PsyQA's records, or the same fields in a table."""

from typing import Any, NamedTuple

from db.questions import content_hash
from pipeline.importing import psyqa
from pipeline.importing.fields import (
    FieldRefused,
    Fields,
    identifier,
    is_missing,
    listed_in,
    text,
    words,
)
from pipeline.importing.rows import Row

NAMES = {
    "question": ("question",),
    "description": ("description",),
    "id": ("questionID", "question_id", "id", "idx"),
    "keywords": ("keywords",),
    "tags": ("tags",),
    "answers": ("answers",),
}
ANSWER = ("answer_text", "answer", "response", "text")


class Answers(NamedTuple):
    """The answers of a row, each once; those that are empty or there already are counted.

    `of_psyqa` says that they have the labels that only PsyQA's have.
    """

    texts: list[str]
    empty: int = 0
    repeated: int = 0
    of_psyqa: bool = False


class QuestionRow(NamedTuple):
    """What one row says; `external_id` is None where it gives no id."""

    number: int
    external_id: str | None
    text: str
    description: str | None
    keywords: list[str]
    tags: list[str]
    given: Answers
    content_hash: str

    @property
    def answers(self) -> list[str]:
        return self.given.texts


def question_row(row: Row, fields: Fields) -> QuestionRow:
    """Read a row. Raises FieldRefused naming the field that is wrong."""
    given = fields.given(row.values)
    if "question" not in given:
        raise FieldRefused("no_question", "has no question")
    question = text(given["question"], "question")
    description = text(given["description"], "description") if "description" in given else None
    return QuestionRow(
        number=row.number,
        external_id=identifier(given["id"], "id") if "id" in given else None,
        text=question,
        description=description,
        keywords=words(given["keywords"], "keywords") if "keywords" in given else [],
        tags=words(given["tags"], "tags") if "tags" in given else [],
        given=_answers(given["answers"]) if "answers" in given else Answers([]),
        content_hash=content_hash(question, description),
    )


def _answers(value: Any) -> Answers:
    """Return the answers that are not empty, each once, in their order."""
    listed = listed_in(value) if isinstance(value, str) else value
    each = listed if isinstance(listed, list) else [value]
    said = [text for text in map(_answer, each) if text is not None]
    texts = list(dict.fromkeys(said))
    of_psyqa = bool(each) and isinstance(each[0], dict) and psyqa.is_its_answer(each[0])
    return Answers(texts, len(each) - len(said), len(said) - len(texts), of_psyqa)


def _answer(answer: Any) -> str | None:
    if isinstance(answer, dict):
        first = answer.get(ANSWER[0])
        answer = _text_in(answer) if is_missing(first) else first
    return None if is_missing(answer) else text(answer, "answer")


def _text_in(answer: dict[str, Any]) -> Any:
    named = {name.casefold(): value for name, value in answer.items()}
    given = [named[name] for name in ANSWER if name in named]
    if answer and not given:
        raise FieldRefused(
            "bad_answers",
            f"has an answer with the fields {', '.join(answer)}, and none of {', '.join(ANSWER)}",
        )
    return next((each for each in given if not is_missing(each)), None)
