"""Draw a study's questions at random from a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from db import frames
from db.errors import BadRow, FileRejected, NotAllowed
from db.frames import Framed
from db.tables import System
from pipeline.study.chance import dice
from pipeline.study.studyfile import Frame


@dataclass(frozen=True)
class Sample:
    """Questions drawn from a frame, sorted by their keys, and how large the frame was.

    `unanswered` were left out as a system has no answer, `same_text` as their text is in the
    frame already under another id. `answers` maps each system to {question: response}.
    """

    questions: list[Framed]
    frame: int
    unanswered: int
    same_text: int
    answers: dict[int, dict[int, int]]


def draw(
    session: Session,
    *,
    frame: Frame,
    systems: Sequence[System],
    n: int | None,
    seed: int,
    at_most: int | None = None,
) -> Sample:
    """Draw n questions that every system has answered; without n all, or `at_most` so many.

    The draw is `random.Random(seed).sample(keys, n)` over the sorted (source, external id), so a
    seed draws the same questions from every store that holds them. Raises NotAllowed for a frame
    that is too small, NotKnown or FileRejected for a frame that names what is not there.
    """
    asked = frames.questions(session, source=frame.source, split=frame.split, subset=frame.subset)
    if frame.ids is not None:
        asked = _named(asked, frame.ids)
    answers = frames.answers(session, system_ids=[system.id for system in systems])
    answered = [q for q in asked if all(q.id in given for given in answers.values())]
    distinct = _without_doubles(answered)
    unanswered, same_text = len(asked) - len(answered), len(answered) - len(distinct)
    _check_size(n, len(distinct), unanswered, same_text)
    if n is None and at_most is not None and at_most < len(distinct):
        n = at_most
    drawn = distinct if n is None else dice(seed).sample(distinct, n)
    return Sample(
        questions=sorted(drawn, key=lambda question: question.key),
        frame=len(distinct),
        unanswered=unanswered,
        same_text=same_text,
        answers=answers,
    )


def _check_size(n: int | None, frame: int, unanswered: int, same_text: int) -> None:
    if n is None and frame:
        return
    if n is not None and n <= frame:
        return
    left_out = []
    if unanswered:
        left_out.append(f"{unanswered} lack a kept answer of at least one system")
    if same_text:
        left_out.append(f"{same_text} have the text of another one")
    why = f" ({', '.join(left_out)})" if left_out else ""
    if frame == 0:
        raise NotAllowed(f"there is no question to draw{why}; import questions and responses first")
    raise NotAllowed(
        f"a sample of {n} is larger than its frame of {frame} questions{why};"
        " ask for fewer, or draw from a larger frame"
    )


def _without_doubles(questions: Sequence[Framed]) -> list[Framed]:
    first: dict[str, Framed] = {}
    for question in questions:
        first.setdefault(question.content_hash or f"id {question.id}", question)
    return list(first.values())


def _named(questions: Sequence[Framed], path: Path) -> list[Framed]:
    """Return the questions whose external ids the file lists; refuse ids that name none or two."""
    known: dict[str, list[Framed]] = {}
    for question in questions:
        known.setdefault(question.external_id, []).append(question)
    bad = []
    ids = _lines(path)
    for name, row in ids.items():
        found = known.get(name, [])
        if not found:
            bad.append(BadRow(row, "unknown_question", f"there is no question {name} in the frame"))
        if len(found) > 1:
            sources = ", ".join(question.source for question in found)
            why = f"{sources} each have a question {name}; add --source"
            bad.append(BadRow(row, "ambiguous_question", why))
    if bad:
        raise FileRejected(
            f"{path.name}: {len(bad)} of {len(ids)} ids name no question, or several", bad
        )
    return [question for question in questions if question.external_id in ids]


def _lines(path: Path) -> dict[str, int]:
    """Return the file's lines with text, and where each is first."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileRejected(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    ids: dict[str, int] = {}
    for row, line in enumerate(lines, 1):
        if line.strip():
            ids.setdefault(line.strip(), row)
    if not ids:
        raise FileRejected(f"{path.name} holds no id; write one question id a line")
    return ids
