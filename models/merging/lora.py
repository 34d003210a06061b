"""Read a LoRA adapter's weights, and what each adds to a weight of its base."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.adapters import WEIGHTS
from models.errors import ModelError

PREFIX = "base_model.model."
# What changes more than single weights by a product of two: none of it is what 'cbt train' makes.
OTHERS = (
    "use_dora", "lora_bias", "fan_in_fan_out", "modules_to_save", "rank_pattern", "alpha_pattern",
    "target_parameters", "trainable_token_indices", "use_bdlora", "use_qalora",
)  # fmt: skip


@dataclass(frozen=True)
class Lora:
    """An adapter: to each weight named it adds `scale` times B times A."""

    scale: float
    pairs: Mapping[str, tuple[Any, Any]]

    def merged(self, name: str, weight: Any) -> Any:
        """Return a weight with what is added to it, summed in fp32 and kept as it is stored."""
        found = self.pairs.get(name)
        if found is None:
            return weight
        first, second = found
        if (second.shape[0], first.shape[1]) != tuple(weight.shape):
            raise ModelError(
                f"the adapter changes {name} as one of {second.shape[0]} by {first.shape[1]}, and"
                f" the base has {' by '.join(map(str, weight.shape))}; name the base that it was"
                " trained on"
            )
        added = self.scale * (second.float() @ first.float())
        return (weight.float() + added).to(weight.dtype)


def read_lora(adapter: Path) -> Lora:
    """Return an adapter's weights. Raises ModelError for one that is broken, or no plain LoRA."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
        tensors = load_file(adapter / WEIGHTS)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"the adapter in {adapter} cannot be read: {error}") from error
    _check_plain(adapter, config)
    root = config.get("use_rslora")
    scale = config["lora_alpha"] / (math.sqrt(config["r"]) if root else config["r"])
    pairs = {}
    for name, tensor in tensors.items():
        module, found, _ = name.removeprefix(PREFIX).partition(".lora_A.weight")
        if found:
            pairs[f"{module}.weight"] = (tensor, tensors[name.replace(".lora_A.", ".lora_B.")])
    if 2 * len(pairs) != len(tensors):
        raise ModelError(f"the adapter in {adapter} holds more than LoRA's weights; train it anew")
    return Lora(scale, pairs)


def _check_plain(adapter: Path, config: Mapping[str, Any]) -> None:
    found = [name for name in OTHERS if config.get(name)]
    if config.get("bias", "none") != "none":
        found.append("bias")
    if config.get("peft_type") != "LORA" or found:
        what = ", ".join(found) or config.get("peft_type")
        raise ModelError(
            f"the adapter in {adapter} is no plain LoRA ({what}), and cannot be merged here;"
            " answer with it by 'cbt infer --adapter'"
        )
