import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from db.engine import Store
from pipeline import app_process
from pipeline.app_process import AppEnded, PortTaken


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_told_before_anything_starts(taken: int) -> None:
    with pytest.raises(PortTaken, match="choose another with --port"):
        app_process.check_free("127.0.0.1", taken)


def test_a_host_that_is_not_here_is_told() -> None:
    with pytest.raises(PortTaken, match=r"203\.0\.113\.1"):
        app_process.check_free("203.0.113.1", 8501)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8501"),
        ("0.0.0.0", "http://127.0.0.1:8501"),  # noqa: S104
        ("::", "http://[::1]:8501"),
        ("study.example.org", "http://study.example.org:8501"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, shown: str) -> None:
    assert app_process.address(host, 8501) == shown
    assert app_process.address(host, 8501, "ann/") == f"{shown}/ann"


def test_an_app_that_cannot_start_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("empty") / "store.sqlite"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        pytest.raises(AppEnded, match="before it could answer"),
        app_process.running(database=f"sqlite:///{nowhere}", host="127.0.0.1", port=port),
    ):
        pass


def test_the_app_answers_when_it_is_handed_over_and_is_gone_after(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = str(sqlite_store.engine.url)
    with app_process.running(database=url, host="127.0.0.1", port=port) as process:
        assert process.poll() is None
        with pytest.raises(PortTaken):
            app_process.check_free("127.0.0.1", port)
    assert process.poll() is not None
    app_process.check_free("127.0.0.1", port)


def test_the_app_under_a_base_path_answers_there(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = str(sqlite_store.engine.url)
    with app_process.running(database=url, host="127.0.0.1", port=port, base_path="a/b"):
        assert [status(port, path) for path in ("/a/b/", "/")] == [200, 404]


def test_an_app_whose_starter_is_killed_ends_too(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    words = ["app", "--database", str(sqlite_store.engine.url), "--port", str(port), "--json"]
    starter = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert starter.stdout is not None
    starter.stdout.readline()
    assert status(port, "/_stcore/health") == 200
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    until = time.monotonic() + 10
    while listening(port) and time.monotonic() < until:
        time.sleep(0.05)
    assert not listening(port)


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_the_address_is_told_is_a_wish_to_end(
    child: "subprocess.Popen[bytes]", ending: signal.Signals
) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app_process.wait(child, lambda: signal.raise_signal(ending))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert child.poll() is None  # it is for whoever started it to end it


def test_an_app_that_ends_by_itself_is_told(child: "subprocess.Popen[bytes]") -> None:
    def announce() -> None:
        assert child.stdin is not None
        child.stdin.close()

    with pytest.raises(AppEnded, match="exit code 1"):
        app_process.wait(child, announce)


def status(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().status


def listening(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
