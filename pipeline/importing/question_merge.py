"""Tell the questions of a file that a source lacks from those that it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from db.errors import BadRow
from db.questions import Named, StoredQuestion
from db.responses import StoredResponse
from pipeline.importing.question_rows import QuestionRow

DIGITS_OF_HASH = 16


@dataclass
class Merged:
    """The rows of a file under the ids that a source gives them; `answers` are of all good rows."""

    new: dict[str, QuestionRow] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)
    known: int = 0


class SameText(NamedTuple):
    """A new question whose text another question has too."""

    row: int
    question_id: str
    same_as: Named


def merge(
    rows: Iterable[QuestionRow],
    known: Mapping[str, StoredQuestion],
    *,
    source: str,
    bad: list[BadRow],
) -> Merged:
    """Sort the rows; one that has an id with another text than before goes to `bad`.

    A row without an id is the question of its text, or is named after its text. Rows with ids
    come first, so that it finds that question wherever it stands in the file.
    """
    merged = Merged()
    texts = {name: question.content_hash for name, question in known.items()}
    names = {digest: name for name, digest in reversed(texts.items())}
    for row in sorted(rows, key=lambda row: row.external_id is None):
        digest = row.content_hash
        name = row.external_id or names.get(digest) or f"text-{digest[:DIGITS_OF_HASH]}"
        if texts.get(name, digest) != digest:
            first = merged.new.get(name)
            where = f"row {first.number} has" if first else f"is in the store's {source}"
            why = f"has the id {name}, which {where} with another text"
            bad.append(BadRow(row.number, "other_text", why))
            continue
        if name in texts:
            merged.known += 1
        else:
            merged.new[name] = row
        texts[name] = digest
        names.setdefault(digest, name)
        merged.answers[name] = [*merged.answers.get(name, []), *row.answers]
    return merged


def same_text(
    new: Mapping[str, QuestionRow], there: Mapping[str, Named], *, source: str
) -> list[SameText]:
    """List the new questions whose text is `there` already, or earlier in the file."""
    first = dict(there)
    found = []
    for name, row in new.items():
        same_as = first.get(row.content_hash)
        if same_as is None:
            first[row.content_hash] = Named(source, name)
        else:
            found.append(SameText(row.number, name, same_as))
    return sorted(found)


def new_answers(answers: Iterable[str], stored: Iterable[StoredResponse]) -> list[tuple[int, str]]:
    """Return the answers whose text is not stored yet, numbered on from those that are."""
    there = list(stored)
    if not there:
        return list(enumerate(dict.fromkeys(answers)))
    texts = {response.text for response in there}
    fresh = [text for text in dict.fromkeys(answers) if text not in texts]
    start = max(response.sample for response in there) + 1
    return list(enumerate(fresh, start))
