"""Layers are compiled where it saves time, and nowhere where it was not tried."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import get_peft_model

from models.errors import ModelError
from models.loading import Place, load_model
from models.settings import Launched
from models.training.compiling import compile_layers, is_wanted
from models.training.job import Job
from models.training.recipe import Recipe
from models.training.rows import Row, Rows
from models.training.train import lora

CPU = Place("cpu", "fp32")
ROWS = Rows((Row((1, 2), (3,)),), (1,))


def job(**recipe: object) -> Job:
    return Job(
        base=Path("base"),
        recipe=replace(Recipe(), **recipe),  # type: ignore[arg-type]
        targets=(),
        rows=ROWS,
        eval_rows=None,
        place=CPU,
        checkpoints=Path("checkpoints"),
        processes=Launched(),
        pad=0,
    )


def test_on_a_cpu_nothing_is_compiled_and_who_asks_for_it_is_told_what_it_needs() -> None:
    assert not is_wanted(job(epochs=1000))
    assert not is_wanted(job(compile="off"))
    with pytest.raises(ModelError, match="--compile on needs a GPU with triton"):
        is_wanted(job(compile="on"))


def test_compiling_and_computing_anew_do_not_go_together() -> None:
    with pytest.raises(ModelError, match="--compile on and --checkpointing"):
        is_wanted(job(compile="on", checkpointing=True))


def test_each_layer_of_an_adapted_model_is_compiled_and_nothing_around_it(tiny_qwen2: Path) -> None:
    model = load_model(tiny_qwen2, dtype=torch.float32, device="cpu")
    adapted = get_peft_model(model, lora(Recipe(), ("q_proj",)))
    compile_layers(adapted)
    compiled = {each for each in adapted.modules() if each._compiled_call_impl is not None}
    assert compiled == set(model.model.layers)
