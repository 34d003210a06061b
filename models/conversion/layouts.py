"""Say how an old layout's configuration and weights are named in a native one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.conversion.families import BAICHUAN, BAICHUAN2, NATIVE, QWEN

# What a checkpoint stores but a native model computes by itself.
COMPUTED = (".rotary_emb.inv_freq", ".attn.masked_bias", ".attn.logn_tensor", ".attn.bias")
THETA = 10000.0
QKV = ("q_proj", "k_proj", "v_proj")
QWEN_NAMES = {
    "transformer.wte.": "model.embed_tokens.",
    "transformer.ln_f.": "model.norm.",
    "transformer.h.": "model.layers.",
    ".ln_1.": ".input_layernorm.",
    ".ln_2.": ".post_attention_layernorm.",
    ".attn.c_attn.": ".self_attn.W_pack.",
    ".attn.c_proj.": ".self_attn.o_proj.",
    # modeling_qwen.py: QWenMLP returns c_proj(w1(x) * silu(w2(x))), so w2 is the gate.
    ".mlp.w1.": ".mlp.up_proj.",
    ".mlp.w2.": ".mlp.gate_proj.",
    ".mlp.c_proj.": ".mlp.down_proj.",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A tensor and what it is called."""

    name: str
    tensor: Any


@dataclass(frozen=True, slots=True)
class Layout:
    """How a family's checkpoints are read as native ones, and what is not the same."""

    native: str
    config: Callable[[Mapping[str, Any]], dict[str, Any]]
    rename: Callable[[Named], Iterator[Named]]
    notes: Callable[[Mapping[str, Any]], list[str]]


def _llama_config(old: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vocab_size": old["vocab_size"],
        "hidden_size": old["hidden_size"],
        "intermediate_size": old["intermediate_size"],
        "num_hidden_layers": old["num_hidden_layers"],
        "num_attention_heads": old["num_attention_heads"],
        "num_key_value_heads": old["num_attention_heads"],
        "hidden_act": old.get("hidden_act", "silu"),
        "max_position_embeddings": old["max_position_embeddings"],
        "initializer_range": old.get("initializer_range", 0.02),
        "rms_norm_eps": old.get("rms_norm_eps", 1e-6),
        "rope_parameters": {"rope_type": "default", "rope_theta": old.get("rope_theta", THETA)},
        "tie_word_embeddings": bool(old.get("tie_word_embeddings", False)),
        "attention_bias": False,
        "mlp_bias": False,
        "pad_token_id": old.get("pad_token_id", 0),
        "bos_token_id": old.get("bos_token_id", 1),
        "eos_token_id": old.get("eos_token_id", 2),
    }


def _qwen2_config(old: Mapping[str, Any]) -> dict[str, Any]:
    theta = old.get("rotary_emb_base", THETA)
    return {
        "vocab_size": old["vocab_size"],
        "hidden_size": old["hidden_size"],
        "intermediate_size": old["intermediate_size"] // 2,  # it counts gate and up together
        "num_hidden_layers": old["num_hidden_layers"],
        "num_attention_heads": old["num_attention_heads"],
        "num_key_value_heads": old["num_attention_heads"],
        "hidden_act": "silu",
        "max_position_embeddings": _qwen_length(old),
        "initializer_range": old.get("initializer_range", 0.02),
        "rms_norm_eps": old.get("layer_norm_epsilon", 1e-6),
        "rope_parameters": {"rope_type": "default", "rope_theta": float(theta)},
        "tie_word_embeddings": bool(old.get("tie_word_embeddings", False)),
        "use_sliding_window": False,
    }


def _qwen_length(old: Mapping[str, Any]) -> int:
    """Return the length up to which a Qwen computes as a Qwen2 does."""
    return int(old.get("seq_length") or old.get("max_position_embeddings") or 2048)


def _qwen_notes(old: Mapping[str, Any]) -> list[str]:
    stretched = [key for key in ("use_dynamic_ntk", "use_logn_attn") if old.get(key)]
    if not stretched:
        return []
    length = _qwen_length(old)
    return [
        f"beyond {length} tokens the old model stretched positions ({' and '.join(stretched)});"
        f" a Qwen2 model does not, so keep to {length}"
    ]


def _no_notes(_old: Mapping[str, Any]) -> list[str]:
    return []


def _head_notes(_old: Mapping[str, Any]) -> list[str]:
    return ["the output head is stored normalised, as the old model used it"]


def _baichuan(found: Named) -> Iterator[Named]:
    """Cut W_pack, which holds queries, keys and values one below the other, in three."""
    if ".W_pack." not in found.name:
        yield found
        return
    for part, rows in zip(QKV, found.tensor.chunk(3, dim=0), strict=True):
        yield Named(found.name.replace("W_pack", part), rows)


def _baichuan2(found: Named) -> Iterator[Named]:
    """Normalise the output head's rows, as NormHead does before every use, once and for all."""
    if found.name != "lm_head.weight":
        yield from _baichuan(found)
        return
    from torch.nn.functional import normalize

    # In single precision, whose rounding is far below what the stored one can tell.
    yield Named(found.name, normalize(found.tensor.float()).to(found.tensor.dtype))


def _qwen(found: Named) -> Iterator[Named]:
    name = found.name
    for old, new in QWEN_NAMES.items():
        name = name.replace(old, new)
    yield from _baichuan(Named(name, found.tensor))


def _as_it_is(found: Named) -> Iterator[Named]:
    yield found


LAYOUTS = {
    BAICHUAN: Layout("llama", _llama_config, _baichuan, _no_notes),
    BAICHUAN2: Layout("llama", _llama_config, _baichuan2, _head_notes),
    QWEN: Layout("qwen2", _qwen2_config, _qwen, _qwen_notes),
    NATIVE: Layout("", dict, _as_it_is, _no_notes),
}
