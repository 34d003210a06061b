"""Generate answers beside a bare loop that writes nothing, and beside async-batch-llm.

    python -m benchmarks.generation_speed [--at 64,256] [--seconds 5] [--rounds 3] [--alone]

A server on the same machine answers each question after 200 ms with 520 characters in five parts.
All ways ask the same requests by the same client, in turn, each in a process of its own. Ours is
the stage as `cbt generate` runs it: SQLite with synchronous=FULL, every call written before it is
made, each answer gated and stored with its parts and distortions, and looked for at the end. Our
requests are made as they are needed, those of the others beforehand. `--alone` leaves the peer out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from benchmarks.peers.environment import installed
from benchmarks.texts import texts
from db import schema
from db.engine import connect
from db.tables import Detection, Question, Response
from pipeline.calling import asking
from pipeline.calling.asking import Model, Request
from pipeline.generating.wanted import ANSWER_TOKENS, PROMPT
from pipeline.prompts import library

PEER = "async-batch-llm"
LATENCY = 0.2
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--at", default="64,256", help="how many calls at a time, of each run")
    parser.add_argument("--seconds", type=float, default=5, help="that a run would ideally take")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "cbt-peers"))
    given = parser.parse_args()
    given.folder.mkdir(exist_ok=True)
    ways = ["bare", "ours"] if given.alone else ["bare", "ours", PEER]
    with served() as url:
        for concurrency in map(int, given.at.split(",")):
            _compare(ways, url, concurrency, given)


@contextmanager
def served() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.generation_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _compare(ways: list[str], url: str, concurrency: int, given: argparse.Namespace) -> None:
    count = int(given.seconds * concurrency / LATENCY)
    print(f"{concurrency} at a time, {count:,} requests; ideally {concurrency / LATENCY:,.0f}/s")
    turns: dict[str, list[Figures]] = defaultdict(list)
    for turn in range(given.rounds):
        for way in ways if turn % 2 == 0 else reversed(ways):
            with tempfile.TemporaryDirectory() as folder:
                turns[way].append(_measured(way, url, concurrency, count, Path(folder), given))
        _tell(f"round {turn + 1}", {way: turns[way][-1] for way in ways})
    for way in ways:
        of = turns[way]
        rate, cpu = (median(one[name] for one in of) for name in ("rate", "cpu_ms"))
        line = f"  {way:<16} {rate:8.0f}/s {cpu:6.2f} ms of processor a request"
        for name in ("rate", "cpu_ms") if way != "bare" else ():
            ratios = [one[name] / bare[name] for one, bare in zip(of, turns["bare"], strict=True)]
            line += f"   {name} {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(line, flush=True)
    if PEER in turns:
        pairs = zip(turns["ours"], turns[PEER], strict=True)
        ratios = [ours["rate"] / peer["rate"] for ours, peer in pairs]
        print(f"  ours / {PEER}: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def _tell(what: str, figures: dict[str, Figures]) -> None:
    said = ", ".join(
        f"{way} {one['rate']:.0f}/s {one['cpu_ms']:.2f} ms" for way, one in figures.items()
    )
    print(f"  {what}: {said}; load {os.getloadavg()[0]:.1f}", flush=True)


def _measured(
    way: str, url: str, concurrency: int, count: int, folder: Path, given: argparse.Namespace
) -> Figures:
    store, requests = folder / "store.sqlite", folder / "requests.jsonl"
    _prepare(store, requests, count)
    python, program = sys.executable, ["-m", "benchmarks.generation_ways", way]
    if way == PEER:
        peer = installed(given.folder, PEER)
        _add_client(peer.bin)
        python, program = str(peer.bin / "python"), ["benchmarks/peers/batch_llm.py"]
    more = [url, str(requests), str(store if way != PEER else folder / "results.jsonl")]
    command = [python, *program, *more, "--concurrency", str(concurrency)]
    took = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    if way == "ours":
        _check(store, count)
    return {"rate": count / took["seconds"], "cpu_ms": 1000 * took["cpu"] / count}


def _add_client(bin_: Path) -> None:
    pip = [str(bin_ / "pip"), "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "openai[aiohttp]"], check=True, stderr=subprocess.DEVNULL)


def _prepare(file: Path, requests: Path, count: int) -> None:
    """Make a store of questions, and a file of what a run asks about them."""
    prompt = library.find(None, PROMPT)
    model = Model("m-1", schema=prompt.schema())
    store = connect(f"sqlite:///{file}")
    schema.upgrade(store.engine)
    with store.writing() as session, requests.open("w", encoding="utf-8") as lines:
        for text in texts(count):
            said = {"text": text.question, "description": text.description}
            session.add(Question(source="speed", external_id=str(text.number), **said))
            messages = prompt.messages(
                question=text.question, description=text.description, structured=True
            )
            body = asking.body(model, Request(text.number, messages, ANSWER_TOKENS))
            lines.write(json.dumps(body, ensure_ascii=False) + "\n")
    store.engine.dispose()


def _check(file: Path, count: int) -> None:
    store = connect(f"sqlite:///{file}")
    with store.reading() as session:
        kept = select(func.count()).select_from(Response).where(Response.parts.is_not(None))
        stored = session.scalar(kept), session.scalar(select(func.count()).select_from(Detection))
    store.engine.dispose()
    assert stored == (count, count), stored


if __name__ == "__main__":
    main()
