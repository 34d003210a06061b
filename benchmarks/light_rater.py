"""A rater without a browser: the same requests and the same websocket, for far less work."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import h11
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol


@dataclass
class LightRater:
    """One person at one browser: a cookie, a kept connection, a page's websocket."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    page: ClientConnection | None = None
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def sign_in(self, username: str, password: str) -> None:
        given = {"username": username, "password": password}
        status, answer = await self.ask("POST", "/api/sign-in", given)
        assert status == 200, answer

    async def open_page(
        self,
        shown: Callable[[ForwardMsg], bool] | None = None,
        *,
        page: str = "",
        query: str = "",
    ) -> float:
        """Open a page as a browser does; return the seconds until its script has ended."""
        began = time.perf_counter()
        await self.ask("GET", f"/{page}")
        self.page = await connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": self._cookie, "Origin": f"http://{self.address}"},
            max_size=None,
        )
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        await self.page.send(message.SerializeToString())
        seen = shown is None
        while True:
            received = ForwardMsg.FromString(bytes(await self.page.recv(decode=False)))
            seen = seen or (shown is not None and shown(received))
            if received.WhichOneof("type") == "script_finished":
                assert seen, "the page has ended without what it should show"
                return time.perf_counter() - began

    async def ask(self, method: str, path: str, given: Any = None) -> tuple[int, Any]:
        """Return the status, and the answer's JSON if it is that."""
        body = b"" if given is None else json.dumps(given).encode()
        headers = [
            ("Host", self.address),
            ("Origin", f"http://{self.address}"),
            ("Accept-Encoding", "gzip"),
            ("Cookie", self._cookie),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]
        request = h11.Request(method=method, target=path, headers=headers)
        events = [request, h11.Data(data=body), h11.EndOfMessage()]
        reader, writer = await self._connected()
        writer.write(b"".join(self._http.send(event) or b"" for event in events))
        return await self._answer(reader)

    async def close(self) -> None:
        if self.page:
            await self.page.close()
        if self._streams:
            self._streams[1].close()

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # A server ends a connection that has been idle for some seconds; browsers open another.
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
            self._http = h11.Connection(h11.CLIENT)
        return self._streams

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, Any]:
        body = bytearray()
        status, headers = 0, {}
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Response):
                status, headers = event.status_code, dict(event.headers)
                self._remember(event)
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                raise ConnectionError(f"the server ended the connection: {event}")
        self._http.start_next_cycle()
        text = gzip.decompress(body) if headers.get(b"content-encoding") == b"gzip" else bytes(body)
        is_json = headers.get(b"content-type", b"").startswith(b"application/json")
        return status, json.loads(text) if is_json else text

    def _remember(self, response: h11.Response) -> None:
        for name, value in response.headers:
            if name == b"set-cookie":
                for morsel in SimpleCookie(value.decode()).values():
                    self.cookies[morsel.key] = morsel.value
