"""An adapter on a tiny model, made without training, as 'cbt train' would leave it."""

import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.adapters import MANIFEST, Base, Data, Manifest, as_text
from models.loading import weights_hash
from tests.tiny_models import INSTRUCTION

TARGETS = ("q_proj", "v_proj", "down_proj")


def make_adapter(
    folder: Path, base: Path, *, trained_on: Sequence[str] = (), template: str = "chatml"
) -> Path:
    """Write an adapter whose weights are drawn: it changes what its base says."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model: Any = AutoModelForCausalLM.from_pretrained(base)
        config = LoraConfig(
            r=4, lora_alpha=8, target_modules=list(TARGETS), init_lora_weights=False
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of peft, for transformers
            get_peft_model(model, config).save_pretrained(folder)
    for path in base.glob("*token*"):
        shutil.copy(path, folder)
    data = Data("train.json", "0" * 64, 8, split="paper", instruction=INSTRUCTION)
    manifest = Manifest(
        base=Base("tiny", None, str(base), weights_hash(base)),
        template=template,
        data=data,
        trained_on=tuple(trained_on),
        settings={"rank": 4},
        versions={"torch": torch.__version__},
        seed=1,
        steps=2,
        tokens=1_000,
        loss_first=3.0,
        loss_last=2.0,
    )
    (folder / MANIFEST).write_text(as_text(manifest), "utf-8")
    return folder
