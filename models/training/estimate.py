"""Say before a run what it will take: memory, disk, and time on this device."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.loading import VALUE_BYTES, Place
from models.memory import available, gib, weights_size
from models.training.batches import Plan
from models.training.checkpoints import KEPT
from models.training.recipe import Recipe
from models.weights import Weight, json_file, weights

ADAPTER_BYTES = 16  # a weight in fp32, its gradient, and Adam's two moments
CHECKPOINT_BYTES = 12
FILES = 64 * 2**20  # tokenizer, log, picture
FIRST_GUESS = 0.4  # the share of a matrix product's speed that training reaches
PROBE = {"cpu": 512}  # the side of a matrix that keeps all of a device at work
LARGE_PROBE = 4096
PROBE_SECONDS = 0.5
IN_A_ROW = 8


@dataclass(frozen=True)
class Size:
    """What a base model and its adapter are made of."""

    weights: int
    adapter: int
    base_bytes: int
    layers: int
    hidden: int
    inner: int
    vocabulary: int


@dataclass(frozen=True)
class Estimate:
    """What a run will take; `least_bytes` is without what is kept for the way back.

    `operations` are floating-point operations of all steps.
    """

    size: Size
    memory_bytes: int
    least_bytes: int
    free_bytes: int
    disk_bytes: int
    operations: float

    def seconds(self, speed: float) -> float:
        """Return the time of all steps where a matrix product reaches this speed."""
        return self.operations / (speed * FIRST_GUESS)


def size(base: Path, *, recipe: Recipe, targets: Sequence[str], place: Place) -> Size:
    """Return a model's size by the heads of its files; raise ModelError for unknown targets."""
    found = weights(base)
    config = json_file(base / "config.json")
    adapted = [weight for weight in found if _module(weight) in targets and len(weight.shape) == 2]
    missing = sorted(set(targets) - {_module(weight) for weight in adapted})
    if missing:
        there = sorted({_module(weight) for weight in found if _module(weight).endswith("proj")})
        raise ModelError(
            f"no layer of {base.name} is called {', '.join(missing)}; --lora-targets can be"
            f" {', '.join(there) or 'none that is known here'}"
        )
    return Size(
        weights=sum(weight.elements for weight in found),
        adapter=recipe.rank * sum(sum(weight.shape) for weight in adapted),
        base_bytes=weights_size(
            base, value_bytes=VALUE_BYTES[place.precision], quantize=recipe.quantize
        ),
        layers=int(config.get("num_hidden_layers", 1)),
        hidden=int(config.get("hidden_size", 1)),
        inner=int(config.get("intermediate_size", 1)),
        vocabulary=int(config.get("vocab_size", 1)),
    )


def estimate(size: Size, plan: Plan, *, recipe: Recipe, place: Place) -> Estimate:
    """Return what a run will take by what its largest batch needs."""
    rows, longest = plan.largest
    value = VALUE_BYTES[place.precision]
    kept = rows * longest * _kept(size, value, checkpointing=recipe.checkpointing)
    # The head's scores once as the model gives them, and twice in fp32 for loss and gradient.
    scores = rows * longest * size.vocabulary * (value + 8)
    least = size.base_bytes + size.adapter * ADAPTER_BYTES
    passes = 6 if recipe.checkpointing else 4  # the base has no gradients of its own
    return Estimate(
        size=size,
        memory_bytes=least + kept + scores,
        least_bytes=least,
        free_bytes=available(place.device),
        disk_bytes=size.adapter * (CHECKPOINT_BYTES * (KEPT + 1) + 4) + FILES,
        operations=float(passes) * size.weights * plan.places,
    )


def check(found: Estimate, *, place: Place) -> None:
    """Raise ModelError where even the weights do not fit."""
    if found.least_bytes > found.free_bytes:
        where = "the GPU" if place.device.startswith("cuda") else "this machine"
        raise ModelError(
            f"the base model and its adapter take {gib(found.least_bytes)} of memory and {where}"
            f" has {gib(found.free_bytes)} free; free some, take a smaller model, a lower"
            " --precision, or --quantize 4bit"
        )


def speed(place: Place) -> float:
    """Return the floating-point operations a second of a matrix product, tried for a moment."""
    import torch

    side = PROBE.get(place.device, LARGE_PROBE)
    one: Any = torch.ones(side, side, dtype=place.dtype, device=place.device)
    _product(one)
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < PROBE_SECONDS:
        _product(one)
        rounds += 1
    return 2 * side**3 * IN_A_ROW * rounds / (time.perf_counter() - began)


def _product(one: Any) -> float:
    made = one @ one
    for _ in range(IN_A_ROW - 1):
        made = one @ one
    return float(made[0, 0])  # read: a GPU answers before it has computed


def _kept(size: Size, value: int, *, checkpointing: bool) -> int:
    """Return the bytes a token that are kept for the way back."""
    layer = value * (14 * size.hidden + 4 * size.inner)
    if checkpointing:
        return size.layers * size.hidden * value + layer
    return size.layers * layer


def _module(weight: Weight) -> str:
    parts = weight.name.split(".")
    return parts[-2] if len(parts) > 1 else ""
