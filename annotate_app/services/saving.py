"""Commit the judgements that arrive at the same time together, each kept or refused on its own."""

import asyncio
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotate_app.services import judging
from annotate_app.services.judging import Asked, Saved
from db.engine import Store
from db.errors import NotAllowed, StoreBusy, StoreError

LONGEST_WAIT_SECONDS = 5
TOGETHER = 64
TRIES = 3  # another process that writes to the same items is faster only so often

Outcome = Saved | NotAllowed


@dataclass(frozen=True)
class Waiting:
    """A judgement that waits for its transaction, and where its outcome goes."""

    asked: Asked
    outcome: "Future[Outcome]" = field(default_factory=Future)


class Saver:
    """Keeps judgements in the store by one thread, in the order in which they arrive.

    A commit waits for the disk, whatever is in it: while one waits, the judgements that arrive
    gather, and are committed by the next.
    """

    def __init__(self, store: Store, *, longest_wait: float = LONGEST_WAIT_SECONDS) -> None:
        self.store, self.longest_wait = store, longest_wait
        self._waiting: deque[Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "saver")

    async def save(self, asked: Asked) -> Saved:
        """Return once the judgement is committed.

        Raises what `judging.keep` raises, and StoreError: StoreBusy after `longest_wait` seconds.
        It may still be committed then, once; the same token again tells.
        """
        waiting = Waiting(asked)
        self._waiting.append(waiting)
        self._thread.submit(self._work)
        try:
            async with asyncio.timeout(self.longest_wait):
                outcome = await asyncio.wrap_future(waiting.outcome)
        except TimeoutError as error:
            raise StoreBusy("the store is busy; send this again in a moment") from error
        if isinstance(outcome, NotAllowed):
            raise outcome
        return outcome

    def _work(self) -> None:
        """Keep what has gathered; whoever has given up waiting for it to begin is left out."""
        batch: list[Waiting] = []
        while self._waiting and len(batch) < TOGETHER:
            waiting = self._waiting.popleft()
            if waiting.outcome.set_running_or_notify_cancel():
                batch.append(waiting)
        if batch:
            self._keep(batch)

    def _keep(self, batch: list[Waiting]) -> None:
        try:
            outcomes = self._transaction(batch)
        except StoreError as error:
            for waiting in batch:
                waiting.outcome.set_exception(error)
        except Exception as error:  # noqa: BLE001 - one of them must not take the others along
            if len(batch) == 1:
                batch[0].outcome.set_exception(error)
            else:
                for waiting in batch:
                    self._keep([waiting])
        else:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.outcome.set_result(outcome)

    def _transaction(self, batch: list[Waiting], tries: int = TRIES) -> list[Outcome]:
        try:
            with self.store.writing() as session:
                return [_kept(session, waiting.asked) for waiting in batch]
        except IntegrityError:
            if tries == 1:
                raise
            return self._transaction(batch, tries - 1)


def _kept(session: Session, asked: Asked) -> Outcome:
    try:
        return judging.keep(session, asked)
    except NotAllowed as refusal:
        return refusal
