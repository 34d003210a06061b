"""Let a language model answer the questions that a system has not answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from db import responses, systems
from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling.batch import run as batch
from pipeline.calling.bound import in_force
from pipeline.calling.live import run as live
from pipeline.calling.made import made
from pipeline.calling.work import Called, Progress, RunOf
from pipeline.generating.answering import Answering
from pipeline.generating.preparing import Prepared, prepare
from pipeline.generating.storing import Keeper
from pipeline.generating.wanted import STAGE, Generated, Generating

Tell = Callable[[Progress], None]


def run(store: Store, config: Generating, *, key: str | None, tell: Tell) -> Generated:
    """Ask what is unanswered, and store each answer in the moment in which it is paid for.

    `key` goes to the server only. `tell` is told how far the calls are. Raises what `prepare`
    raises, NotAllowed while another run of the system goes on, and NotCalled where the server takes
    none of these calls: then no system is made.
    """
    with one_at_a_time(store, config.system):
        return _run(store, config, key, tell)


def _run(store: Store, config: Generating, key: str | None, tell: Tell) -> Generated:
    prepared = prepare(store, config)
    if not prepared.to_do and not (config.batch and prepared.out):
        return _generated(config, prepared, None, None)
    keeper = Keeper(config.system, prepared.configuration, prepared.prompt)
    work = Answering(config, prepared, keeper=keeper)
    _remind(store, config.system, work)
    call = batch.run if config.batch else live.run
    called = call(
        store,
        work,
        run_of=RunOf(STAGE, config.system, _settings(config, prepared)),
        limits=config.limits,
        key=key,
        tell=tell,
    )
    return _generated(config, prepared, work, called)


def _remind(store: Store, system: str, work: Answering) -> None:
    """Tell the work what the system has answered before: what says the same is no answer."""
    with store.reading() as session:
        bound = systems.binding(session, name=system)
        if bound is not None:
            for question_id, text in responses.kept_texts(session, system_id=bound.id):
                work.remember(question_id, text)


def _settings(config: Generating, prepared: Prepared) -> dict[str, Any]:
    """Return all that was in force, so that the run can be repeated from its row alone."""
    drawn = config.drawn
    return {
        **prepared.configuration,
        "base_url": config.model.base_url,
        "batch": config.batch,
        **vars(config.selection),
        "drawn": drawn and vars(drawn),
        "samples": config.samples,
        "limits": in_force(config.limits),
    }


def _generated(
    config: Generating, prepared: Prepared, work: Answering | None, called: Called | None
) -> Generated:
    done = Generated(
        system=config.system,
        model=config.model.name,
        prompt=prepared.prompt.name,
        output=work.output if work else prepared.output,
        planned=work.planned if work else 0,
        skipped=prepared.skipped,
        out=len(prepared.out),
    )
    if work is None or called is None:
        return done
    return replace(
        done,
        answered=called.kept,
        set_aside=called.set_aside,
        refused=called.refused,
        failed=sum(called.failed.values()),
        **made(
            called,
            price=config.limits.price,
            out=None if config.batch else len(prepared.out),
        ),
    )
