"""Time how long `cbt generate` over a whole PsyQA takes to begin, and what memory it has then.

    python -m benchmarks.generation_start [--questions 22327] [--rounds 3]

The questions have 22 and 169 characters. The command asks a server on this machine that counts the
calls: printed are the seconds from the start of the process to the first call, and to 32 calls
together, its processor time and peak memory until then, and the same for a run that goes on where
half of all is answered. A dry run, which plans the same and asks nothing, is timed whole.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks.import_questions import clauses_of_the_demo, made_text
from db import schema
from db.engine import connect
from db.tables import Question, Response, System
from tests.model_server import Answer, model_server

ALL = 22_327
SIZES = (22, 169)
TOGETHER = 32


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=ALL)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.sqlite"
        _fill(url, given.questions)
        for turn in range(given.rounds):
            print(f"round {turn + 1}, load {os.getloadavg()[0]:.1f}")
            for system in ("new", "half"):
                _begin(url, system)
            began = time.perf_counter()
            command = _command(url, "new", "http://127.0.0.1:9/v1")
            subprocess.run([*command, "--dry-run"], check=True, stdout=subprocess.DEVNULL)
            print(f"  dry run: {time.perf_counter() - began:.2f} s")


def _fill(url: str, count: int) -> None:
    """Make a store of questions, of which the system "half" has answered the first half."""
    store = connect(url)
    schema.upgrade(store.engine)
    clauses, chance = list(clauses_of_the_demo()), random.Random(1)  # noqa: S311
    with store.writing() as session:
        for number in range(count):
            text, description = (made_text(size, clauses, chance) for size in SIZES)
            said = {"text": text, "description": description}
            session.add(Question(source="psyqa", external_id=str(number), **said))
        system = System(name="half", kind="api")
        session.add(system)
        session.flush()
        for id_ in session.scalars(select(Question.id).order_by(Question.id).limit(count // 2)):
            text = made_text(520, clauses, chance)
            session.add(Response(question_id=id_, system_id=system.id, text=text))
    store.engine.dispose()


def _command(url: str, system: str, server: str) -> list[str]:
    program = [sys.executable, "-m", "pipeline.cli.main", "generate", "--database", url]
    name = f"{system}-{time.time_ns()}" if system == "new" else system
    return [*program, "--system", name, "--model", "m-1", "--base-url", server]


def _begin(url: str, system: str) -> None:
    calls: list[float] = []
    wanted = 1 + TOGETHER

    def script(_body: object) -> Answer:
        calls.append(time.perf_counter())
        # The first call goes alone: it is answered, and a few more until 32 go together.
        return Answer("。", delay=0.02) if len(calls) < wanted else Answer(hang=True)

    with model_server(script) as server:
        began = time.perf_counter()
        process = subprocess.Popen(
            _command(url, system, server.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while len(calls) < wanted and process.poll() is None:
            time.sleep(0.01)
        megabytes = _peak(process.pid)
        process.send_signal(signal.SIGKILL)
        _, _, used = os.wait4(process.pid, 0)
    assert len(calls) >= wanted, "the command ended by itself"
    print(
        f"  {system}: first call after {calls[0] - began:.2f} s, {TOGETHER} more after"
        f" {calls[wanted - 1] - began:.2f} s; {used.ru_utime + used.ru_stime:.2f} s of processor,"
        f" {megabytes:.0f} MB at most",
        flush=True,
    )


def _peak(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
