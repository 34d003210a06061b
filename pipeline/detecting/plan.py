"""Say what a model's look at texts would take and cost, without making any call."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import attempt_figures, attempts, runs
from db.attempt_figures import Took
from db.engine import Store
from pipeline.calling.estimate import Before, Estimate, Span, before, estimate
from pipeline.calling.journal.runs import check_currency
from pipeline.detecting.preparing import Prepared, first, prepare
from pipeline.detecting.wanted import METHOD, STAGE, Looking, Of

MEASURED = 2_000  # of the newest findings, which are enough to know a mean
FINDING = Span(20, 400)  # tokens of a finding: none, or four with their quotes and reasons


@dataclass(frozen=True)
class Planned:
    """What a run would look at, beside how many `known` texts, and what it would take.

    `out` texts are with the server in batch jobs. `before` is what earlier runs of the detector
    took.
    """

    detector: str
    model: str
    prompt: str
    of: Of
    planned: int
    known: int
    out: int
    takes: Estimate
    before: Before


def plan(store: Store, config: Looking) -> Planned:
    """Return what the run would take. Raises what `prepare` raises."""
    prepared = prepare(store, config)
    with store.reading() as session:
        took = _took(session, config, prepared)
        earlier = runs.ids(session, stage=STAGE, having={"name": config.detector})
        check_currency(session, earlier, config.limits.price)
        spent = attempts.spent(session, run_ids=earlier)
    unasked = [subject for subject in prepared.to_do if subject not in prepared.out]
    plain = prepared.configuration["output"] == "text"
    room = config.finding_tokens
    takes = estimate(
        replace(config.model, schema=prepared.prompt.schema()),
        [
            first(prepared.prompt, prepared.texts, subject, room=room, plain=plain)
            for subject in unasked
        ],
        took=took,
        written=FINDING,
        limits=config.limits,
        batch=config.batch,
    )
    return Planned(
        detector=config.detector,
        model=config.model.name,
        prompt=prepared.prompt.name,
        of=prepared.texts.of,
        planned=len(unasked),
        known=prepared.known,
        out=len(prepared.out),
        takes=takes,
        before=before(spent, takes, limits=config.limits),
    )


def _took(session: Session, config: Looking, prepared: Prepared) -> list[Took]:
    """Return what findings took: the detector's own, else those of the same model and prompt."""
    of = {"method": METHOD, "of": prepared.texts.of}
    alike = {"model": config.model.name, "prompt_hash": prepared.prompt.content_hash}
    for having in ({"detector": config.detector}, alike):
        run_ids = runs.ids(session, stage=STAGE, having=of | having)
        took = attempt_figures.took(session, run_ids=run_ids, limit=MEASURED)
        if took:
            return took
    return []
