"""Find what a run is to look at, and check what can be checked before anything is spent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import batch_jobs, detections, runs
from db.detections import StoredDetection
from db.engine import Store
from db.errors import NotAllowed
from db.items import Subject
from pipeline.calling.asking import Request
from pipeline.detecting import binding, subjects
from pipeline.detecting.subjects import Texts
from pipeline.detecting.wanted import STAGE, Looking, Of
from pipeline.prompts import library
from pipeline.prompts.prompt import Prompt

PURPOSE = "detection"
FILE = ".toml"  # what the name of a prompt in a file ends with


@dataclass(frozen=True)
class Prepared:
    """What is to be looked at; `configuration` is what the detector is bound to.

    `known` texts have a finding. `out` are texts that batch jobs are to answer, of this run's or
    others: only the Batch API has these in `to_do`.
    """

    prompt: Prompt
    configuration: Mapping[str, Any]
    texts: Texts
    to_do: Sequence[Subject]
    known: int
    out: Collection[Subject]


def prepare(store: Store, config: Looking) -> Prepared:
    """Return what the run is to look at.

    Raises NotKnown and NotAllowed as `subjects.chosen` and `binding.configuration` do, and for a
    prompt that is not there or seeks no distortions.
    """
    with store.reading() as session:
        prompt = _prompt(session, config.prompt)
        configuration = binding.configuration(session, config, prompt)
        texts = subjects.chosen(session, config)
        there = found_by(session, config.detector, texts.of)
        out = _out(session, config)
    left = [subject for subject in texts.subjects if place(subject) not in there]
    to_do = left if config.batch else [subject for subject in left if subject not in out]
    return Prepared(prompt, configuration, texts, to_do, len(texts.subjects) - len(left), out)


def _out(session: Session, config: Looking) -> set[Subject]:
    earlier = runs.ids(session, stage=STAGE, having={"name": config.detector})
    out = batch_jobs.questions_out(session, run_ids=earlier)
    return {Subject(question, answer) for question, answer in out if question is not None}


def first(prompt: Prompt, texts: Texts, subject: Subject, *, room: int, plain: bool) -> Request:
    """Return the first call about a text, whose finding may take `room` tokens."""
    question, answer = subject.question_id, subject.response_id
    said = texts.said.get(question)
    messages = prompt.messages(
        question=said.text if said else "",
        description=said.description if said else "",
        answer=None if answer is None else texts.text(subject),
        structured=not plain,
    )
    return Request(question, messages, room, response_id=answer, plain=plain)


def _prompt(session: Session, named: str) -> Prompt:
    in_file = named.endswith(FILE)
    prompt = library.from_file(Path(named)) if in_file else library.find(session, named)
    if prompt.purpose != PURPOSE:
        raise NotAllowed(
            f"the prompt {prompt.name} seeks no distortions; 'cbt prompt list' shows which do"
        )
    return prompt


def found_by(session: Session, detector: str, of: Of) -> dict[int, StoredDetection]:
    """Return what a detector found in questions or in responses, under their ids."""
    if of == "questions":
        return detections.in_questions(session, detector=detector)
    return detections.in_responses(session, detector=detector)


def place(subject: Subject) -> int:
    """Return the id of the text itself."""
    return subject.question_id if subject.response_id is None else subject.response_id
