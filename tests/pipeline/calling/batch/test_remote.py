"""What goes up to a server and comes down from it is never whole in memory."""

import asyncio
import resource
import tempfile
from multiprocessing.connection import Connection

from pipeline.calling.batch.patience import Patience
from pipeline.calling.batch.remote import Remote
from pipeline.calling.server.server import connected
from tests import forking
from tests.batch_server import batch_server
from tests.pipeline.calling.batch.batched import good
from tests.pipeline.calling.batch.killed import PROCESSES

SIZE = 40_000_000


def test_a_file_goes_up_and_comes_down_in_pieces() -> None:
    here, there = PROCESSES.Pipe()
    with batch_server(good) as server:
        process = PROCESSES.Process(target=_up_and_down, args=(server.url, there))
        forking.start(process)
        assert here.poll(60)
        arrived, grown = here.recv()
        process.join()
    assert (len(server.files["file-0"]), arrived) == (SIZE, SIZE)
    assert grown < SIZE / 4


def _up_and_down(url: str, there: Connection) -> None:
    there.send(asyncio.run(_transfer(url)))


async def _transfer(url: str) -> tuple[int, float]:
    async with connected(base_url=url, key=None) as server:
        patience = Patience(first=0.1, longest=1.0, tries=2, drain=1.0)
        remote = Remote(server, patience, timeout_seconds=60)
        await remote.check()
        before = _peak()
        with tempfile.TemporaryFile() as file:
            file.truncate(SIZE)
            name = await remote.upload(file, name="zeros.jsonl")
        async with remote.fetched(name) as file:
            arrived = sum(len(piece) for piece in iter(lambda: file.read(1 << 16), b""))
        return arrived, _peak() - before


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
