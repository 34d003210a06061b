"""Send what waits, look at what is out, collect what has ended, until nothing is left."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from db import attempts, batch_jobs
from db.attempts import Held
from db.batch_jobs import JobOut
from db.columns import now
from db.errors import NotCalled
from pipeline.calling.batch.asks import Ask
from pipeline.calling.batch.collecting import Desk, Sent, collect
from pipeline.calling.batch.patience import Interrupted
from pipeline.calling.batch.remote import RemoteJob
from pipeline.calling.batch.sending import Sending
from pipeline.calling.batch.shards import Cutter, Shard, Waiting
from pipeline.calling.journal.calls import reply_of
from pipeline.calling.journal.tally import Tally
from pipeline.calling.live.exchange import Heard
from pipeline.calling.replies import PASSING, Fault
from pipeline.calling.work import Progress, Stopped

FORGOTTEN_AFTER = timedelta(days=30)  # a server keeps files no longer
FEWEST = 0.05  # of what is left: a job may take a day, and is not worth it for less


@dataclass
class Out:
    """A job that is with the server, and what is known of it."""

    job: JobOut
    sent: Sent | None = None
    told: RemoteJob | None = None


class Rounds:
    """A round sends all that waits; what it brings that is asked again goes into the next one.

    At the end `left` were not asked, `out` has the jobs that the server still has, and `notes` what
    was odd with others.
    """

    def __init__(
        self, desk: Desk, sending: Sending, cutter: Cutter, waiting: Waiting, tally: Tally
    ) -> None:
        self.out: list[Out] = []
        self.stopped: Stopped | None = None
        self.notes: list[str] = []
        self.left = 0
        self._desk, self._sending, self._cutter = desk, sending, cutter
        self._waiting, self._tally = waiting, tally
        self._one_by_one = False
        self._rounds = 0

    async def run(
        self, jobs: Iterable[JobOut], *, wait: bool, tell: Callable[[Progress], None]
    ) -> None:
        """Return when nothing is left to do, or to do now; `jobs` are what earlier runs left.

        Raises NotCalled and StoreError.
        """
        self._desk.books.watch = lambda: tell(self._progress())
        try:
            await self._recover(jobs)
            await self._run(wait=wait, tell=tell)
        except Interrupted:
            self.stopped = "interrupted"
            self._leave_the_rest()
        except Fault as fault:
            out = sum(out.job.requests for out in self.out)
            more = f"; {out} requests stay with the server, and the same command collects them"
            raise NotCalled(fault.message + (more if out else "")) from None

    async def _run(self, *, wait: bool, tell: Callable[[Progress], None]) -> None:
        while True:
            await self._look(wait=wait)
            if not self.out or not self._rounds:
                await self._send()
            tell(self._progress())
            if not self.out or not wait:
                break
            await self._desk.patience.look_later()
        if self._cutter.poor:
            self.stopped = "budget"
        self._leave_the_rest()
        await self._desk.books.written()

    # What is out

    async def _recover(self, jobs: Iterable[JobOut]) -> None:
        """Find out what became of jobs that were being sent, and leave alone what they ask."""
        for job in jobs:
            found = job if job.remote_id else await self._sending.recover(job)
            if found is not None:
                self.out.append(Out(found))
        with self._desk.store.reading() as session:
            most = attempts.reserved(session, job_ids=[out.job.id for out in self.out])
            run_ids = {out.job.run_id for out in self.out}
            self._waiting.fresh.out = batch_jobs.questions_out(session, run_ids=run_ids)
        self._desk.budget.settle(reserved=(0, 0), used=(most.tokens_in, most.tokens_out))

    async def _look(self, *, wait: bool) -> None:
        for out in list(self.out):
            try:
                if await self._has_ended(out) and out.told is not None:
                    await self._collect(out, out.told)
            except Fault as fault:
                # It was there before: a wait of hours outlasts a line that breaks.
                if fault.kind not in PASSING or out.told is None or not wait:
                    raise

    async def _has_ended(self, out: Out) -> bool:
        job, remote = out.job, self._desk.remote
        try:
            out.told = await remote.look(job.remote_id or "")
        except Fault as fault:
            if fault.kind != "bad_request":
                raise
            if now() - job.made_at < FORGOTTEN_AFTER:
                raise NotCalled(
                    f"the server {remote.shown} does not know the batch job {job.remote_id}, which"
                    f" was sent on {job.made_at:%Y-%m-%d} with {job.requests} requests; call it"
                    " with the key and the base URL that sent it"
                ) from None
            out.told = RemoteJob(job.remote_id or "", "completed", None, None, None, 0, 0, ())
        return out.told.has_ended

    async def _collect(self, out: Out, told: RemoteJob) -> None:
        self.out.remove(out)  # from now on its requests are counted as they are stored
        try:
            collected = await collect(self._desk, out.job, told, out.sent)
        except Exception:
            self.out.append(out)
            raise
        if out.sent is not None:
            out.sent.file.close()
        self._waiting.again.extend(collected.again)
        self._desk.patience.look_soon()
        if note := collected.note():
            self.notes.append(f"the batch job {told.id} ({told.status}): {note}")
        self.left += collected.odd["no_messages"]
        if collected.odd["too_much"]:
            self._send_less(out.job, told)
        if collected.fatal is not None:
            raise collected.fatal

    def _send_less(self, job: JobOut, told: RemoteJob) -> None:
        """Send smaller jobs, one after the other: the server lets only so much wait."""
        if job.requests == 1:
            raise self._desk.remote.faults.refused(400, {"error": told.errors[0]}, {})
        room = self._cutter.room
        self._cutter.room = replace(room, rows=min(room.rows, job.requests // 2))
        self._one_by_one = True

    # What waits

    async def _send(self) -> None:
        self._rounds += 1
        while True:
            shard = await self._cut()
            if not shard.rows:
                return
            if self._is_not_worth_it(shard):
                self._drop(shard)
                return
            await self._sent(shard)
            if self._one_by_one:
                return

    async def _cut(self) -> Shard:
        shard = self._cutter.begin()
        while (waits := self._waiting.look()) is not None:
            await self._desk.patience.breathe()
            ask, call = waits
            if isinstance(call, Held):
                await self._replay(ask, call)
            elif self._cutter.add(shard, ask, call):
                self._waiting.take()
            else:
                break
        return shard

    async def _replay(self, ask: Ask, held: Held) -> None:
        """Go on from a reply that an earlier run left."""
        heard = Heard(reply_of(held), None, (held.tokens_in, held.tokens_out))
        became = self._desk.becoming.of(ask, heard, run_id=self._sending.run_id)
        if became.again is not None:
            self._waiting.again.appendleft(became.again)
        elif became.entry.settled is not None:
            await self._desk.books.add(became.entry)

    def _is_not_worth_it(self, shard: Shard) -> bool:
        left = self._tally.planned - self._tally.done
        return self._cutter.poor and self._rounds > 1 and len(shard.rows) < FEWEST * left

    async def _sent(self, shard: Shard) -> None:
        try:
            job = await self._sending.send(shard)
        except (Fault, Interrupted):
            if shard.may_be_out:
                self._tally.attempts += len(shard.rows)
            else:
                self._drop(shard)
            raise
        self._tally.attempts += len(shard.rows)
        self.out.append(Out(job, Sent(shard.file, shard.asks)))

    def _drop(self, shard: Shard) -> None:
        self._desk.budget.settle(reserved=shard.most, used=(0, 0))
        self.left += len(shard.rows)

    def _leave_the_rest(self) -> None:
        """Count what is not asked; replies that were to be mended stay held for a later run."""
        self.left += sum(1 for _ in self._waiting.rest())

    def _progress(self) -> Progress:
        told = [out.told for out in self.out if out.told is not None]
        asked = sum(out.job.requests for out in self.out)
        answered = sum(job.completed + job.failed for job in told)
        progress = self._tally.progress(self._desk.budget, in_flight=asked - answered)
        progress.done += answered
        progress.at_server = ", ".join(sorted({job.status for job in told}))
        return progress
