"""Start a server, time its first page, and weigh it with all its child processes."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

SECONDS_TO_START = 180
SECONDS_TO_END = 15


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the seconds until it gave its first page."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def megabytes(self) -> float:
        """Return the resident memory of the server and of everything that it started."""
        return sum(map(_resident, _family(self.process.pid))) / 2**20

    def app_megabytes(self) -> float:
        """Return that of the largest of these processes alone."""
        return max(map(_resident, _family(self.process.pid))) / 2**20

    def cpu_seconds(self) -> float:
        return sum(map(_cpu_seconds, _family(self.process.pid)))


@contextmanager
def served(
    command: Sequence[str | Path], *, port: int, page: str, folder: Path, **variables: str
) -> Iterator[Server]:
    """Yield a server once it answers at `page`; what it prints goes to a file in the folder."""
    # Ended by 'kill' or 'timeout', a benchmark takes its server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = [f"{name}={value}" for name, value in variables.items()]
    with (folder / "server.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            ["/usr/bin/env", *settings, *command],
            cwd=folder,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(process, port, page)
            yield Server(process, port, time.perf_counter() - began)
        finally:
            _end(process)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, page: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended by itself; its server.log says why"
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", page)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise TimeoutError(f"no page within {SECONDS_TO_START} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _family(pid: int) -> list[int]:
    """Return the process and its descendants; those that have just ended are left out."""
    found = [pid]
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += _family(int(child))
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except FileNotFoundError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _cpu_seconds(pid: int) -> float:
    # The name, which stands in brackets before all numbers, may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
