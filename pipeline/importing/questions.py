"""Import questions, with the answers that people gave to them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import licences, questions, responses, runs, systems
from db.engine import Store
from db.errors import BadRow
from db.questions import StoredQuestion
from db.responses import StoredResponse
from pipeline.danger.danger import rules_version
from pipeline.danger.tags import BY_RULES, by_rules
from pipeline.importing import psyqa
from pipeline.importing.fields import Fields, one_line
from pipeline.importing.outcome import (
    Caution,
    Counts,
    cautions,
    parsed_rows,
    rejection,
    without_garbage_collection,
)
from pipeline.importing.question_merge import Merged, SameText, merge, new_answers, same_text
from pipeline.importing.question_rows import NAMES, QuestionRow, question_row

PEOPLE = "-people"


@dataclass(frozen=True)
class QuestionsImport:
    """What to import; without a source, the file's name without its ending is one.

    With `check`, all is read and nothing is stored. `licence` names the terms that the questions
    come under; PsyQA is known without it. `danger_rules` tags the new questions that the rules
    find to be of people in danger.
    """

    path: Path
    source: str | None = None
    skip_bad: bool = False
    check: bool = False
    licence: str | None = None
    danger_rules: bool = True


@dataclass(frozen=True)
class QuestionsImported:
    """What an import did; `system` holds the answers, `ignored` fields were not read.

    `answers_empty` and `answers_repeated` were left out. `danger` new questions were tagged by the
    rules.
    """

    source: str
    licence: str | None
    counts: Counts
    responses_added: int
    answers_empty: int
    answers_repeated: int
    danger: int
    system: str | None
    same_text: list[SameText]
    warnings: list[Caution]
    ignored: list[str]


@without_garbage_collection()
def run(store: Store, config: QuestionsImport) -> QuestionsImported:
    """Add the questions and answers that the store lacks; with a bad row, nothing.

    Raises FileRejected with the rows that are bad, unless they are to be skipped.
    """
    bad: list[BadRow] = []
    fields = Fields(NAMES)
    rows = parsed_rows(config.path, question_row, fields, required=NAMES["question"], bad=bad)
    source = one_line(config.path.stem if config.source is None else config.source, "source")
    read = len(rows) + len(bad)
    licence = _licence(config, source, rows)
    with store.writing(in_turn=True) as session:
        known = questions.of_source(session, source=source)
        merged = merge(rows, known, source=source, bad=bad)
        bad.sort(key=lambda each: each.row)
        if bad and not config.skip_bad:
            raise rejection(config.path, bad, read=read)
        if config.danger_rules:
            merged.new = {name: _tagged(row) for name, row in merged.new.items()}
        digests = [row.content_hash for row in merged.new.values()]
        there = questions.with_hashes(session, hashes=digests)
        configuration = _configuration(config, source, licence)
        system, responses_added = _store(session, configuration, merged, known=known)
        if not _is_recorded(session, source, licence):
            record = runs.start(session, stage=licences.STAGE, configuration=configuration)
            runs.end(record, counts={})
        if config.check:
            session.rollback()
    rejected = {each.row for each in bad}
    good = [row for row in rows if row.number not in rejected]
    return QuestionsImported(
        source=source,
        licence=licence,
        counts=Counts(read, len(merged.new), merged.known, bad),
        responses_added=responses_added,
        answers_empty=sum(row.given.empty for row in good),
        answers_repeated=sum(row.given.repeated for row in good),
        danger=sum(BY_RULES in row.tags for row in merged.new.values()),
        system=system,
        same_text=same_text(merged.new, there, source=source),
        warnings=[each for row in good for each in _cautions(row)],
        ignored=fields.others,
    )


def _licence(config: QuestionsImport, source: str, rows: Sequence[QuestionRow]) -> str | None:
    """Return what the questions come under, as given or as their shape or name tells."""
    if config.licence is not None:
        given = one_line(config.licence, "licence")
        return licences.PSYQA if given.casefold() == licences.PSYQA else given
    recalled = psyqa.is_its_name(config.path, source) or any(row.given.of_psyqa for row in rows)
    return licences.PSYQA if recalled else None


def _configuration(config: QuestionsImport, source: str, licence: str | None) -> dict[str, Any]:
    return {
        "file": config.path.name,
        "source": source,
        "skip_bad": config.skip_bad,
        "danger_rules": rules_version() if config.danger_rules else None,
        **({licences.KEY: licence} if licence else {}),
    }


def _tagged(row: QuestionRow) -> QuestionRow:
    tags = by_rules(text=row.text, description=row.description, tags=row.tags)
    return row if tags == row.tags else row._replace(tags=tags)


def _cautions(row: QuestionRow) -> Iterator[Caution]:
    given = row.given
    yield from cautions(
        row.number, asked=f"{row.text}\n{row.description or ''}", answers=given.texts
    )
    for marks in map(psyqa.glued, given.texts) if given.of_psyqa else ():
        if marks:
            yield Caution(row.number, "glued", marks)


def _is_recorded(session: Session, source: str, licence: str | None) -> bool:
    return licence is None or licence in licences.given(session).get(source, ())


def _store(
    session: Session,
    configuration: Mapping[str, Any],
    merged: Merged,
    *,
    known: Mapping[str, StoredQuestion],
) -> tuple[str | None, int]:
    """Add what is new, under a run of its own; return who answered, and how many answers."""
    source: str = configuration["source"]
    people = f"{source}{PEOPLE}"
    fresh = _new_answers(session, merged, known, people=people)
    count = sum(map(len, fresh.values()))
    if not merged.new and not count:
        return (people if any(merged.answers.values()) else None), 0
    record = runs.start(session, stage=licences.STAGE, configuration=configuration)
    questions.add(session, (_columns(*new, source, record.id) for new in merged.new.items()))
    if count:
        system = systems.find_or_add(session, name=people, kind="people")
        ids = questions.ids_of_source(session, source=source)
        responses.add(
            session,
            (
                {
                    "question_id": ids[name],
                    "system_id": system.id,
                    "sample": sample,
                    "text": text,
                    "run_id": record.id,
                }
                for name, answers in fresh.items()
                for sample, text in answers
            ),
        )
    tagged = sum(BY_RULES in row.tags for row in merged.new.values())
    counts = {"added": len(merged.new), "responses_added": count, "danger": tagged}
    runs.end(record, counts=counts)
    return (people if count else None), count


def _new_answers(
    session: Session, merged: Merged, known: Mapping[str, StoredQuestion], *, people: str
) -> dict[str, list[tuple[int, str]]]:
    system = systems.find(session, name=people) if known else None
    stored: dict[int, list[StoredResponse]] = defaultdict(list)
    if system:
        for response in responses.of_system(session, system_id=system.id).values():
            stored[response.question_id].append(response)
    return {
        name: new_answers(answers, stored.get(known[name].id, []) if name in known else [])
        for name, answers in merged.answers.items()
    }


def _columns(name: str, row: QuestionRow, source: str, run_id: int) -> dict[str, Any]:
    return {
        "source": source,
        "external_id": name,
        "text": row.text,
        "description": row.description,
        "keywords": row.keywords,
        "tags": row.tags,
        "content_hash": row.content_hash,
        "run_id": run_id,
    }
