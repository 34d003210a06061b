"""Time one batch job of 22,327 requests of 6 KB: to send it, and to collect what came.

    python -m benchmarks.batch_job [--questions 22327]

The server is a process of its own on this machine (`tests/batch_server.py`); its processor time
and memory are not counted, but a file goes up as fast as it takes it. Memory is the peak of the
process that sends or collects, with Python and the client in it: "nothing" is a run that finds
nothing to do.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ALL = 22_327
SIDES = [sys.executable, "-m", "benchmarks.batch_sides"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=ALL)
    given = parser.parse_args()
    # A process begins with the memory of the one that starts it, so this one stays small.
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'store.sqlite'}"
        subprocess.run([*SIDES, "write", database, str(given.questions)], check=True)
        serving = subprocess.Popen([*SIDES, "serve"], stdout=subprocess.PIPE, text=True)
        assert serving.stdout is not None
        url = serving.stdout.readline().strip()
        print(f"load {os.getloadavg()[0]:.1f}", flush=True)
        for what in ("send", "collect", "nothing"):
            _time(what, [*SIDES, what, database, url])
        serving.kill()


def _time(what: str, command: list[str]) -> None:
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    took, worked = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    print(
        f"{what:8} {took:6.1f} s {worked:6.1f} s CPU {usage.ru_maxrss / 1024:5.0f} MB", flush=True
    )


if __name__ == "__main__":
    main()
