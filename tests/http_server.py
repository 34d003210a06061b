"""A raw HTTP server: it answers as it is told, also wrongly, late or not at all."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

PIECES = 16
PHRASES = {status.value: status.phrase for status in HTTPStatus}
RESET = struct.pack("ii", 1, 0)  # to linger for no time: the connection is reset, not closed


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode("latin-1")

    @property
    def target(self) -> str:
        return self.head.split(b" ", 2)[1].decode("latin-1")

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers by their names in small letters."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@dataclass(frozen=True)
class Sent:
    """What goes over the wire, and how.

    It begins after `delay` seconds and takes `drip` seconds; `close` ends the connection with it.
    With `reset` the connection is broken without a byte; with `hang` nothing ever comes.
    """

    wire: bytes = b""
    delay: float = 0.0
    drip: float = 0.0
    close: bool = False
    reset: bool = False
    hang: bool = False


def on_the_wire(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a whole answer; its length is told unless `headers` tell another way."""
    sent = {"content-type": "application/json", **headers}
    if "transfer-encoding" not in sent:
        sent.setdefault("content-length", str(len(body)))
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'x')}"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


Handler = Callable[[Asked], Sent]


@dataclass
class Connections:
    """Those of the moment, and what went wrong in the handler."""

    handler: Handler
    transports: set[asyncio.Transport] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection, that answers one request after the other."""

    def __init__(self, server: Connections) -> None:
        self.server = server
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()  # a file of 150 MB comes in thousands of pieces
        self.timer: asyncio.TimerHandle | None = None
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server.transports.add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.server.transports.discard(self.transport)
        if self.timer:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.next_one()

    def next_one(self) -> None:
        end = self.buffer.find(b"\r\n\r\n")
        if self.busy or end < 0:
            return
        length = content_length(self.buffer[:end])
        if len(self.buffer) < end + 4 + length:
            return
        whole = bytes(self.buffer[: end + 4 + length])
        asked = Asked(whole[:end], whole[end + 4 :])
        del self.buffer[: len(whole)]
        try:
            sent = self.server.handler(asked)
        except Exception as error:  # noqa: BLE001  # a test's own script; it is raised at the end
            self.server.errors.append(error)
            sent = Sent(on_the_wire(500, {}, b'{"error": {"message": "the script failed"}}'))
        self.busy = True
        if sent.delay:
            self.timer = self.loop.call_later(sent.delay, self.send, sent)
        else:
            self.send(sent)

    def send(self, sent: Sent) -> None:
        if sent.hang:
            return
        if sent.reset:
            linger = self.transport.get_extra_info("socket")
            linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.transport.abort()
            return
        size = max(len(sent.wire) // PIECES, 1) if sent.drip else max(len(sent.wire), 1)
        pieces = [sent.wire[start : start + size] for start in range(0, len(sent.wire), size)]
        self.go_on(pieces, pause=sent.drip / max(len(pieces), 1), close=sent.close)

    def go_on(self, pieces: list[bytes], *, pause: float, close: bool) -> None:
        if pieces:
            self.transport.write(pieces.pop(0))
        if pieces:
            self.timer = self.loop.call_later(
                pause, lambda: self.go_on(pieces, pause=pause, close=close)
            )
            return
        self.busy = False
        if close:
            self.transport.close()
        elif self.buffer:
            self.next_one()


def content_length(head: bytes | bytearray) -> int:
    start = head.lower().find(b"\r\ncontent-length:")
    return int(head[start + 17 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


async def listen(server: Connections, port: int = 0) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(server), "127.0.0.1", port, backlog=1024)


def port_of(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port


@contextmanager
def served_in_a_thread(server: Connections) -> Iterator[int]:
    """Serve until the block ends; yield the port. What went wrong in the handler is raised then."""
    loop = asyncio.new_event_loop()
    listener = loop.run_until_complete(listen(server))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield port_of(listener)
    finally:
        loop.call_soon_threadsafe(listener.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        for transport in server.transports:
            transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    if server.errors:
        raise server.errors[0]
