"""Ask a model's server in one way, and print what it took: seconds, processor seconds.

    python -m benchmarks.generation_ways bare|ours URL REQUESTS FILE --concurrency 64

`bare` is a loop over AsyncOpenAI with aiohttp that asks what is in REQUESTS and writes nothing.
`ours` is the stage as `cbt generate` runs it, over the questions of the store FILE.
"""

import argparse
import asyncio
import json
import resource
import time
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI, DefaultAioHttpClient

from db.engine import connect
from pipeline.calling.asking import Model
from pipeline.calling.work import Limits
from pipeline.generating import generate
from pipeline.generating.wanted import Generating


def bare(asked: list[dict[str, Any]], url: str, concurrency: int) -> int:
    async def run() -> int:
        turns = asyncio.Semaphore(concurrency)
        client = AsyncOpenAI(
            api_key="none", base_url=url, max_retries=0, http_client=DefaultAioHttpClient()
        )

        async def one(body: dict[str, Any]) -> int:
            async with turns:
                reply = await client.chat.completions.create(**body)
            return len(reply.choices[0].message.content or "")

        async with client:
            return sum(length > 0 for length in await asyncio.gather(*map(one, asked)))

    return asyncio.run(run())


def ours(url: str, file: Path, concurrency: int) -> int:
    limits = Limits(concurrency=concurrency)
    config = Generating("speed", Model("m-1", url), limits=limits)
    store = connect(f"sqlite:///{file}")
    return generate.run(store, config, key=None, tell=lambda _: None).answered


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("bare", "ours"))
    parser.add_argument("url")
    parser.add_argument("requests", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--concurrency", type=int, default=64)
    given = parser.parse_args()
    asked = [json.loads(line) for line in given.requests.read_text("utf-8").splitlines()]
    cpu, began = _cpu(), time.perf_counter()
    if given.way == "bare":
        answered = bare(asked, given.url, given.concurrency)
    else:
        answered = ours(given.url, given.file, given.concurrency)
    seconds, cpu = time.perf_counter() - began, _cpu() - cpu
    assert answered == len(asked), f"{answered} answered"
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
