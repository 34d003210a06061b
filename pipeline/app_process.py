"""Start the annotation app as a process of its own, wait until it answers, and end it."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException

from db.errors import KnownError
from pipeline import base_path as paths
from pipeline.settings import environment

SECONDS_TO_START = 60
SECONDS_TO_END = 10
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class PortTaken(KnownError):
    code = "port_taken"


class AppEnded(KnownError):
    code = "app_ended"


def check_free(host: str, port: int) -> None:
    """Raise PortTaken if this address cannot be listened on."""
    try:
        family, kind, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found)
    except OSError as error:
        raise PortTaken(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another with --port"
        ) from error


def address(host: str, port: int, base_path: str = "") -> str:
    """Return what to type into a browser on this machine."""
    reachable = EVERYWHERE.get(host, host)
    name = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{name}:{port}{paths.normal(base_path)}"


@contextmanager
def running(
    *, database: str, host: str, port: int, base_path: str = "", options: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the app once it answers; at the end, or at a signal, it is ended too.

    Raises PortTaken, or AppEnded if it does not come up.
    """
    check_free(host, port)
    # Ended by 'kill' or by Ctrl-C alike, this process takes the app with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    where = ["--host", host, "--port", str(port), "--base-path", base_path]
    # Ended by 'kill -9' it cannot, but then this pipe closes, and the app ends itself.
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "annotate_app", *where, *options, "--until-input-ends"],
        env=environment(CBT_DATABASE_URL=database),
        stdin=subprocess.PIPE,
    )
    try:
        health = paths.normal(base_path) + "/_stcore/health"
        _wait_until_it_answers(process, EVERYWHERE.get(host, host), port, health)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


def wait(process: subprocess.Popen[bytes], announce: Callable[[], None]) -> None:
    """Announce the app, then return once a person ends it. Raises AppEnded if it ends by itself."""
    try:
        announce()  # from its first word on, a signal is a wish to end and no interruption
        code = process.wait()
    except KeyboardInterrupt:
        return
    raise AppEnded(f"the app ended by itself with exit code {code}; its last lines say why")


def _wait_until_it_answers(
    process: subprocess.Popen[bytes], host: str, port: int, health: str
) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AppEnded(
                f"the app ended before it could answer, with exit code {process.returncode};"
                " the lines above say why"
            )
        if _answers(host, port, health):
            return
        time.sleep(0.05)
    raise AppEnded(f"the app did not answer within {SECONDS_TO_START} seconds; try again")


def _answers(host: str, port: int, health: str) -> bool:
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", health)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
