"""`cbt detect --method model`: let a language model find distortions."""

from dataclasses import replace
from typing import Any

from pipeline.calling.asking import Model
from pipeline.cli import repeating, takes
from pipeline.cli.command import opened, show
from pipeline.cli.detect import texts
from pipeline.cli.model_options import Asked
from pipeline.cli.progress import watching
from pipeline.detecting.model import run
from pipeline.detecting.plan import plan
from pipeline.detecting.wanted import Looking

STEADY = 0.0  # the temperature at which a detector says the same of the same text


def by_model(
    database: str | None,
    asked: Asked,
    *,
    detector: str | None,
    no_wait: bool,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    config = Looking(
        detector=detector or asked.model.name,
        model=_steady(asked.model),
        limits=replace(asked.limits, wait=not no_wait),
        **options,
    )
    store = opened(database, write=not dry_run)
    if dry_run:
        planned = plan(store, config)
        lines = texts.of_plan(planned, concurrency=asked.limits.concurrency)
        show(takes.as_object(planned), lines, as_json=as_json)
        return
    with watching(asked.limits.price) as tell:
        done = run(store, config, key=asked.key, tell=tell)
    show(texts.looked_object(done), texts.of_model(done), as_json=as_json)
    repeating.end(done.stopped, some_failed=bool(done.failed or done.left))


def _steady(model: Model) -> Model:
    return replace(model, temperature=STEADY) if model.temperature is None else model
