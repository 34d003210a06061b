"""A script for the model server that goes wrong in every way, the same way each time.

What a request meets depends on a seed, on its messages, and on how many times it has been asked.
`python -m tests.model_server` serves it as a process of its own.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from tests.http_server import Asked, Connections, Sent, listen, port_of
from tests.model_server import Answer, completion, sent

Say = Callable[[Mapping[str, Any]], str]  # what a good answer to a request says


def refused(status: int, code: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    error = {"message": f"{code}, says the server", "type": code, "param": None, "code": code}
    return Answer(status=status, headers=headers or {}, body=json.dumps({"error": error}).encode())


def _limited(header: str, value: str) -> Answer:
    return refused(429, "rate_limit_exceeded", headers={header: value})


def _limited_until() -> Answer:
    when = datetime.now(UTC) + timedelta(seconds=1)
    return _limited("retry-after", format_datetime(when, usegmt=True))


def _page(status: int) -> Answer:
    page = b"<html><title>Bad Gateway</title></html>"
    return Answer(status=status, headers={"content-type": "text/html"}, body=page)


# What may become of a good answer.
WAYS: Mapping[str, Callable[[Answer], Answer]] = {
    "good": lambda good: good,
    "limited": lambda _: _limited("retry-after", "1"),
    "limited_ms": lambda _: _limited("retry-after-ms", "50"),
    "limited_until": lambda _: _limited_until(),
    "server_error": lambda _: refused(500, "server_error"),
    "bad_gateway": lambda _: _page(502),
    "hang": lambda _: Answer(hang=True),
    "drip": lambda good: replace(good, drip=0.3),
    "cut": lambda good: replace(good, cut=0.6),
    "reset": lambda _: Answer(reset=True),
    "malformed": lambda good: Answer(body=completion(good, "m")[:-9]),
    "page": lambda _: _page(200),
    "wrong_schema": lambda _: Answer(body=b'{"object": "chat.completion", "choices": []}'),
    "wrong_content": lambda good: replace(good, content='{"unasked": "for"}'),
    "cut_content": lambda good: replace(good, content=good.content[: len(good.content) // 2]),
    "empty": lambda good: replace(good, content=""),
    "null": lambda good: replace(good, content=None),
    "length": lambda good: replace(good, content=good.content[:40], finish_reason="length"),
    "filter": lambda good: replace(good, content="", finish_reason="content_filter"),
    "filtered": lambda _: refused(400, "content_filter"),
    "refusal": lambda good: replace(good, content=None, refusal="I can't help with that."),
    "no_usage": lambda good: replace(good, usage=None),
}


@dataclass
class Mixed:
    """A script of which each way but the good one gets its share; `met` counts the ways taken."""

    say: Say
    shares: Mapping[str, float]
    seed: int = 0
    met: Counter[str] = field(default_factory=Counter)
    times: defaultdict[bytes, int] = field(default_factory=lambda: defaultdict(int))

    def __call__(self, body: Mapping[str, Any]) -> Answer:
        said = json.dumps(body["messages"], ensure_ascii=False).encode()
        way = self.way(sha256(said).digest())
        return WAYS[way](Answer(self.say(body)))

    def way(self, request: bytes) -> str:
        """Draw what the request meets now, by what it is and how often it has been asked."""
        self.times[request] += 1
        drawn = Random(f"{self.seed} {request.hex()} {self.times[request]}").random()  # noqa: S311
        way = "good"
        for name, share in self.shares.items():
            if 0 <= drawn < share:
                way = name
            drawn -= share
        self.met[way] += 1
        return way


def shares_of(text: str) -> dict[str, float]:
    """Read shares as they stand on a command line: hang=0.01,limited=0.05."""
    pairs = [pair.split("=") for pair in text.split(",") if pair]
    return {name: float(share) for name, share in pairs if WAYS[name]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="else a free one; the URL is printed")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--mix", type=shares_of, default={}, help=f"WAY=SHARE,…; {', '.join(WAYS)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--contents", type=Path, help="lines of JSON texts to answer with")
    given = parser.parse_args()
    lines = given.contents.read_text("utf-8").splitlines() if given.contents else ['"ok"']
    asyncio.run(serve(given, [json.loads(line) for line in lines]))


async def serve(given: argparse.Namespace, contents: list[str]) -> None:
    """Serve for ever. What is asked is not read, and good answers are made once: for speed."""
    mixed = Mixed(lambda _: "", given.mix, given.seed)

    def made(way: str, number: int) -> Sent:
        return sent(replace(WAYS[way](Answer(contents[number])), delay=given.delay), "m")

    kept = lru_cache(maxsize=8192)(made)

    def handle(asked: Asked) -> Sent:
        request = sha256(asked.body).digest()
        way = mixed.way(request) if given.mix else "good"
        number = int.from_bytes(request[:4]) % len(contents)
        return (made if way == "limited_until" else kept)(way, number)

    listener = await listen(Connections(handle), given.port)
    sys.stdout.write(f"http://127.0.0.1:{port_of(listener)}/v1\n")
    sys.stdout.flush()
    await listener.serve_forever()
