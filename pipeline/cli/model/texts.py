"""What `cbt model` tells: what was merged, and what a card says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from models.merging.serving import Alike
from pipeline.cli.wording import many
from pipeline.publishing.carding import Carded
from pipeline.publishing.merging import Merged

SERVED: Mapping[Alike, Sequence[str]] = {
    "tokens": (),
    "text": (
        "a server asks by the same text as in training, cut into other tokens in places;"
        " 'cbt infer --backbone' asks by the same tokens",
    ),
    "none": (
        "no chat template asks as in training: answer with 'cbt infer --backbone', not through a"
        " server",
    ),
}


def merged_object(done: Merged) -> dict[str, Any]:
    return asdict(done)


def merged_lines(done: Merged) -> Iterator[str]:
    yield (
        f"merged into {done.base}: {many(done.changed, 'weight')} changed, {done.precision};"
        f" {many(len(done.written), 'file')} in {done.path}"
    )
    yield (
        f"it answers as base and adapter do: logits at most {done.apart:.1g} standard deviations"
        f" apart ({done.allowed:g} allowed)"
    )
    yield from SERVED[done.asks_alike]
    yield f"tell others what it is: cbt model card --model {done.path}"


def carded_object(done: Carded) -> dict[str, Any]:
    return asdict(done)


def carded_lines(done: Carded) -> Iterator[str]:
    yield f"wrote {done.path}: {many(done.scores, 'metric')}, terms of {many(done.terms, 'source')}"
    if not done.terms:
        yield (
            "the store knows no terms of the questions: see yourself whether you may pass the"
            " model on"
        )
    if done.telling:
        yield (
            f"{' and '.join(done.telling)} beside it say in which folder of this machine the base"
            " is: put its public name there before you pass the model on"
        )
