"""Fuse the many small steps of a layer into few, where there is a GPU that waits for them."""

import shutil
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from models.errors import ModelError

if TYPE_CHECKING:
    from models.training.job import Job

WORTH_BATCHES = 400  # compiling takes as long as is saved on some 250 batches of a 7B model
NEEDED = "a GPU with triton and a C compiler (gcc or clang)"


def is_wanted(job: "Job") -> bool:
    """Return whether the layers are to be compiled: where left open, if it pays and is tried.

    Raises ModelError where it is asked for and cannot be done.
    """
    choice = job.recipe.compile
    if choice == "off":
        return False
    able = job.place.device.startswith("cuda") and find_spec("triton") is not None
    able = able and any(map(shutil.which, ("cc", "gcc", "clang")))
    if choice == "on":
        if job.recipe.checkpointing:
            raise ModelError("--compile on and --checkpointing do not go together; leave one out")
        if not able:
            raise ModelError(f"--compile on needs {NEEDED}; leave it out")
        return True
    tried = job.processes.of == 1 and not job.recipe.quantize and not job.recipe.checkpointing
    return able and tried and job.plan.steps * job.recipe.accumulation >= WORTH_BATCHES


def compile_layers(model: Any) -> None:
    """Let each layer be compiled when it is first run: all are alike, so that one of them is.

    Batches have many lengths, which the compiled code takes as they come. What cannot be compiled
    is run as before.
    """
    import torch
    from transformers.modeling_layers import GradientCheckpointingLayer

    warnings.filterwarnings("ignore", message=r"\s*Online softmax is disabled")
    torch._dynamo.config.suppress_errors = True
    for module in model.modules():
        if isinstance(module, GradientCheckpointingLayer):
            module.compile(dynamic=True)
