"""Everything that a browser received, in every shape that a name could hide in."""

import base64
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import unquote_to_bytes

from google.protobuf import text_format
from playwright.sync_api import BrowserContext, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from tests.browser.wire import Connection

DEEPEST = 3  # base64 of gzip of JSON
LARGE = 400_000  # searched as it is, not for what is packed inside
STREAMLITS_OWN = "/static/"  # scripts that are the same in every study
PACKED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
DEFLATED = re.compile(rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]")
ESCAPED = re.compile(rb"(?:\\+u[0-9a-fA-F]{4})+|(?:&#x?[0-9a-fA-F]+;)+")
STORED = """async () => {
  const all = (area) => Object.entries(area).flat();
  const names = (await indexedDB.databases()).map(({ name }) => name);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) names.push(request.url);
  }
  return [...all(localStorage), ...all(sessionStorage), ...names, document.title, location.href];
}"""
SEEN = """() => {
  const within = (root) => root.innerHTML + [...root.querySelectorAll("*")]
    .map((e) => (e.shadowRoot ? within(e.shadowRoot) : "") + (e.value ?? "")).join("\\n");
  return within(document.documentElement);
}"""


@dataclass(frozen=True)
class Piece:
    """Something that reached the browser: where from, in which channel, and its bytes."""

    channel: str
    where: str
    data: bytes


@dataclass
class Recorder:
    """Listens to a browser context; `pieces` also takes in what passed over the wire."""

    told: list[Piece] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", lambda line: self._tell("console", line.text))
        context.on("weberror", lambda error: self._tell("error", str(error.error)))
        context.on("dialog", lambda dialog: (self._tell("dialog", dialog.message), dialog.accept()))
        context.on("request", lambda request: self._tell("url", request.url))
        context.on("page", lambda page: page.on("download", self._downloaded))

    def look(self, page: Page) -> None:
        """Take in what the page shows, keeps, and is called."""
        self._tell("page", page.evaluate(SEEN))
        for stored in page.evaluate(STORED):
            self._tell("storage", stored)
        for cookie in page.context.cookies():
            self._tell("cookie", json.dumps(cookie))

    def _downloaded(self, download: Any) -> None:
        self._tell("download", download.suggested_filename)
        self.told.append(Piece("download", download.url, download.path().read_bytes()))

    def _tell(self, channel: str, text: str) -> None:
        self.told.append(Piece(channel, channel, text.encode("utf-8", "surrogatepass")))

    def pieces(self) -> Iterator[Piece]:
        yield from self.told
        for connection in list(self.connections):
            yield Piece("wire", "as it came", bytes(connection.answered))
            yield from answers(connection)


def answers(connection: Connection) -> Iterator[Piece]:
    """Yield a connection's answers: heads, whole bodies, and messages of a websocket."""
    paths = re.findall(
        rb"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS) (\S+) HTTP/1\.1\r\n", connection.asked
    )
    stream = Unclosed(connection.answered)
    for path in paths:
        start = stream.tell()
        answer = HTTPResponse(stream)  # type: ignore[arg-type]
        try:
            answer.begin()
            body = answer.read() if answer.status != 101 else b""
        except (HTTPException, ValueError, OSError):
            rest = bytes(connection.answered[start:])
            yield Piece("http", path.decode(), rest)
            return
        kind = answer.headers.get_content_type()
        yield Piece("head", path.decode(), str(answer.headers).encode())
        if answer.status == 101:
            yield from messages(path.decode(), answer.headers, stream.read())
            return
        yield Piece("json" if kind == "application/json" else "http", path.decode(), inflated(body))


class Unclosed(io.BytesIO):
    """A connection's bytes for one answer after the other: http.client closes what it has read."""

    def makefile(self, _mode: str) -> "Unclosed":
        return self

    def close(self) -> None:
        return


