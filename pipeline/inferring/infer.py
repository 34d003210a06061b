"""Let a fine-tuned model answer the questions that a system has not answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.engine import Store
from db.turns import one_at_a_time
from models.inference.local import Facts, LocalModel, Wanted
from models.taught import made_of, taught_by
from pipeline.calling.bound import in_force
from pipeline.calling.live.run import run as call
from pipeline.calling.made import made
from pipeline.calling.work import Called, RunOf
from pipeline.inferring import binding, here
from pipeline.inferring.here import Counts, Prompts, Tell, prompts_of
from pipeline.inferring.preparing import Prepared, instruction_of, prepare
from pipeline.inferring.served import Asking
from pipeline.inferring.wanted import STAGE, Inferred, Inferring, Served
from pipeline.model_errors import in_plain_words


@dataclass(frozen=True)
class Planned:
    """What a run would ask; `facts` and the tokens are known of a model that is loaded here."""

    system: str
    model: str
    planned: int
    skipped: int
    in_danger: int
    too_long: int
    instruction: str
    facts: Facts | None
    tokens_in: int | None
    most_tokens_out: int


def run(store: Store, config: Inferring, *, key: str | None, tell: Tell) -> Inferred:
    """Answer what is unanswered, and store each answer as it ends.

    `key` goes to a server only. `tell` is told how far it is. Raises what `prepare` raises,
    ModelRejected for a model that does not fit, NotAllowed while another run of the system goes on,
    and NotCalled where a server takes none of these calls.
    """
    with one_at_a_time(store, config.system):
        if isinstance(config.model, Served):
            return _by_server(store, config, config.model, key, tell)
        return _here(store, config, config.model, tell)


def plan(store: Store, config: Inferring) -> Planned:
    """Return what the run would ask; no weights are loaded, and nothing is called."""
    if isinstance(config.model, Served):
        prepared = _prepared_served(store, config, config.model)
        return _planned(config, config.model.model.name, prepared, None, None)
    model, prepared, prompts = _prepared_here(store, config, config.model)
    return _planned(config, model.facts.name, prepared, model.facts, prompts)


def _prepared_here(
    store: Store, config: Inferring, wanted: Wanted
) -> tuple[LocalModel, Prepared, Prompts]:
    with in_plain_words():
        model = LocalModel(wanted)
        configuration = binding.of_local(
            model.facts,
            config.decoding,
            instruction=instruction_of(config, model.instruction),
            max_tokens=config.answer_tokens,
        )
        prepared = prepare(store, config, configuration=configuration, taught=model.taught)
        return model, prepared, prompts_of(model, prepared, room=config.answer_tokens)


def _prepared_served(store: Store, config: Inferring, served: Served) -> Prepared:
    taught, name = None, None
    if served.adapter is not None:
        with in_plain_words():
            taught, name = taught_by(served.adapter), made_of(served.adapter)
    configuration = binding.of_served(
        served.model,
        instruction=instruction_of(config, taught.data.instruction if taught else None),
        max_tokens=config.answer_tokens,
        adapter=name,
    )
    return prepare(store, config, configuration=configuration, taught=taught)


def _here(store: Store, config: Inferring, wanted: Wanted, tell: Tell) -> Inferred:
    model, prepared, prompts = _prepared_here(store, config, wanted)
    counts = Counts()
    if prompts.asked:
        counts = here.answer(
            store, config, model=model, prepared=prepared, prompts=prompts, tell=tell
        )
    done = counts.answered + counts.set_aside
    failures = {"too_long": prompts.too_long} if prompts.too_long else {}
    return replace(
        _nothing(config, model.facts.name, prepared),
        answered=counts.answered,
        set_aside=counts.set_aside,
        failed=prompts.too_long,
        failures=failures,
        left=len(prompts.asked) - done,
        tokens_in=counts.tokens_in,
        tokens_out=counts.tokens_out,
        seconds=counts.seconds,
        reasons=dict(counts.reasons),
        notes=tuple(counts.words),
        stopped=counts.stopped,
        run=counts.run_id,
    )


def _by_server(
    store: Store, config: Inferring, served: Served, key: str | None, tell: Tell
) -> Inferred:
    prepared = _prepared_served(store, config, served)
    done = _nothing(config, served.model.name, prepared)
    if not prepared.passages:
        return done
    called: Called = call(
        store,
        Asking(config, served, prepared),
        run_of=RunOf(STAGE, config.system, _settings(config, served, prepared)),
        limits=served.limits,
        key=key,
        tell=tell,
    )
    return replace(
        done,
        answered=called.kept,
        set_aside=called.set_aside,
        refused=called.refused,
        failed=sum(called.failed.values()),
        **made(called, price=served.limits.price),
    )


def _settings(config: Inferring, served: Served, prepared: Prepared) -> Mapping[str, Any]:
    return {
        **prepared.configuration,
        "base_url": served.model.base_url,
        **vars(config.selection),
        "with_danger": config.with_danger,
        "seen": config.seen,
        "limits": in_force(served.limits),
    }


def _nothing(config: Inferring, model: str, prepared: Prepared) -> Inferred:
    return Inferred(
        system=config.system,
        model=model,
        planned=len(prepared.passages),
        skipped=prepared.skipped,
        in_danger=prepared.in_danger,
    )


def _planned(
    config: Inferring,
    model: str,
    prepared: Prepared,
    facts: Facts | None,
    prompts: Prompts | None,
) -> Planned:
    too_long = prompts.too_long if prompts else 0
    return Planned(
        system=config.system,
        model=model,
        planned=len(prepared.passages),
        skipped=prepared.skipped,
        in_danger=prepared.in_danger,
        too_long=too_long,
        instruction=prepared.instruction,
        facts=facts,
        tokens_in=prompts.tokens if prompts else None,
        most_tokens_out=config.answer_tokens * (len(prepared.passages) - too_long),
    )
