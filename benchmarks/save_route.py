"""Save through the desk's route as fast as it goes, and beside one transaction a judgement.

    python -m benchmarks.save_route [--connections 20] [--seconds 8] [--rounds 3]

Twenty signed-in raters, each with a connection of their own, send the next judgement as soon as the
last one is acknowledged; SQLite with synchronous=FULL, the senders on the same cores. The rival is
the same app whose route keeps each judgement in a transaction of its own, in a thread of the pool,
as a route is usually written. Every judgement that was acknowledged is looked for in the store.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from anyio import to_thread
from sqlalchemy import func, select, text

from annotate_app import __main__ as app
from annotate_app.routes import desk
from annotate_app.services import judging
from annotate_app.services.judging import Asked, Saved
from benchmarks import study_store
from benchmarks.light_rater import LightRater
from benchmarks.processes import Server, free_port, served
from db.engine import Store, connect
from db.tables import Judgement

ITEMS = 100
WARM_UP_SECONDS = 1.0
WAYS = ("together", "alone")


class Alone:
    """What the rival does with a judgement: a thread, a transaction, an answer."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def save(self, asked: Asked) -> Saved:
        return await to_thread.run_sync(self._keep, asked)

    def _keep(self, asked: Asked) -> Saved:
        with self.store.writing() as session:
            return judging.keep(session, asked)


def main() -> None:
    if "--serve-alone" in sys.argv:
        sys.argv.remove("--serve-alone")
        desk._saver = Alone  # type: ignore[assignment]
        sys.exit(app.main())
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    for turn in range(given.rounds):
        for way in WAYS:
            rates[way].append(_round(way, given))
        ratio = rates["together"][turn] / rates["alone"][turn]
        print(f"round {turn + 1}: {ratio:.2f} times the rival; load {os.getloadavg()[0]:.1f}")
    for way in WAYS:
        print(f"{way}: median {median(rates[way]):.0f} saves a second")


def _round(way: str, given: argparse.Namespace) -> float:
    with tempfile.TemporaryDirectory() as folder:
        database = study_store.make(Path(folder), items=ITEMS, raters=given.connections)
        port = free_port()
        module = ["-m", "annotate_app"] if way == "together" else [__file__, "--serve-alone"]
        command: list[str | Path] = [sys.executable, *module]
        command += ["--port", str(port), "--database", database]
        root = str(Path(__file__).parents[1])
        with served(command, port=port, page="/", folder=Path(folder), PYTHONPATH=root) as server:
            times, seconds, share = asyncio.run(_run(server, given))
        store = connect(database)
        with store.reading() as session:
            stored = session.scalar(select(func.count()).select_from(Judgement))
            full = session.scalar(text("PRAGMA synchronous"))
        store.engine.dispose()
    assert (stored, full) == (len(times), 2), f"{len(times)} acknowledged, {stored} stored"
    timed = [took for at, took in times if at >= WARM_UP_SECONDS]
    rate = len(timed) / (seconds - WARM_UP_SECONDS)
    cut = quantiles(timed, n=100)
    print(
        f"{way}: {rate:.0f} saves a second, p50 {1000 * median(timed):.1f} ms,"
        f" p95 {1000 * cut[94]:.1f} ms, p99 {1000 * cut[98]:.1f} ms,"
        f" most {1000 * max(timed):.0f} ms; server {100 * share:.0f} % of a core; {stored} stored"
    )
    return rate


async def _run(
    server: Server, given: argparse.Namespace
) -> tuple[list[tuple[float, float]], float, float]:
    """Return when each save began and what it took, all in seconds, and the server's CPU share."""
    senders = [await Sender.signed_in(server.port, n) for n in range(given.connections)]
    began, cpu = time.perf_counter(), server.cpu_seconds()
    each = await asyncio.gather(*(sender.save(began, given.seconds) for sender in senders))
    seconds = time.perf_counter() - began
    share = (server.cpu_seconds() - cpu) / seconds
    return [one for times in each for one in times], seconds, share


class Sender:
    """One rater's kept connection, with as little work for an answer as there can be."""

    def __init__(self, rater: LightRater, package: Any, items: Sequence[str]) -> None:
        self.rater, self.package, self.items = rater, package, items
        cookies = "; ".join(f"{name}={value}" for name, value in rater.cookies.items())
        self.head = (
            f"POST /api/desk/judgement HTTP/1.1\r\nHost: {rater.address}\r\n"
            f"Origin: http://{rater.address}\r\nCookie: {cookies}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )

    @classmethod
    async def signed_in(cls, port: int, number: int) -> "Sender":
        rater = LightRater(port)
        await rater.sign_in(study_store.rater(number), study_store.PASSWORD)
        _, package = await rater.ask("GET", f"/api/desk?study={study_store.STUDY}")
        sender = cls(rater, package, [item["code"] for item in package["items"]])
        await rater.close()
        return sender

    async def save(self, began: float, seconds: float) -> list[tuple[float, float]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.rater.port)
        times = []
        turn = 0
        while (sent := time.perf_counter()) - began < seconds:
            writer.write(self._request(turn))
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            body = await reader.readexactly(size)
            assert head.startswith(b"HTTP/1.1 200"), body
            times.append((sent - began, time.perf_counter() - sent))
            turn += 1
        writer.close()
        return times

    def _request(self, turn: int) -> bytes:
        base, place = divmod(turn, len(self.items))
        judgement = {
            "owner": self.package["owner"],
            "item": self.items[place],
            "token": uuid4().hex,
            "base": base,
            "values": {each["id"]: turn % 3 for each in self.package["criteria"]["zh"]},
            "comment": "",
            "flags": {},
            "seconds": 5.0,
        }
        body = json.dumps(judgement).encode()
        return f"{self.head}{len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    main()
