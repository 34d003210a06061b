import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from db.errors import NotCalled
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.server import Server, connected
from tests.http_server import Connection, Connections, Sent, listen, on_the_wire, port_of
from tests.model_server import Answer, completion
from tests.pipeline.calling.told import KEY, ask, told

WHOLE = on_the_wire(200, {}, completion(Answer("别急，慢慢说。" * 9), "m"))


@contextmanager
def taken_port(*, full: bool) -> Iterator[int]:
    """A port where nobody listens, or where nobody ever takes the connections that wait."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        if full:
            listener.listen(0)
            for waiting in (first, second):
                waiting.setblocking(False)  # noqa: FBT003
                waiting.connect_ex(("127.0.0.1", port))
        yield port


def test_a_server_that_is_not_there_cannot_have_been_paid() -> None:
    with taken_port(full=False) as refusing, taken_port(full=True) as silent:
        for url, seconds, why in (
            (f"http://127.0.0.1:{refusing}/v1", 30.0, "it refuses the connection"),
            (f"http://127.0.0.1:{silent}/v1", 0.6, "it does not take a connection"),
            ("http://no-such-host.invalid/v1", 30.0, "no server has this name"),
        ):
            got = asyncio.run(ask(url, seconds=seconds))
            assert isinstance(got, Fault)
            assert (got.kind, got.may_be_billed) == ("connection", False)
            assert got.message.endswith(f"check the base URL, and that it runs ({why})")


def test_a_certificate_is_trusted_only_where_the_environment_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def over_tls() -> Reply | Fault:
        answering = Connections(lambda _: Sent(WHOLE))
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(answering), "localhost", 0, ssl=context
        )
        async with server:
            return await ask(f"https://localhost:{port_of(server)}/v1")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("localhost").configure_cert(context)
    got = asyncio.run(over_tls())
    assert isinstance(got, Fault)
    assert (got.kind, got.may_be_billed) == ("connection", False)
    assert "its certificate is not trusted" in got.message
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    assert isinstance(asyncio.run(over_tls()), Reply)


def test_a_server_without_https_is_told_apart_from_one_that_is_not_trusted() -> None:
    async def with_https() -> Reply | Fault:
        server = await asyncio.start_server(_hung_up_on, "127.0.0.1", 0)
        async with server:
            return await ask(f"https://127.0.0.1:{port_of(server)}/v1")

    got = asyncio.run(with_https())
    assert isinstance(got, Fault)
    assert (got.kind, got.may_be_billed) == ("connection", False)
    assert got.message.endswith("(it speaks no https there; the base URL may begin with http)")


async def _hung_up_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(on_the_wire(400, {}, b""))
    await writer.drain()
    writer.close()


def test_certificates_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    with pytest.raises(NotCalled, match=r"certificates or the proxy .* cannot be used; check SSL_"):
        asyncio.run(ask("https://llm.example.com/v1"))


LINES = st.sampled_from(
    ["content-encoding: gzip", "content-encoding: deflate", "content-encoding: zstd",
     "transfer-encoding: chunked", "content-length: 5", "content-length: -1", "content-length: x",
     "content-length: 999999", "content-type: text/html; charset=klingon", "connection: upgrade",
     "location: http://[::", "retry-after: 1e999", "set-cookie: \0=\xff", "x: " + "y" * 9_000,
     "no header"]
)  # fmt: skip
STATUS = st.sampled_from(
    ["200 OK", "100 Continue", "101 Go on", "204 None", "304 Same", "400 ?", "401", "429 Wait",
     "500 \xa3", "200 \xd5\xfd", "599 x", "600 x", "999 x", "000 x", "20 x", "2000 x", "abc x"]
)  # fmt: skip
BODIES = st.binary(max_size=30) | st.sampled_from(
    [b"", b"{}", b"[" * 50_000, b'{"error": []}', b'{"detail": [{"loc": 5}]}', b"5\r\nab", b"z\r"]
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Bytes that look like HTTP, more or less."""
    if draw(st.booleans()):
        start, length = draw(st.integers(0, len(WHOLE))), draw(st.integers(0, 60))
        return WHOLE[:start] + draw(st.binary(max_size=6)) + WHOLE[start + length :]
    lines = [f"HTTP/1.1 {draw(STATUS)}", *draw(st.lists(LINES, max_size=3))]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + draw(BODIES)


def test_no_bytes_from_a_server_raise_anything_but_a_fault() -> None:
    async def start(stack: AsyncExitStack) -> Server:
        listener = await listen(Connections(lambda _: Sent(wire, close=True)))
        stack.callback(listener.close)
        url = f"http://127.0.0.1:{port_of(listener)}/v1"
        return await stack.enter_async_context(connected(base_url=url, key=KEY))

    @given(answers() | st.binary(max_size=40))
    def served(sent: bytes) -> None:
        nonlocal wire
        wire = sent
        got = runner.run(told(server, seconds=2.0))
        assert isinstance(got, Reply) or (got.message and "\n" not in got.message)

    wire = b""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        server = runner.run(start(stack))
        served()
        runner.run(stack.aclose())
