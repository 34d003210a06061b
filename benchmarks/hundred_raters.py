"""Let a hundred signed-in raters save at once, each thinking for five seconds on average.

    python -m benchmarks.hundred_raters [--raters 100] [--seconds 120] [--think 5] [--pages]

Each has a cookie of their own from the sign-in route and a page open on a websocket, fetches items
ahead as the desk does, and saves through the desk's route. The raters and the server share the
machine. Figures: acknowledgements as a rater sees them, the server's memory, and how long after the
start of its process the first page has been run for a visitor.

With --pages a researcher opens the study's results, agreement and raters in turn, without a pause,
all the while: each judgement that is saved between makes the page work its figures out anew.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import func, select
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import study_store
from benchmarks.light_rater import LightRater
from benchmarks.processes import Server, free_port, served
from db.engine import connect
from db.tables import Judgement

ITEMS = 100
AHEAD = 10  # the desk asks for so many items at once
PAGES = ("results", "agreement", "raters")
ENOUGH = 20  # judgements, by several raters, before there are figures to look at
CBT = Path(sys.executable).with_name("cbt")


@dataclass
class Seen:
    """What the raters have seen: milliseconds of each answer, and answers that were no 200."""

    saves: list[float] = field(default_factory=list)
    fetches: list[float] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raters", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=5)
    parser.add_argument("--pages", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = study_store.make(Path(folder), items=ITEMS, raters=given.raters)
        port = free_port()
        command: list[str | Path] = [CBT, "app", "--port", str(port), "--database", database]
        print(f"{given.raters} raters, {given.think:g} s mean think time, {given.seconds:g} s")
        with served(command, port=port, page="/", folder=Path(folder)) as server:
            seen = asyncio.run(_run(server, given))
        store = connect(database)
        with store.reading() as session:
            stored = session.scalar(select(func.count()).select_from(Judgement))
        store.engine.dispose()
        print(f"{len(seen.saves)} acknowledged, {stored} stored, {len(seen.refused)} refused")
        assert stored == len(seen.saves), seen.refused[:3]


async def _run(server: Server, given: argparse.Namespace) -> Seen:
    visitor = LightRater(server.port)
    first = server.seconds + await visitor.open_page()
    print(f"first page {first:.2f} s after the start (HTTP after {server.seconds:.2f} s)")
    _weigh("after the first page", server)
    await visitor.close()
    raters = [LightRater(server.port) for _ in range(given.raters)]
    pages = [await _begin(rater, number) for number, rater in enumerate(raters)]
    _tell("pages of signed-in raters, in turn", pages)
    _weigh(f"with {given.raters} signed-in raters", server)
    seen = Seen()
    began, cpu = time.perf_counter(), server.cpu_seconds()
    research = asyncio.create_task(_research(server, seen)) if given.pages else None
    await asyncio.gather(*(_rate(rater, seen, given, n) for n, rater in enumerate(raters)))
    if research:
        research.cancel()
        with suppress(asyncio.CancelledError):
            await research  # which tells of a page that failed
    took = time.perf_counter() - began
    share = 100 * (server.cpu_seconds() - cpu) / took
    print(f"{len(seen.saves) / took:.1f} saves a second, server {share:.0f} % of a core")
    _tell("acknowledgement", seen.saves)
    _tell("fetching items", seen.fetches)
    _weigh("at the end", server)
    for rater in raters:
        await rater.close()
    return seen


async def _begin(rater: LightRater, number: int) -> float:
    await rater.sign_in(study_store.rater(number), study_store.PASSWORD)
    return 1000 * await rater.open_page()


async def _rate(rater: LightRater, seen: Seen, given: argparse.Namespace, number: int) -> None:
    """Judge items in the rater's order until the time is over."""
    dice = random.Random(number)  # noqa: S311
    until = time.perf_counter() + given.seconds
    await asyncio.sleep(dice.uniform(0, given.think))  # nobody opens the desk at the same moment
    _, package = await _asked(rater, seen.fetches, "GET", _path("", study=study_store.STUDY))
    items, total = list(package["items"]), package["total"]
    criteria = [criterion["id"] for criterion in package["criteria"]["zh"]]
    while items:
        thinking = dice.expovariate(1 / given.think)
        if time.perf_counter() + thinking > until:
            return
        await asyncio.sleep(thinking)
        item = items.pop(0)
        judgement = {
            "owner": package["owner"],
            "item": item["code"],
            "token": uuid4().hex,
            "base": 0,
            "values": {criterion: dice.randrange(3) for criterion in criteria},
            "comment": "",
            "flags": {},
            "seconds": 5.0,
        }
        status, answer = await _asked(rater, seen.saves, "POST", "/judgement", judgement)
        if status != 200:
            seen.saves.pop()
            seen.refused.append((status, answer))
        if len(items) < 2:
            last = items[-1]["position"] if items else item["position"]
            ahead = range(last + 1, min(last + AHEAD, total) + 1)
            asked = {"study": study_store.STUDY, "owner": package["owner"], "at": list(ahead)}
            path = _path("/items", **asked)
            items += (await _asked(rater, seen.fetches, "GET", path))[1]["items"]


async def _research(server: Server, seen: Seen) -> None:
    """Open the pages on the study's figures until nobody rates any more."""
    while len(seen.saves) < ENOUGH:
        await asyncio.sleep(0.1)
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    try:
        while True:
            for page, took in times.items():
                researcher = LightRater(server.port)
                await researcher.sign_in(study_store.RESEARCHER, study_store.PASSWORD)
                query = urlencode({"name": study_store.STUDY})
                took.append(await researcher.open_page(_has_figures, page=page, query=query))
                await researcher.close()
    finally:
        for page, took in times.items():
            middle = f", median {median(took):.1f} s, most {max(took):.1f} s" if took else ""
            print(f"page {page}: opened {len(took)} times{middle}")


def _has_figures(message: ForwardMsg) -> bool:
    return message.delta.new_element.WhichOneof("type") == "download_button"


def _path(path: str, **asked: Any) -> str:
    return f"{path}?{urlencode(asked, doseq=True)}"


async def _asked(
    rater: LightRater, times: list[float], method: str, path: str, given: Any = None
) -> tuple[int, Any]:
    began = time.perf_counter()
    answer = await rater.ask(method, f"/api/desk{path}", given)
    times.append(1000 * (time.perf_counter() - began))
    return answer


def _tell(what: str, times: list[float]) -> None:
    cut = quantiles(times, n=100, method="inclusive")
    print(
        f"{what}: {len(times)}, p50 {median(times):.1f} ms, p95 {cut[94]:.1f} ms,"
        f" p99 {cut[98]:.1f} ms, most {max(times):.1f} ms; load {os.getloadavg()[0]:.1f}"
    )


def _weigh(when: str, server: Server) -> None:
    print(f"memory {when}: {server.megabytes():.0f} MB, {server.app_megabytes():.0f} MB the app's")


if __name__ == "__main__":
    main()
