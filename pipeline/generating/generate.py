"""Let a language model answer the questions that a system has not answered."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling import live
from pipeline.calling.batch import run as batch
from pipeline.calling.work import Called, Progress, RunOf
from pipeline.generating import storing
from pipeline.generating.answering import Answering
from pipeline.generating.preparing import Prepared, prepare
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
    keeper = storing.keeper(config.system, prepared.configuration, prepared.prompt)
    work = Answering(config, prepared, keeper=keeper)
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


def _settings(config: Generating, prepared: Prepared) -> dict[str, Any]:
    """Return all that was in force, so that the run can be repeated from its row alone."""
    limits, drawn = config.limits, config.drawn
    return {
        **prepared.configuration,
        "base_url": config.model.base_url,
        "batch": config.batch,
        **vars(config.selection),
        "drawn": drawn and vars(drawn),
        "samples": config.samples,
        **{key: value for key, value in vars(limits).items() if key != "price"},
        "price": limits.price and vars(limits.price),
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
    price = config.limits.price
    return replace(
        done,
        answered=called.kept,
        set_aside=called.set_aside,
        refused=called.refused,
        failed=sum(called.failed.values()),
        left=called.left,
        calls=called.attempts,
        tokens_in=called.tokens_in,
        tokens_out=called.tokens_out,
        cost=called.cost,
        currency=price.currency if price else None,
        seconds=called.seconds,
        reasons=called.reasons,
        failures=called.failed,
        stopped=called.stopped,
        out=called.out if config.batch else len(prepared.out),
        notes=called.notes,
        run=called.run_id,
    )
