"""Begin and end the run that calls are made in."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from db import attempts, runs
from db.attempts import Held, Spent
from db.engine import Store
from db.errors import KnownError, NotAllowed, StoreError
from db.tables import Run
from pipeline.calling.prices import Price
from pipeline.calling.server.secrets import Secret
from pipeline.calling.work import Called, RunOf

NOT_COUNTS = ("run_id", "cost", "said", "earlier_tokens", "earlier_cost")


@dataclass(frozen=True)
class Begun:
    """A run that has begun, what earlier ones of its name spent, and the replies they left."""

    run_id: int
    spent: Spent
    held: Mapping[str, list[Held]]


def of_name(session: Session, run_of: RunOf) -> set[int]:
    """Return the runs of this stage and name, one after the other, of which one may go on."""
    return runs.ids(session, stage=run_of.stage, having={"name": run_of.name})


def begin(store: Store, run_of: RunOf, *, price: Price | None, secret: Secret) -> Begun:
    """Add a run; calls that a dead one left open are lost. The turn of the name must be held.

    Raises NotAllowed where earlier ones were paid in another currency than that of the price, and
    where the key is among the settings, which are stored.
    """
    if secret.stands_in(repr(run_of)):
        raise NotAllowed(
            "the key is among the settings of this run, which are stored; give it in the"
            " environment only"
        )
    with store.writing() as session:
        earlier = of_name(session, run_of)
        check_currency(session, earlier, price)
        runs.end_dead(session, run_ids=earlier)  # first: what they write now is in, or refused
        attempts.lose_open(session, run_ids=earlier)
        spent = attempts.spent(session, run_ids=earlier)
        held = attempts.held(session, run_ids=earlier)
        configuration = {**run_of.configuration, "name": run_of.name}
        run = runs.start(session, stage=run_of.stage, configuration=configuration)
        return Begun(run.id, spent, held)


def check_currency(session: Session, run_ids: Collection[int], price: Price | None) -> None:
    """Raise NotAllowed for a price whose currency is not that of what these runs took."""
    known = attempts.currencies(session, run_ids=run_ids)
    if price is not None and known - {price.currency}:
        raise NotAllowed(
            f"earlier runs of this name were paid in {', '.join(sorted(known))}, and the prices are"
            f" in {price.currency}: their sum would be none; give prices in the same currency"
        )


def check(session: Session, run_id: int) -> None:
    """Raise NotAllowed where a run may make no more calls.

    A turn can be lost while it is held: a server of the store drops the connection, somebody
    removes the file, or puts another store in the place of this one. Whoever has it then has ended
    this run.
    """
    if not runs.goes_on(session, run_id=run_id):
        raise NotAllowed(
            f"run {run_id} makes no more calls: another run of its name has begun meanwhile, or"
            " another store was put in the place of this one"
        )


def end(store: Store, called: Called, *, error: BaseException | None) -> None:
    """Write down that a run has ended, with what became of its requests, also by an error."""
    try:
        _end(store, called)
    except StoreError:
        if error is None:
            raise


def _end(store: Store, called: Called) -> None:
    counts = {name: value for name, value in asdict(called).items() if name not in NOT_COUNTS}
    with store.writing() as session:
        run = session.get(Run, called.run_id)
        if run is not None:  # else another store is in the place of this one by now
            runs.end(run, counts=counts)
            run.cost = called.cost


def told(error: BaseException, called: Called, *, unstored: int) -> BaseException:
    """Return the error with what became of the answers, where it is one sentence."""
    if not isinstance(error, KnownError):
        return error
    more = ""
    if called.kept or called.set_aside or called.refused:
        more = "; what was answered before is stored, and the same command goes on from there"
    if unstored:
        more = f"; {unstored} answers that were paid for could not be stored"
    # That nothing was changed is so of the last transaction alone.
    return type(error)(error.message.removesuffix("; nothing was changed") + more)
