"""A real HTTP server in a thread that speaks the chat completions API as a test scripts it."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the server sends; `content` goes into a completion unless `body` is given whole."""

    content: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    finish_reason: str = "stop"
    usage: tuple[int, int] | None = (100, 50)
    delay: float = 0.0
    refusal: str | None = None


Script = Callable[[Mapping[str, Any]], Answer]


@dataclass
class ModelServer:
    """`url` goes to --base-url; `asked` are the bodies of the requests, in their order."""

    url: str
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


def completion(answer: Answer, model: str) -> bytes:
    message = {"role": "assistant", "content": answer.content, "refusal": answer.refusal}
    said: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish_reason}],
    }
    if answer.usage:
        tokens_in, tokens_out = answer.usage
        said["usage"] = {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }
    return json.dumps(said, ensure_ascii=False).encode()


@contextmanager
def model_server(script: Script) -> Iterator[ModelServer]:
    """Serve until the block ends; `script` maps the body of a request to what is sent for it."""
    started: threading.Event = threading.Event()
    served = ModelServer("")
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _serve_one(reader, writer, served, script):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        started.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


async def _serve_one(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    served: ModelServer,
    script: Script,
) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    headers = {
        name.lower(): value
        for name, _, value in (
            line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]
        )
    }
    asked = json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"{}")
    served.asked.append(asked)
    served.keys.add(headers.get("authorization", "").removeprefix("Bearer "))
    answer = script(asked)
    if answer.delay:
        await asyncio.sleep(answer.delay)
    body = answer.body
    if body is None:
        body = completion(answer, asked.get("model", ""))
    sent = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} x", *(f"{name}: {value}" for name, value in sent.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True
