"""What `cbt detect` tells: what was found, what it took, what is to be done about the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from pipeline.cli import call_texts, takes
from pipeline.cli.columns import aligned
from pipeline.cli.wording import RESEARCH_ONLY
from pipeline.codebook.distortions import shipped
from pipeline.detecting.lexicon import Detected
from pipeline.detecting.plan import Planned
from pipeline.detecting.wanted import Looked, Of

TEXTS: Mapping[Of, str] = {"responses": "answer", "questions": "question"}
FOUND: Mapping[Of, str] = {
    "responses": "answers that name a distortion",
    "questions": "questions that show a distortion",
}


def of_lexicon(done: Detected) -> Iterator[str]:
    nothing = "" if done.added else " (nothing to add)"
    counts = f"read {done.read:,}, added {done.added:,}, already known {done.known:,}{nothing}"
    yield f"answers looked at by the {done.detector}: {counts}"
    if done.parts_added:
        yield f"answers whose parts were marked: {done.parts_added:,}"
    yield f"answers that name a distortion: {done.present:,}"
    yield from _labels(done.labels)


def looked_object(done: Looked) -> dict[str, Any]:
    return asdict(done)


def of_model(done: Looked) -> Iterator[str]:
    what = TEXTS[done.of]
    nothing = "" if done.planned else " (nothing to do)"
    about = f"{what}s looked at by {done.detector} with the prompt {done.prompt}"
    failed = f", failed {done.failed:,}" if done.failed else ""
    yield (
        f"{about}: read {done.read:,}, added {done.added:,}, already known"
        f" {done.known:,}{failed}{nothing}"
    )
    if done.failed:
        yield "a failed one counts as not looked at; run the same command again to ask about it"
    yield from call_texts.reasons(done.reasons, what="no finding could be kept")
    yield from call_texts.failures(done)
    yield from call_texts.stopped(done, what=what)
    yield from call_texts.out(done, what=what)
    yield from call_texts.told(done, model=done.model)
    yield f"{FOUND[done.of]}: {done.present:,}"
    if done.cannot_tell:
        yield f"{what}s where it cannot tell: {done.cannot_tell:,}"
    yield from _labels(done.labels)
    if done.quotes_dropped:
        yield f"quotes left out, as they do not stand in the text: {done.quotes_dropped:,}"
    if done.planned:
        yield call_texts.spent(done)
    yield RESEARCH_ONLY


def of_plan(planned: Planned, *, concurrency: int) -> Iterator[str]:
    what = TEXTS[planned.of]
    about = f"{what}s for {planned.detector} with the prompt {planned.prompt}"
    out = f", with the server in batch jobs {planned.out:,}" if planned.out else ""
    yield f"{about}: to look at {planned.planned:,}, already known {planned.known:,}{out}"
    if planned.planned:
        yield from takes.of_plan(planned, name=planned.detector, concurrency=concurrency)
    yield "nothing was asked, and nothing was stored"


def _labels(labels: Mapping[str, int]) -> Iterator[str]:
    names = {label.id: label.name["zh"] for label in shipped().labels}
    yield from aligned([[id_, names.get(id_, ""), f"{n:,}"] for id_, n in labels.items()], left=2)
