"""Send shards so that none is bought twice, wherever this process dies."""

from dataclasses import dataclass
from uuid import uuid4

from db import attempts, batch_jobs
from db.batch_jobs import JobOut
from db.columns import now
from db.engine import Store
from pipeline.calling.batch.patience import Interrupted, Patience
from pipeline.calling.batch.remote import Remote, RemoteJob
from pipeline.calling.batch.shards import Shard
from pipeline.calling.journal import runs
from pipeline.calling.replies import PASSING, Fault

TOGETHER = 1000  # rows of one statement
NEVER_SENT = "it was never sent"


@dataclass(frozen=True)
class Sending:
    """Writes down what is sent before it is, under a token that goes with it.

    A job whose fate is not known is looked for at the server by its token. A server that is slow
    may be making it while it does not list it yet: it is looked for twice, with a wait between.
    """

    store: Store
    remote: Remote
    patience: Patience
    run_id: int
    tries: int

    async def send(self, shard: Shard) -> JobOut:
        """Have the server take a shard; return the job that is out then.

        Raises Fault and Interrupted. The shard is not out then, or the next run finds out.
        """
        job = self._written(shard)
        name = f"cbt-annotate-{job.token}.jsonl"
        try:
            input_file = await self.remote.upload(shard.file, name=name)
        except (Fault, Interrupted):
            self._not_sent(job)
            raise
        with self.store.writing() as session:  # a file takes a while to go up
            runs.check(session, self.run_id)
        shard.may_be_out = True
        try:
            return self._submitted(job, await self._made(job, input_file))
        except Fault as fault:
            if fault.kind not in PASSING:
                self._not_sent(job)
                shard.may_be_out = False
            raise

    async def recover(self, job: JobOut) -> JobOut | None:
        """Return a job that may have been sent as it is at the server; None if it never was."""
        told = await self._found(job)
        if told is not None:
            return self._submitted(job, told)
        self._not_sent(job)
        return None

    def _written(self, shard: Shard) -> JobOut:
        token, made_at = uuid4().hex, now()
        with self.store.writing() as session:
            runs.check(session, self.run_id)
            job_id = batch_jobs.add(
                session,
                run_id=self.run_id,
                token=token,
                requests=len(shard.rows),
                size_bytes=shard.size_bytes,
            )
            for start in range(0, len(shard.rows), TOGETHER):
                some = shard.rows[start : start + TOGETHER]
                attempts.add_open(session, [{**row, "batch_job_id": job_id} for row in some])
        return JobOut(job_id, self.run_id, token, None, made_at, len(shard.rows))

    async def _made(self, job: JobOut, input_file: str) -> RemoteJob:
        tries = 0
        while True:
            try:
                return await self.remote.create(input_file=input_file, token=job.token)
            except Fault as fault:
                if fault.kind not in PASSING:
                    raise
                found = await self._found(job)
                if found is not None:
                    return found
                tries += 1
                if tries >= self.tries:
                    raise

    async def _found(self, job: JobOut) -> RemoteJob | None:
        found = await self.remote.with_token(job.token, since=job.made_at)
        if found is None:
            await self.patience.sleep(self.patience.first)
            found = await self.remote.with_token(job.token, since=job.made_at)
        return found

    def _submitted(self, job: JobOut, told: RemoteJob) -> JobOut:
        with self.store.writing() as session:
            batch_jobs.submitted(session, job_id=job.id, remote_id=told.id)
        return JobOut(job.id, job.run_id, job.token, told.id, job.made_at, job.requests)

    def _not_sent(self, job: JobOut) -> None:
        with self.store.writing() as session:
            batch_jobs.not_sent(session, job_id=job.id, detail=NEVER_SENT)
