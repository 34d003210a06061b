"""A model's server for benchmarks: it answers each question after 200 ms, with little work.

    python -m benchmarks.generation_server

It prints its base URL. An answer has the five parts and one distortion, about 520 characters, and
is another one for another question.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import cycle

from tests.made_answers import content

SECONDS = 0.2
ANSWERS = 8192


class Connection(asyncio.Protocol):
    """One connection: what is asked is not read, but for its length."""

    def __init__(self, replies: Iterator[bytes]) -> None:
        self.replies, self.buffer = replies, b""
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.lower().find(b"content-length:", 0, head)
        length = int(self.buffer[at + 15 : self.buffer.find(b"\r\n", at)])
        if len(self.buffer) >= head + 4 + length:
            self.buffer = b""
            self.loop.call_later(SECONDS, self.transport.write, next(self.replies))  # type: ignore[attr-defined]


def _reply(content: str) -> bytes:
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 1200, "completion_tokens": 620, "total_tokens": 1820}
    told = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "m-1"}
    body = json.dumps({**told, "choices": [choice], "usage": usage}, ensure_ascii=False).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


async def main() -> None:
    replies = cycle([_reply(content(number)) for number in range(ANSWERS)])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(replies), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
