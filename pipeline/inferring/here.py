"""Let a model that is loaded on this machine answer, and store its answers as they end."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from db import runs
from db.engine import Store
from db.errors import KnownError, NotAllowed
from db.tables import Run
from models.inference.local import LocalModel
from models.inference.rows import Answered, Asked, Listener, Pace
from models.records import asked_hash
from pipeline.calling.work import Progress, Stopped
from pipeline.inferring.judged import judged
from pipeline.inferring.keeping import Answer, keep
from pipeline.inferring.preparing import Prepared
from pipeline.inferring.wanted import STAGE, Inferring
from pipeline.interrupts import Ending, ending
from pipeline.model_errors import in_plain_words

Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class Prompts:
    """The prompts that fit the model's window, and the ids of the questions that they ask."""

    question_ids: Sequence[int]
    asked: Sequence[Asked]
    too_long: int

    @property
    def tokens(self) -> int:
        return sum(len(each.prompt) for each in self.asked)


@dataclass
class Counts:
    """What became of the questions so far."""

    answered: int = 0
    set_aside: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    run_id: int | None = None
    seconds: float = 0.0
    stopped: Stopped | None = None


def prompts_of(model: LocalModel, prepared: Prepared, *, room: int) -> Prompts:
    """Return the prompts; a question that leaves no room for its answer is too long."""
    fitting: dict[int, Asked] = {}
    for id_, text in prepared.passages.items():
        tokens = model.prompt(instruction=prepared.instruction, passage=text)
        if len(tokens) + room <= model.facts.window:
            fitting[id_] = Asked(asked_hash(text), tokens)
    found = Prompts(list(fitting), list(fitting.values()), len(prepared.passages) - len(fitting))
    if prepared.passages and not fitting:
        raise NotAllowed(
            f"{model.facts.name} reads {model.facts.window:,} tokens, and no question fits with"
            f" {room:,} for its answer; give a smaller --answer-tokens"
        )
    return found


def answer(
    store: Store,
    config: Inferring,
    *,
    model: LocalModel,
    prepared: Prepared,
    prompts: Prompts,
    tell: Tell,
) -> Counts:
    """Answer all prompts; what has ended is in the store before the next step begins."""
    return _Answering(store, config, model, prepared, prompts, tell).run()


class _Answering:
    def __init__(
        self,
        store: Store,
        config: Inferring,
        model: LocalModel,
        prepared: Prepared,
        prompts: Prompts,
        tell: Tell,
    ) -> None:
        self._store, self._config, self._model = store, config, model
        self._prepared, self._prompts, self._tell = prepared, prompts, tell
        self._counts = Counts()
        self._progress = Progress(planned=len(prompts.asked))
        self._began = time.monotonic()

    def run(self) -> Counts:
        config, counts = self._config, self._counts
        try:
            with ending() as ended, in_plain_words():
                for some in self._model.answers(
                    self._prompts.asked,
                    config.decoding,
                    room=config.answer_tokens,
                    batch_tokens=config.batch_tokens,
                    listener=Listener(self._step, self._word, lambda: not self._ends(ended)),
                ):
                    self._keep(some)
            if ended.asked and counts.answered + counts.set_aside < len(self._prompts.asked):
                counts.stopped = "interrupted"
        except KnownError as error:
            self._end()
            if counts.run_id is None:
                raise
            raise type(error)(
                f"{error.message.removesuffix('; nothing was changed')}; what was answered before"
                " is stored, and the same command goes on from there"
            ) from error
        finally:
            self._end()
        return counts

    def _ends(self, ended: Ending) -> bool:
        self._progress.ending = ended.asked
        return ended.asked

    def _step(self, pace: Pace) -> None:
        self._progress.in_flight, self._progress.tokens = pace.rows, pace.tokens
        self._tell(self._progress)

    def _word(self, said: str) -> None:
        self._counts.words.append(said)
        self._progress.trouble = said

    def _keep(self, some: Sequence[Answered]) -> None:
        with self._store.writing() as session:
            run_id = self._counts.run_id or self._begin(session)
            if not runs.goes_on(session, run_id=run_id):
                raise NotAllowed(
                    f"run {run_id} stores no more answers: another run of {self._config.system} has"
                    " begun meanwhile, or another store was put in the place of this one"
                )
            answers = [self._answer(each, run_id) for each in some]
            keep(
                session,
                answers,
                system=self._config.system,
                kind="local",
                configuration=self._prepared.configuration,
            )
        self._counts.run_id = run_id
        self._count(answers)

    def _answer(self, each: Answered, run_id: int) -> Answer:
        room = self._config.answer_tokens
        text = self._model.text(each.tokens)
        return Answer(
            self._prompts.question_ids[each.place],
            run_id,
            judged(text, stopped=each.finish == "stop", room=room),
            tokens_in=len(self._prompts.asked[each.place].prompt),
            tokens_out=len(each.tokens),
        )

    def _count(self, answers: Sequence[Answer]) -> None:
        counts, progress = self._counts, self._progress
        for each in answers:
            kept = each.judged.status == "kept"
            counts.answered += kept
            counts.set_aside += not kept
            counts.tokens_in += each.tokens_in
            counts.tokens_out += each.tokens_out
            if each.judged.reason:
                counts.reasons[each.judged.reason.partition(":")[0]] += 1
        progress.done, progress.set_aside = counts.answered + counts.set_aside, counts.set_aside
        progress.rate = progress.done / (time.monotonic() - self._began)
        self._tell(progress)

    def _begin(self, session: Session) -> int:
        name = {"name": self._config.system}
        runs.end_dead(session, run_ids=runs.ids(session, stage=STAGE, having=name))
        return runs.start(session, stage=STAGE, configuration={**self._settings(), **name}).id

    def _settings(self) -> Mapping[str, Any]:
        """Return all that was in force, so that the run can be repeated from its row alone."""
        config = self._config
        return {
            **self._prepared.configuration,
            "device": self._model.facts.device,
            **vars(config.selection),
            "batch_tokens": config.batch_tokens,
            "with_danger": config.with_danger,
            "seen": config.seen,
        }

    def _end(self) -> None:
        counts = self._counts
        counts.seconds = time.monotonic() - self._began
        if counts.run_id is None:
            return
        with self._store.writing() as session:
            run = session.get(Run, counts.run_id)
            if run is not None and run.ended_at is None:
                runs.end(run, counts=_told(counts))


def _told(counts: Counts) -> Mapping[str, Any]:
    told = {name: value for name, value in vars(counts).items() if name != "run_id"}
    return {**told, "reasons": dict(counts.reasons)}
