import socket
from collections.abc import Iterator

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