def messages(where: str, headers: Any, received: bytes) -> Iterator[Piece]:
    packs = "permessage-deflate" in headers.get("Sec-WebSocket-Extensions", "")
    extensions = [PerMessageDeflate(False, False, 15, 15)] if packs else []  # noqa: FBT003
    socket = Protocol(Side.CLIENT, state=OPEN, max_size=None)
    socket.extensions = extensions
    try:
        socket.receive_data(received)
    except WebSocketException:
        yield Piece("websocket", where, received)
    whole = b""
    for frame in socket.events_received():
        if not isinstance(frame, Frame) or frame.opcode is Opcode.CLOSE:
            continue
        whole = (whole if frame.opcode is Opcode.CONT else b"") + bytes(frame.data)
        if frame.fin:
            yield Piece("websocket", where, whole)
            yield Piece("websocket", where, spelled_out(whole))


def spelled_out(message: bytes) -> bytes:
    """A message of Streamlit as text, or nothing where it is none."""
    forward = ForwardMsg()
    try:
        forward.ParseFromString(message)
    except Exception:  # noqa: BLE001  # protobuf's own errors have no common ancestor
        return b""
    return text_format.MessageToString(forward, as_utf8=True).encode("utf-8", "surrogatepass")


def inflated(data: bytes) -> bytes:
    for attempt in (gzip.decompress, zlib.decompress, lambda raw: zlib.decompress(raw, -15)):
        try:
            return bytes(attempt(data))
        except (OSError, EOFError, zlib.error):
            continue
    return data


def shapes(data: bytes, depth: int = DEEPEST) -> Iterator[bytes]:
    """Yield the data, and what is packed into it: escapes, percent signs, base64, gzip, UTF-16.

    The same bytes are unpacked once, however many ways lead to them.
    """
    level, seen = [data], {data}
    for left in range(depth, -1, -1):
        deeper = []
        for one in level:
            yield one
            if len(one) > LARGE:
                continue
            yield from narrowed(one)
            for unwrap in (unquoted, unescaped, inflated_within, decoded) if left else ():
                new = [inner for inner in unwrap(one) if inner not in seen]
                seen.update(new)
                deeper += new
        level = deeper


def unquoted(data: bytes) -> Iterator[bytes]:
    if b"%" in data:
        yield unquote_to_bytes(data.replace(b"+", b" "))


def unescaped(data: bytes) -> Iterator[bytes]:
    if ESCAPED.search(data):
        yield ESCAPED.sub(spelled, data)


def narrowed(data: bytes) -> Iterator[bytes]:
    if b"\0" in data:
        for start in (0, 1):
            for order in ("utf-16-le", "utf-16-be"):
                yield data[start:].decode(order, "ignore").encode("utf-8", "surrogatepass")


def inflated_within(data: bytes) -> Iterator[bytes]:
    for begun in DEFLATED.finditer(data):
        with suppress(zlib.error):
            yield zlib.decompressobj(47).decompress(data[begun.start() :])


def decoded(data: bytes) -> Iterator[bytes]:
    for run in PACKED.findall(data):
        letters = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):  # it may follow upon letters of something else
            rest = letters[start:]
            yield base64.b64decode(rest + b"A" * (-len(rest) % 4))


def spelled(found: re.Match[bytes]) -> bytes:
    r"""Turn \uXXXX and &#…; into what they stand for."""
    text = found.group().decode()
    if text.startswith("\\"):
        plain = re.sub(r"\\+u", r"\\u", text)
        return str(json.loads(f'"{plain}"')).encode("utf-8", "surrogatepass")
    codes = re.findall(r"&#(x?)([0-9a-fA-F]+);", text)
    return "".join(chr(int(digits, 16 if x else 10)) for x, digits in codes).encode()


def found(words: dict[str, str], pieces: Iterator[Piece]) -> dict[str, set[str]]:
    """Return which of the words arrived, and in which channels."""
    wanted = {name: word.lower().encode() for name, word in words.items()}
    arrived: dict[str, set[str]] = {}
    for channel, data, depth in {
        (piece.channel, piece.data, 0 if STREAMLITS_OWN in piece.where else DEEPEST)
        for piece in pieces
    }:
        everything = b"\n".join(shapes(data, depth)).lower()
        for name in [name for name, word in wanted.items() if word in everything]:
            arrived.setdefault(name, set()).add(channel)
    return arrived
