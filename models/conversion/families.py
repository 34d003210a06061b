"""Tell of which family a checkpoint is, and refuse those that have no native counterpart."""

from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.loading import check_model_type
from models.weights import json_file

AUTO, NATIVE = "auto", "native"
BAICHUAN, BAICHUAN2, QWEN = "baichuan", "baichuan2", "qwen"
FAMILIES = (AUTO, BAICHUAN, BAICHUAN2, QWEN, NATIVE)
BAICHUAN2_TOKENS = 125696
WIDE = 5120  # the hidden size of both 13B models


def family_of(folder: Path, *, asked: str = AUTO) -> str:
    """Return the family of a folder's checkpoint.

    `native` is one that loads as it is, but for its pickled weights. Raises ModelError for one
    that cannot be converted, or that is not of the family asked for.
    """
    config = json_file(folder / "config.json")
    _check_whole_weights(folder, config)
    found = _family(folder, config)
    if asked in {AUTO, found}:
        return found
    if {asked, found} == {BAICHUAN, BAICHUAN2}:
        return asked
    raise ModelError(f"the model in {folder} is of the family {found}, not {asked}")


def _family(folder: Path, config: dict[str, Any]) -> str:
    model_type = str(config.get("model_type", ""))
    if model_type == "baichuan":
        return _baichuan(folder, config)
    if model_type == "qwen":
        return _qwen(folder, config)
    check_model_type(folder, model_type)
    return NATIVE


def _baichuan(folder: Path, config: dict[str, Any]) -> str:
    """Return which Baichuan it is: the second one's output head is normalised."""
    # Both 13B models bias attention by distance (ALiBi) and know no rotary positions.
    if config.get("hidden_size") == WIDE or "max_position_embeddings" not in config:
        raise ModelError(
            f"the model in {folder} is a Baichuan of 13B, which tells positions by ALiBi; Llama"
            " tells them by rotation, so only the 7B models can be converted"
        )
    spelled = config.get("architectures") or [""]
    second = spelled[0] == "BaichuanForCausalLM" or "z_loss_weight" in config
    return BAICHUAN2 if second or config.get("vocab_size") == BAICHUAN2_TOKENS else BAICHUAN


def _qwen(folder: Path, config: dict[str, Any]) -> str:
    wants = {"no_bias": True, "rotary_pct": 1.0}
    for key, value in wants.items():
        if config.get(key, value) != value:
            raise ModelError(
                f"the model in {folder} has {key} = {config[key]}, which a Qwen2 model does not"
                " have; it cannot be converted"
            )
    width = config.get("kv_channels", 0) * config.get("num_attention_heads", 0)
    if width != config.get("hidden_size"):
        raise ModelError(
            f"the heads of the model in {folder} do not fill its hidden size; it cannot be"
            " converted"
        )
    return QWEN


def _check_whole_weights(folder: Path, config: dict[str, Any]) -> None:
    if config.get("quantization_config"):
        raise ModelError(
            f"the weights in {folder} are quantised; convert the model that they were made of"
        )
