"""Say what a run would take and cost, without making any call."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import attempt_figures, attempts, runs
from db.attempt_figures import Took
from db.engine import Store
from pipeline.calling.asking import Request
from pipeline.calling.estimate import (
    CHINESE_TOKENS,
    OTHER_TOKENS,
    Before,
    Estimate,
    Span,
    before,
    estimate,
)
from pipeline.calling.journal.runs import check_currency
from pipeline.generating.first import first, is_in_danger
from pipeline.generating.preparing import Prepared, prepare
from pipeline.generating.wanted import STAGE, Generating

MEASURED = 2_000  # of the newest answers, which are enough to know a mean
UNBOUNDED = (200, 800)  # characters of an answer where the prompt says nothing
BESIDE = (60, 300)  # tokens of JSON and of reasons, where an answer comes by a schema


@dataclass(frozen=True)
class Planned:
    """What a run would ask, of which `in_danger` are in acute danger, and what it would take.

    `out` questions are with the server in batch jobs, and are not asked again. `before` is what
    earlier runs of the system took.
    """

    system: str
    model: str
    prompt: str
    planned: int
    skipped: int
    out: int
    in_danger: int
    takes: Estimate
    before: Before


def plan(store: Store, config: Generating) -> Planned:
    """Return what the run would take. Raises what `prepare` raises."""
    prepared = prepare(store, config)
    with store.reading() as session:
        took = _took(session, config, prepared)
        earlier = runs.ids(session, stage=STAGE, having={"name": config.system})
        check_currency(session, earlier, config.limits.price)
        spent = attempts.spent(session, run_ids=earlier)
    in_danger = {id_ for id_, said in prepared.said.items() if is_in_danger(said)}
    takes = estimate(
        replace(config.model, schema=prepared.prompt.schema()),
        list(_requests(config, prepared, in_danger)),
        took=took,
        written=_written(prepared, room=config.answer_tokens),
        limits=config.limits,
        batch=config.batch,
    )
    return Planned(
        system=config.system,
        model=config.model.name,
        prompt=prepared.prompt.name,
        planned=len(prepared.unasked),
        skipped=prepared.skipped,
        out=len(prepared.out),
        in_danger=len(in_danger),
        takes=takes,
        before=before(spent, takes, limits=config.limits),
    )


def _requests(
    config: Generating, prepared: Prepared, in_danger: Collection[int]
) -> Iterator[Request]:
    for of in prepared.unasked:
        yield first(
            prepared.prompt,
            prepared.said[of[0]],
            of=of,
            room=config.answer_tokens,
            plain=prepared.output == "text",
            danger=of[0] in in_danger,
        )


def _took(session: Session, config: Generating, prepared: Prepared) -> list[Took]:
    """Return what answers took: the system's own, else those of the same model and prompt."""
    alike = {"model": config.model.name, "prompt_hash": prepared.prompt.content_hash}
    for having in ({"name": config.system}, alike):
        run_ids = runs.ids(session, stage=STAGE, having=having)
        took = attempt_figures.took(session, run_ids=run_ids, limit=MEASURED)
        if took:
            return took
    return []


def _written(prepared: Prepared, *, room: int) -> Span:
    """Return by a rule of thumb how many tokens an answer has, where there is room for them."""
    least, most = prepared.prompt.characters or UNBOUNDED
    low, high = CHINESE_TOKENS if prepared.prompt.language == "zh" else OTHER_TOKENS
    beside = (0, 0) if prepared.output == "text" else BESIDE
    return Span(*(min(n, room) for n in (least * low + beside[0], most * high + beside[1])))
