"""Ask a model's server by async-batch-llm, in its own environment: benchmarks/generation_speed.py.

    ENVIRONMENT/bin/python benchmarks/peers/batch_llm.py URL REQUESTS FILE --concurrency 64

REQUESTS has a request's body on each line. It keeps results in a JSONL file, its default, which it
flushes and does not wait for; the client is the same as in the other ways.
"""

import argparse
import asyncio
import json
import resource
import time
from pathlib import Path
from typing import Any

from async_batch_llm import (
    ArtifactIdentity,
    CallableStrategy,
    CallOutcome,
    JsonlArtifactStore,
    ProcessorConfig,
    process_prompts,
)
from openai import AsyncOpenAI, DefaultAioHttpClient

IDENTITY = ArtifactIdentity(provider="loopback", model="m-1")


async def answered(bodies: list[dict[str, Any]], url: str, file: Path, concurrency: int) -> int:
    client = AsyncOpenAI(
        api_key="none", base_url=url, max_retries=0, http_client=DefaultAioHttpClient()
    )

    async def invoke(prompt: str, **_: Any) -> Any:
        reply = await client.chat.completions.create(**bodies[int(prompt)])
        usage = {
            "input_tokens": reply.usage.prompt_tokens,
            "output_tokens": reply.usage.completion_tokens,
            "total_tokens": reply.usage.total_tokens,
        }
        return CallOutcome(reply.choices[0].message.content, token_usage=usage)

    async with client:
        batch = await process_prompts(
            CallableStrategy(invoke, identity=IDENTITY),
            [(str(n), str(n)) for n in range(len(bodies))],
            config=ProcessorConfig(concurrency=concurrency),
            artifact_store=JsonlArtifactStore(file, identity=IDENTITY),
        )
    return sum(result.success for result in batch.results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("requests", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--concurrency", type=int, default=64)
    given = parser.parse_args()
    bodies = [json.loads(line) for line in given.requests.read_text("utf-8").splitlines()]
    cpu, began = _cpu(), time.perf_counter()
    done = asyncio.run(answered(bodies, given.url, given.file, given.concurrency))
    seconds, cpu = time.perf_counter() - began, _cpu() - cpu
    assert done == len(bodies), f"{done} answered"
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
