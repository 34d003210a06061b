"""The Batch API of a server, by the official client: files up and down, jobs made and looked at."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from db.errors import NotCalled
from pipeline.calling.batch.lines import ENDPOINT
from pipeline.calling.batch.patience import Patience
from pipeline.calling.replies import Fault
from pipeline.calling.server.completions import Unreadable, parsed
from pipeline.calling.server.server import Server

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
FILE_SECONDS = 600.0  # without a byte, while a file goes up or comes down
CHUNK = 1 << 18
PAGE = 100
CLOCKS_DIFFER = timedelta(days=1)  # at most, so a server's clock may say that a job is older
MARK = "cbt_annotate"  # under which a job carries its token


@dataclass(frozen=True)
class RemoteJob:
    """A job as the server tells of it; `errors` are why it did not take the file."""

    id: str
    status: str
    input_file: str | None
    output_file: str | None
    error_file: str | None
    completed: int
    failed: int
    errors: tuple[Mapping[str, Any], ...]

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


class Remote:
    """What can be asked of the server again is, `patience` says how often; making a job is not."""

    def __init__(self, server: Server, patience: Patience, *, timeout_seconds: float) -> None:
        self.faults = server.client.faults
        self.shown = server.address.shown
        self._client, self._patience, self._seconds = server.client, patience, timeout_seconds

    @property
    def _openai(self) -> "AsyncOpenAI":
        return self._client.openai

    async def check(self) -> None:
        """Raise NotCalled where jobs cannot be made: nothing is sent or spent to find out."""
        try:
            await self._patience.unless_ended(self._paged(None, 1))
        except Fault as fault:
            if fault.kind != "bad_request":
                raise NotCalled(fault.message) from None
            raise NotCalled(
                f"the server {self.shown} has no Batch API; leave out --batch, or check the base"
                " URL"
            ) from None

    async def upload(self, file: IO[bytes], *, name: str) -> str:
        """Send a file of requests; return the server's name for it."""
        sent = await self._patience.tried(lambda: self._uploaded(file, name))
        return str(sent["id"])

    async def _uploaded(self, file: IO[bytes], name: str) -> Mapping[str, Any]:
        file.seek(0)
        with self._client.faulting(seconds=FILE_SECONDS):
            raw = await self._openai.files.with_raw_response.create(
                file=(name, file, "application/jsonl"), purpose="batch", timeout=FILE_SECONDS
            )
        return self._object(raw.content)

    async def create(self, *, input_file: str, token: str) -> RemoteJob:
        """Make a job. Where Fault or Interrupted is raised it may be made: its token tells."""
        return self._job(await self._patience.drained(self._created(input_file, token)))

    async def _created(self, input_file: str, token: str) -> Mapping[str, Any]:
        with self._client.faulting(seconds=self._seconds):
            raw = await self._openai.batches.with_raw_response.create(
                input_file_id=input_file,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={MARK: token},
                timeout=self._seconds,
            )
        return self._object(raw.content)

    async def look(self, remote_id: str) -> RemoteJob:
        return self._job(await self._patience.tried(lambda: self._looked(remote_id)))

    async def _looked(self, remote_id: str) -> Mapping[str, Any]:
        with self._client.faulting(seconds=self._seconds):
            raw = await self._openai.batches.with_raw_response.retrieve(
                remote_id, timeout=self._seconds
            )
        return self._object(raw.content)

    async def with_token(self, token: str, *, since: datetime) -> RemoteJob | None:
        """Return the job that was made with this token, if there is one."""
        oldest = (since - CLOCKS_DIFFER).timestamp()
        after = None
        while True:
            page = await self._page(after)
            jobs = [job for job in page.get("data") or () if isinstance(job, Mapping)]
            for job in jobs:
                if (job.get("metadata") or {}).get(MARK) == token:
                    return self._job(job)
            if not jobs or not page.get("has_more") or jobs[-1].get("created_at", 0) < oldest:
                return None
            after = str(jobs[-1]["id"])

    async def _page(self, after: str | None) -> Mapping[str, Any]:
        return await self._patience.tried(lambda: self._paged(after, PAGE))

    async def _paged(self, after: str | None, limit: int) -> Mapping[str, Any]:
        more = {} if after is None else {"after": after}
        with self._client.faulting(seconds=self._seconds):
            raw = await self._openai.batches.with_raw_response.list(
                limit=limit, extra_query=more, timeout=self._seconds
            )
        return self._object(raw.content)

    @asynccontextmanager
    async def fetched(self, file_id: str) -> AsyncIterator[IO[bytes]]:
        """Yield a server's file as one here, which is gone afterwards."""
        with tempfile.TemporaryFile() as file:
            await self._patience.tried(lambda: self._fetch(file_id, file))
            file.seek(0)
            yield file

    async def _fetch(self, file_id: str, file: IO[bytes]) -> None:
        file.seek(0)
        file.truncate()
        with self._client.faulting(seconds=FILE_SECONDS):
            async with self._openai.files.with_streaming_response.content(
                file_id, timeout=FILE_SECONDS
            ) as response:
                async for chunk in response.iter_bytes(CHUNK):
                    file.write(chunk)

    def _object(self, raw: bytes) -> Mapping[str, Any]:
        try:
            said = parsed(raw)
        except Unreadable as error:
            raise self.faults.unreadable(str(error)) from None
        if not isinstance(said, Mapping):
            raise self.faults.unreadable("JSON that is no object")
        return said

    def _job(self, said: Mapping[str, Any]) -> RemoteJob:
        counts, errors = said.get("request_counts") or {}, said.get("errors") or {}
        try:
            return RemoteJob(
                id=str(said["id"]),
                status=str(said["status"]),
                input_file=str(said["input_file_id"]),
                output_file=said.get("output_file_id") or None,
                error_file=said.get("error_file_id") or None,
                completed=int(counts.get("completed") or 0),
                failed=int(counts.get("failed") or 0),
                errors=tuple(e for e in errors.get("data") or () if isinstance(e, Mapping)),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self.faults.unreadable("what is no batch job") from None
