"""A real HTTP server that speaks the chat completions API as a test scripts it.

`python -m tests.model_server --help` serves as a process of its own.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.http_server import Asked, Connections, Sent, on_the_wire, served_in_a_thread


@dataclass(frozen=True)
class Answer:
    """What the server sends; `content` goes into a completion unless `body` is given whole.

    It begins after `delay` seconds, and comes bit by bit over `drip` seconds. With `cut`, the
    connection is closed after that share of the body; with `reset` it breaks before any byte, with
    `hang` nothing ever comes.
    """

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    finish_reason: str | None = "stop"
    usage: tuple[int, int] | None = (100, 50)
    delay: float = 0.0
    refusal: str | None = None
    drip: float = 0.0
    cut: float | None = None
    reset: bool = False
    hang: bool = False


Script = Callable[[Mapping[str, Any]], Answer]
Other = Callable[[str, str, Mapping[str, str], bytes], Answer]


@dataclass
class ModelServer:
    """`url` goes to --base-url; `asked` are the bodies of the requests, in their order."""

    url: str
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    transports: Collection[Any] = ()

    @property
    def connections(self) -> int:
        """How many are open just now."""
        return len(self.transports)


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


def sent(answer: Answer, model: str) -> Sent:
    """Return how an answer goes over the wire."""
    body = completion(answer, model) if answer.body is None else answer.body
    wire = on_the_wire(answer.status, answer.headers, body)
    if answer.cut is not None:
        wire = wire[: len(wire) - len(body) + int(len(body) * answer.cut)]
    return Sent(
        wire,
        delay=answer.delay,
        drip=answer.drip,
        close=answer.cut is not None,
        reset=answer.reset,
        hang=answer.hang,
    )


@contextmanager
def model_server(script: Script, *, other: Other | None = None) -> Iterator[ModelServer]:
    """Serve until the block ends; `script` maps the body of a request to what is sent for it.

    `other` answers what is no chat completion, from its method, target, headers and body.
    """
    served = ModelServer("")

    def handle(asked: Asked) -> Sent:
        served.keys.add(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if not asked.target.endswith("/chat/completions"):
            return sent(_elsewhere(asked, other), "")
        body = json.loads(asked.body)
        served.asked.append(body)
        return sent(script(body), body.get("model", ""))

    connections = Connections(handle)
    with served_in_a_thread(connections) as port:
        served.transports = connections.transports
        served.url = f"http://127.0.0.1:{port}/v1"
        yield served


def _elsewhere(asked: Asked, other: Other | None) -> Answer:
    if other is not None:
        return other(asked.method, asked.target, asked.headers, asked.body)
    error = {"message": f"nothing here: {asked.method} {asked.target}", "type": "not_found"}
    return Answer(status=404, body=json.dumps({"error": error}).encode())


if __name__ == "__main__":
    from tests.mixed_server import main

    main()
