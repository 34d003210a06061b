"""Find what a run is to ask, and check what can be checked before anything is spent."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import batch_jobs, frames, questions, responses, runs, systems
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.questions import Said
from pipeline.calling.talk import Output
from pipeline.generating import binding
from pipeline.generating.wanted import STAGE, Drawn, Generating
from pipeline.prompts import library
from pipeline.prompts.prompt import Prompt

PURPOSE = "answer"
FILE = ".toml"  # what the name of a prompt in a file ends with


@dataclass(frozen=True)
class Prepared:
    """What is to be asked: pairs of a question and the number of its answer, from 0.

    `skipped` are those that have an answer, whatever became of it. `out` are questions that batch
    jobs are to answer, which only the Batch API has in `to_do`. `said` has the questions' texts.
    `configuration` is what gets bound.
    """

    prompt: Prompt
    output: Output
    configuration: dict[str, Any]
    to_do: Sequence[tuple[int, int]]
    skipped: int
    out: Collection[int]
    said: Mapping[int, Said]

    @property
    def unasked(self) -> Sequence[tuple[int, int]]:
        """What is to be asked anew: it waits for no batch job."""
        return [pair for pair in self.to_do if pair[0] not in self.out]


def prepare(store: Store, config: Generating) -> Prepared:
    """Return what the run is to ask.

    Raises NotKnown for a prompt, source, split or subset that is not there and for a store without
    questions, NotAllowed for a prompt that asks for no answers, and for a system bound to something
    else.
    """
    with store.reading() as session:
        prompt = _prompt(session, config.prompt)
        bound = systems.binding(session, name=config.system)
        output = _output(binding.output(bound, config.output), prompt)
        configuration = binding.configuration(config, prompt, output=output)
        earlier = runs.ids(session, stage=STAGE, having={"name": config.system})
        binding.check(config.system, bound, configuration)
        for running in batch_jobs.configurations_out(session, run_ids=earlier):
            binding.check_alike(config.system, running, configuration)
        asked = [(id_, sample) for id_ in _asked(session, config) for sample in _samples(config)]
        done = responses.ids_of_system(session, system_id=bound.id) if bound else {}
        out = {id_ for id_, _ in batch_jobs.questions_out(session, run_ids=earlier) if id_}
        left = [pair for pair in asked if pair not in done]
        to_do = left if config.batch else [pair for pair in left if pair[0] not in out]
        ids = dict.fromkeys([*(id_ for id_, _ in to_do), *(out if config.batch else ())])
        said = questions.said(session, ids=list(ids))
    return Prepared(prompt, output, configuration, to_do, len(asked) - len(left), out, said)


def _prompt(session: Session, named: str) -> Prompt:
    """Return the prompt of this name, or that of a file."""
    in_file = named.endswith(FILE)
    prompt = library.from_file(Path(named)) if in_file else library.find(session, named)
    if prompt.purpose != PURPOSE:
        raise NotAllowed(
            f"the prompt {prompt.name} asks for no answers; 'cbt prompt list' shows which do"
        )
    return prompt


def _output(wanted: Output, prompt: Prompt) -> Output:
    if prompt.schema() is not None:
        return wanted
    if wanted == "schema":
        raise NotAllowed(f"the prompt {prompt.name} has no schema; leave out --output schema")
    return "text"


def _samples(config: Generating) -> range:
    return range(config.samples)


def _asked(session: Session, config: Generating) -> list[int]:
    """Return the ids of the questions that the run is about, answered ones too, in order."""
    wanted = config.selection
    framed = frames.questions(
        session, source=wanted.source, split=wanted.split, subset=wanted.subset
    )
    if not framed:
        raise NotKnown("the store holds no such questions; run 'cbt import questions FILE' first")
    ids = [question.id for question in framed]
    return (ids if config.drawn is None else _draw(ids, config.drawn))[: wanted.limit]


def _draw(ids: Sequence[int], drawn: Drawn) -> list[int]:
    """Return the drawn questions in the order that they had; the same seed draws the same ones."""
    if drawn.count > len(ids):
        raise NotAllowed(
            f"--sample {drawn.count} is more than there is: {len(ids)} questions to draw from"
        )
    places = random.Random(drawn.seed).sample(range(len(ids)), drawn.count)  # noqa: S311 - replayable
    return [ids[place] for place in sorted(places)]
