"""A TCP proxy between a browser and the app: it keeps every byte, and loses what a test wants."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

CHUNK = 64 * 1024
END_OF_HEAD = b"\r\n\r\n"


class Loss(Enum):
    """Where the connection breaks while one request is on its way."""

    BEFORE = "the server never hears of it"
    DELIVERED = "the server has all of it; nobody waits for the answer"
    ANSWERED = "the server has answered; the browser never sees a byte of it"
    HALF = "the browser sees half of the answer"


AFTER_THE_ANSWER = {Loss.ANSWERED, Loss.HALF}


@dataclass
class Connection:
    """One connection of the browser, and what passed over it."""

    browser: socket.socket
    server: socket.socket
    asked: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)
    loss: Loss | None = None
    left_to_send: int = 0

    def cut(self) -> None:
        """Break both ends at once, as a cable that is pulled."""
        for end in (self.browser, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                end.close()


@dataclass
class Proxy:
    """Passes on what the browser and the app say, but for what is `armed`.

    Each request whose first line holds `watched` meets the next of these losses. ANSWERED and
    HALF are meant for an answer of 200, which comes after the commit; if there is none, they wait
    for the next request. `lost` is what was done.
    """

    to: int
    watched: bytes = b""
    armed: list[Loss] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)
    listening: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=64)
    )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def forget(self) -> None:
        """Begin anew, with nothing armed and nothing on record."""
        self.watched = b""
        for kept in (self.armed, self.connections, self.lost):
            kept.clear()

    def cut_all(self) -> None:
        """Break every connection, the websocket's too; the next ones work."""
        for connection in list(self.connections):
            connection.cut()

    def accept(self) -> None:
        while True:
            try:
                browser, _ = self.listening.accept()
            except OSError:
                return  # closed: the test is over
            browser.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                browser.close()
                continue
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(browser, server)
            self.connections.append(connection)
            for way in (self._up, self._down):
                threading.Thread(target=way, args=(connection,), daemon=True).start()

    def _up(self, connection: Connection) -> None:
        for data in chunks(connection.browser):
            connection.asked += data
            first_line = data.partition(b"\r\n")[0]
            if self.watched and self.watched in first_line and connection.left_to_send <= 0:
                with self.turn:
                    if self.armed and connection.loss is None:
                        connection.loss = self.armed.pop(0)
                connection.left_to_send = size_of_request(data)
            if connection.loss is Loss.BEFORE:
                break
            if not passed(data, connection.server):
                break
            connection.left_to_send -= len(data)
            if connection.loss is Loss.DELIVERED and connection.left_to_send <= 0:
                break
        if connection.loss in {Loss.BEFORE, Loss.DELIVERED}:
            self.lost.append(connection.loss)
        self._end(connection)

    def _down(self, connection: Connection) -> None:
        for data in chunks(connection.server):
            connection.answered += data
            loss = self._met(connection) if data.startswith(b"HTTP/1.1 200") else None
            if loss:
                if loss is Loss.HALF:
                    passed(data[: len(data) // 2], connection.browser)
                self.lost.append(loss)
                break
            if not passed(data, connection.browser):
                break
        self._end(connection)

    def _met(self, connection: Connection) -> Loss | None:
        """Take the loss that waits for an answer, if the connection has one."""
        with self.turn:
            if connection.loss not in AFTER_THE_ANSWER:
                return None
            loss, connection.loss = connection.loss, None
            return loss

    def _end(self, connection: Connection) -> None:
        """End a connection from either side; a loss that met no answer waits for another one."""
        loss = self._met(connection)
        if loss:
            self.armed.append(loss)
        connection.cut()


def chunks(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            data = end.recv(CHUNK)
        except OSError:
            return
        if not data:
            return
        yield data


def passed(data: bytes, end: socket.socket) -> bool:
    try:
        end.sendall(data)
    except OSError:
        return False
    return True


def size_of_request(begun: bytes) -> int:
    """How many bytes a request has, from its beginning with the whole head."""
    head, _, _ = begun.partition(END_OF_HEAD)
    sizes = [
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    return len(head) + len(END_OF_HEAD) + sum(sizes)


@contextmanager
def proxied(to: int, **how: object) -> Iterator[Proxy]:
    """A proxy to the app's port, at work until the test ends."""
    proxy = Proxy(to, **how)  # type: ignore[arg-type]
    threading.Thread(target=proxy.accept, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.listening.close()
        proxy.cut_all()
