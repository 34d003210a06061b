"""End a training run at random moments until it is done: it ends as if nothing had happened."""

import random
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.training.training import run
from pipeline.training.wanted import Training
from tests.training_runs import adapter_of, asked, log_of, prepared, started, trained

ALONE_SECONDS = 12.0  # what one run takes as a process of its own, its start included


class Broken(Exception):
    pass


def broken(wanted: Training, chance: random.Random) -> None:
    """Break the run off, in this process, after one of its steps."""
    last = chance.randrange(1, 10)

    def tell(progress: Any) -> None:
        if progress.step >= last:
            raise Broken

    with suppress(Broken):
        run(prepared(wanted), tell=tell)


def killed(wanted: Training, chance: random.Random) -> None:
    """Kill a process that does the run, at any moment."""
    more = ("--out", str(wanted.out), "--save-steps=2")
    process = started(wanted.data.parent, Path(wanted.backbone), *more)
    time.sleep(chance.uniform(0.2, 1.0) * ALONE_SECONDS)
    process.kill()
    process.communicate()


def test_a_run_that_is_ended_again_and_again_ends_bit_by_bit_the_same(
    request: pytest.FixtureRequest, tiny_qwen2: Path, tmp_path: Path
) -> None:
    whole = asked(tmp_path, tiny_qwen2)
    trained(whole)
    chance = random.Random(0)  # noqa: S311
    again = replace(whole, out=tmp_path / "again")
    for end in [killed] * 25 if request.config.getoption("--soak") else [broken]:
        end(again, chance)
    trained(again)
    assert adapter_of(again.out) == adapter_of(whole.out)
    assert log_of(again.out) == log_of(whole.out)
