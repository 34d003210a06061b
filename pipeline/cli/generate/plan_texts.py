"""What `cbt generate --dry-run` tells."""

from collections.abc import Iterator

from pipeline.cli import takes
from pipeline.generating.plan import Planned


def lines(planned: Planned, *, concurrency: int) -> Iterator[str]:
    about = f"answers of {planned.system} by {planned.model} with the prompt {planned.prompt}"
    out = f", {planned.out:,} with the server in batch jobs" if planned.out else ""
    yield f"{about}: {planned.planned:,} to ask, {planned.skipped:,} already there{out}"
    if planned.planned:
        if planned.in_danger:
            yield f"from people in acute danger, who are answered with care: {planned.in_danger:,}"
        yield from takes.of_plan(planned, name=planned.system, concurrency=concurrency)
    yield "nothing was asked, and nothing was stored"
