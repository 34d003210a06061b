"""Find which questions a model is to answer, and refuse those that it was trained on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import frames, questions, responses, systems
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.questions import Said
from models.adapters import Manifest
from models.records import asked_hash
from pipeline.danger.danger import in_danger
from pipeline.inferring import binding
from pipeline.inferring.wanted import Inferring
from pipeline.passages import passage


@dataclass(frozen=True)
class Prepared:
    """The passages to ask, under their questions' ids, in order; `configuration` is what binds.

    `skipped` have an answer, whatever became of it, and `in_danger` are left to people.
    """

    passages: Mapping[int, str]
    configuration: dict[str, Any]
    instruction: str
    skipped: int
    in_danger: int


def instruction_of(config: Inferring, known: str | None) -> str:
    """Return what the model is told: what was given, else what is known of its training."""
    found = (config.instruction if config.instruction is not None else known) or ""
    if not found.strip():
        raise NotAllowed(
            "nothing says how this model is to be told what to do; give --instruction TEXT,"
            " the one that it was trained with"
        )
    return found.strip()


def prepare(
    store: Store,
    config: Inferring,
    *,
    configuration: dict[str, Any],
    taught: Manifest | None,
) -> Prepared:
    """Return what is to be asked.

    Raises NotKnown for a source, split or subset that is not there and for a store without
    questions, NotAllowed for a system bound to something else, and for questions that the model was
    trained on.
    """
    with store.reading() as session:
        before = systems.binding(session, name=config.system)
        binding.check(config.system, before, configuration)
        ids = _asked(session, config)
        done = responses.ids_of_system(session, system_id=before.id) if before else {}
        left = [id_ for id_ in ids if (id_, 0) not in done]
        said = questions.said(session, ids=left)
    in_need = () if config.with_danger else {id_ for id_ in left if _needs_people(said[id_])}
    passages = {
        id_: passage(said[id_].text, said[id_].description) for id_ in left if id_ not in in_need
    }
    if taught is not None and not config.seen:
        _check_unseen(passages.values(), taught)
    return Prepared(
        passages=passages,
        configuration=configuration,
        instruction=configuration["instruction"],
        skipped=len(ids) - len(left),
        in_danger=len(in_need),
    )


def _asked(session: Session, config: Inferring) -> list[int]:
    """Return the ids of the questions that the run is about, answered ones too, in order."""
    wanted = config.selection
    framed = frames.questions(
        session, source=wanted.source, split=wanted.split, subset=wanted.subset
    )
    if not framed:
        raise NotKnown("the store holds no such questions; run 'cbt import questions FILE' first")
    return [question.id for question in framed][: wanted.limit]


def _needs_people(said: Said) -> bool:
    return in_danger(text=said.text, description=said.description, tags=said.tags)


def _check_unseen(passages: Collection[str], taught: Manifest) -> None:
    trained_on = set(taught.trained_on)
    seen = sum(asked_hash(text) in trained_on for text in passages)
    if seen:
        split = taught.data.split
        named = f"--split {split} --subset test" if split else "--split NAME --subset test"
        raise NotAllowed(
            f"{seen:,} of these {len(passages):,} questions are among those that the model was"
            f" trained on; ask others, as by {named}, or give --seen to have them answered all"
            " the same"
        )
