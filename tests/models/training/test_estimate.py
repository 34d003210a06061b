"""What a run will take is told by the heads of the model's files."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import ModelError
from models.loading import device_and_dtype, load_model
from models.training import estimate
from models.training.batches import Plan
from models.training.recipe import Recipe
from models.training.train import lora

TARGETS = ("q_proj", "v_proj", "down_proj")


def test_the_weights_to_learn_are_counted_as_peft_makes_them(tiny_qwen2: Path) -> None:
    from peft import get_peft_model

    place, recipe = device_and_dtype("fp32"), Recipe(rank=3)
    found = estimate.size(tiny_qwen2, recipe=recipe, targets=TARGETS, place=place)
    base = load_model(tiny_qwen2, dtype=place.dtype, device=place.device)
    model = get_peft_model(base, lora(recipe, TARGETS))
    learned = [weight.numel() for weight in model.parameters() if weight.requires_grad]
    assert found.adapter == sum(learned)
    assert found.weights == sum(weight.numel() for weight in model.parameters()) - found.adapter


def test_a_layer_that_is_not_there_and_too_little_memory_are_one_sentence(tiny_qwen2: Path) -> None:
    place, recipe = device_and_dtype("fp32"), Recipe()
    with pytest.raises(ModelError, match=r"no layer of tiny-qwen2 is called W_pack; .*q_proj"):
        estimate.size(tiny_qwen2, recipe=recipe, targets=("W_pack", "q_proj"), place=place)
    size = estimate.size(tiny_qwen2, recipe=recipe, targets=TARGETS, place=place)
    plan = Plan((100, 120), 2, 2, 1, seed=0)
    found = estimate.estimate(size, plan, recipe=recipe, place=place)
    estimate.check(found, place=place)
    with pytest.raises(ModelError, match=r"take 2.* MiB of memory and this machine has 1.0 MiB"):
        estimate.check(replace(found, free_bytes=2**20), place=place)
    less = estimate.estimate(size, plan, recipe=replace(recipe, checkpointing=True), place=place)
    assert less.memory_bytes < found.memory_bytes
    assert less.operations > found.operations
