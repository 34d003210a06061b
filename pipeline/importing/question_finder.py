"""Find the question that a row of a responses file answers."""

from collections import defaultdict
from collections.abc import Iterable

from db.questions import Asked, content_hash, plain
from pipeline.importing.fields import FieldRefused
from pipeline.importing.response_rows import ResponseRow


class Questions:
    """The questions of a store, or of one source, by their ids and by their texts."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._by_id: dict[str, list[Asked]] = defaultdict(list)
        self._by_text: dict[str, list[Asked]] = defaultdict(list)
        for question in asked:
            self._by_id[question.external_id].append(question)
            self._by_text[plain(question.text)].append(question)

    def answered_by(self, row: ResponseRow) -> Asked:
        """Return the one question that the row names. Raises FieldRefused where it is not one."""
        if row.question_id is None:
            return self._of_text(row)
        found = self._by_id.get(row.question_id, [])
        if not found:
            why = f"names the question {row.question_id}, which the store does not hold"
            raise FieldRefused("unknown_question", why)
        found = _narrowed(found, row)
        if len(found) > 1:
            sources = ", ".join(question.source for question in found)
            why = f"names the question {row.question_id}, which several sources have ({sources})"
            raise FieldRefused("ambiguous_question", f"{why}; add --source")
        return found[0]

    def _of_text(self, row: ResponseRow) -> Asked:
        found = _narrowed(self._by_text.get(plain(row.question or ""), []), row)
        if not found:
            why = "has a question that no question of the store reads"
            raise FieldRefused("unknown_question", why)
        if len(found) > 1:
            names = ", ".join(f"{each.source} {each.external_id}" for each in found[:3])
            why = f"has a question that several of the store read ({names}); give question_id"
            raise FieldRefused("ambiguous_question", why)
        return found[0]


def _narrowed(found: list[Asked], row: ResponseRow) -> list[Asked]:
    """Return of several questions those that also read like the row's, if there are any."""
    if len(found) < 2 or row.question is None:
        return found
    if row.description is not None:
        digest = content_hash(row.question, row.description)
        return [each for each in found if each.content_hash == digest] or found
    return [each for each in found if plain(each.text) == plain(row.question or "")] or found


def reads_otherwise(question: Asked, row: ResponseRow) -> bool:
    """Say whether a row that names a question by its id has quite another text for it."""
    if row.question_id is None or row.question is None:
        return False
    stored, given = plain(question.text), plain(row.question)
    return stored not in given and given not in stored
