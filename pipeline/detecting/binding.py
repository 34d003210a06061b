"""Bind a detector's name to the configuration of its first finding."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from db import batch_jobs, detections, runs
from db.errors import NotAllowed
from pipeline.calling import bound
from pipeline.codebook import lexicon
from pipeline.detecting.wanted import METHOD, STAGE, Looking
from pipeline.prompts.prompt import Prompt
from pipeline.tidy_gold import checked_name


def configuration(session: Session, config: Looking, prompt: Prompt) -> dict[str, Any]:
    """Return what the detector is bound to, or will be by its first finding.

    Raises NotAllowed for a name that stands for something else, and where the name is bound to
    another configuration, naming each difference.
    """
    _check_name(config.detector)
    before = _before(session, config.detector)
    wanted = bound.configuration(
        config.model,
        prompt=prompt.name,
        prompt_hash=prompt.content_hash,
        output=bound.output(before, config.output),
        max_tokens=config.finding_tokens,
    )
    earlier = runs.ids(session, stage=STAGE, having={"name": config.detector})
    running = batch_jobs.configurations_out(session, run_ids=earlier)
    for other in [before, *running] if before else running:
        differ = bound.differences(other, wanted)
        if differ:
            raise NotAllowed(
                f"the detector {config.detector} is bound to the configuration of its first"
                f" finding, and this differs: {'; '.join(differ)}; give it as it was, or name"
                " another --detector"
            )
    return wanted


def _check_name(name: str) -> None:
    if name == lexicon.DETECTOR or name.startswith(detections.own("")):
        raise NotAllowed(
            f"{name} is the name of other detections; give the model's another --detector"
        )
    try:
        checked_name(name)
    except ValueError:
        raise NotAllowed("a detector's name is one line of at most 200 characters") from None


def _before(session: Session, detector: str) -> Mapping[str, Any] | None:
    origin = detections.origin(session, detector=detector)
    if origin is None:
        return None
    if origin.stage != STAGE or origin.configuration.get("method") != METHOD:
        raise NotAllowed(
            f"the findings of {detector} came from elsewhere, not from 'cbt detect --method model';"
            " give the model's another --detector"
        )
    return origin.configuration
