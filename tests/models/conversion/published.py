"""The forward passes of Baichuan and Qwen in plain torch, written from their published files.

Baichuan-7B: github.com/baichuan-inc/Baichuan-7B, models/modeling_baichuan.py at commit 0ae400d:
RMSNorm (lines 63-80), RotaryEmbedding with base 10000 (83-120), rotate_half and
apply_rotary_pos_emb (123-139), MLP (142-156), Attention with W_pack unflattened into
(3, hidden) (159-243), DecoderLayer (246-303).
Baichuan2-7B: the same, but its head: NormHead of modeling_baichuan.py of Baichuan2-7B-Base
normalises each row of its weight before every use.
Qwen-7B: modeling_qwen.py of Qwen/Qwen-7B: QWenAttention (c_attn with a bias, split into query, key
and value), QWenMLP (c_proj(w1(x) * silu(w2(x)))), QWenBlock, RotaryEmbedding with
rotary_emb_base, _rotate_half, RMSNorm with layer_norm_epsilon.
"""

import math
from typing import Any

import torch
from torch.nn.functional import embedding, linear, normalize, silu, softmax

Weights = dict[str, torch.Tensor]


def baichuan_logits(
    weights: Weights, config: dict[str, Any], ids: torch.Tensor, *, norm_head: bool
) -> torch.Tensor:
    eps = config["rms_norm_eps"]
    hidden = embedding(ids, weights["model.embed_tokens.weight"])
    for number in range(config["num_hidden_layers"]):
        layer = f"model.layers.{number}."
        normed = _norm(hidden, weights[f"{layer}input_layernorm.weight"], eps)
        packed = linear(normed, weights[f"{layer}self_attn.W_pack.weight"])
        query, key, value = packed.unflatten(-1, (3, config["hidden_size"])).unbind(dim=-2)
        mixed = _attend(query, key, value, heads=config["num_attention_heads"], base=10000.0)
        hidden = hidden + linear(mixed, weights[f"{layer}self_attn.o_proj.weight"])
        normed = _norm(hidden, weights[f"{layer}post_attention_layernorm.weight"], eps)
        gate = silu(linear(normed, weights[f"{layer}mlp.gate_proj.weight"]))
        up = linear(normed, weights[f"{layer}mlp.up_proj.weight"])
        hidden = hidden + linear(gate * up, weights[f"{layer}mlp.down_proj.weight"])
    hidden = _norm(hidden, weights["model.norm.weight"], eps)
    head = weights["lm_head.weight"]
    return linear(hidden, normalize(head) if norm_head else head)


def qwen_logits(weights: Weights, config: dict[str, Any], ids: torch.Tensor) -> torch.Tensor:
    eps, base = config["layer_norm_epsilon"], float(config["rotary_emb_base"])
    hidden = embedding(ids, weights["transformer.wte.weight"])
    for number in range(config["num_hidden_layers"]):
        layer = f"transformer.h.{number}."
        normed = _norm(hidden, weights[f"{layer}ln_1.weight"], eps)
        mixed = linear(
            normed, weights[f"{layer}attn.c_attn.weight"], weights[f"{layer}attn.c_attn.bias"]
        )
        query, key, value = mixed.split(config["hidden_size"], dim=2)
        attended = _attend(query, key, value, heads=config["num_attention_heads"], base=base)
        hidden = hidden + linear(attended, weights[f"{layer}attn.c_proj.weight"])
        normed = _norm(hidden, weights[f"{layer}ln_2.weight"], eps)
        first = linear(normed, weights[f"{layer}mlp.w1.weight"])
        second = linear(normed, weights[f"{layer}mlp.w2.weight"])
        hidden = hidden + linear(first * silu(second), weights[f"{layer}mlp.c_proj.weight"])
    hidden = _norm(hidden, weights["transformer.ln_f.weight"], eps)
    return linear(hidden, weights["lm_head.weight"])


def baichuan_weights(config: dict[str, Any], *, seed: int) -> Weights:
    """Return random weights in the published layout; inv_freq is stored there, too."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    chance = torch.Generator().manual_seed(seed)
    made = {"model.embed_tokens.weight": _draw(chance, config["vocab_size"], hidden)}
    for number in range(config["num_hidden_layers"]):
        layer = f"model.layers.{number}."
        made |= {
            f"{layer}self_attn.W_pack.weight": _draw(chance, 3 * hidden, hidden),
            f"{layer}self_attn.o_proj.weight": _draw(chance, hidden, hidden),
            f"{layer}self_attn.rotary_emb.inv_freq": torch.ones(4),
            f"{layer}mlp.gate_proj.weight": _draw(chance, inner, hidden),
            f"{layer}mlp.up_proj.weight": _draw(chance, inner, hidden),
            f"{layer}mlp.down_proj.weight": _draw(chance, hidden, inner),
            f"{layer}input_layernorm.weight": 1 + _draw(chance, hidden),
            f"{layer}post_attention_layernorm.weight": 1 + _draw(chance, hidden),
        }
    made["model.norm.weight"] = 1 + _draw(chance, hidden)
    made["lm_head.weight"] = _draw(chance, config["vocab_size"], hidden)
    return made


def qwen_weights(config: dict[str, Any], *, seed: int) -> Weights:
    hidden, inner = config["hidden_size"], config["intermediate_size"] // 2
    chance = torch.Generator().manual_seed(seed)
    made = {"transformer.wte.weight": _draw(chance, config["vocab_size"], hidden)}
    for number in range(config["num_hidden_layers"]):
        layer = f"transformer.h.{number}."
        made |= {
            f"{layer}ln_1.weight": 1 + _draw(chance, hidden),
            f"{layer}attn.c_attn.weight": _draw(chance, 3 * hidden, hidden),
            f"{layer}attn.c_attn.bias": _draw(chance, 3 * hidden),
            f"{layer}attn.c_proj.weight": _draw(chance, hidden, hidden),
            f"{layer}ln_2.weight": 1 + _draw(chance, hidden),
            f"{layer}mlp.w1.weight": _draw(chance, inner, hidden),
            f"{layer}mlp.w2.weight": _draw(chance, inner, hidden),
            f"{layer}mlp.c_proj.weight": _draw(chance, hidden, inner),
        }
    made["transformer.ln_f.weight"] = 1 + _draw(chance, hidden)
    made["lm_head.weight"] = _draw(chance, config["vocab_size"], hidden)
    return made


def _draw(chance: torch.Generator, *shape: int) -> torch.Tensor:
    return 0.2 * torch.randn(*shape, generator=chance)


def _norm(hidden: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    return weight * (hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + eps))


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, heads: int, base: float
) -> torch.Tensor:
    rows, length, hidden = query.shape
    query, key, value = (
        each.view(rows, length, heads, hidden // heads).transpose(1, 2)
        for each in (query, key, value)
    )
    query, key = (_rotated(each, base=base) for each in (query, key))
    scores = query @ key.transpose(2, 3) / math.sqrt(hidden // heads)
    future = torch.ones(length, length, dtype=torch.bool).triu(1)
    scores = scores.masked_fill(future, torch.finfo(scores.dtype).min)
    return (softmax(scores, dim=-1) @ value).transpose(1, 2).reshape(rows, length, hidden)


def _rotated(heads: torch.Tensor, *, base: float) -> torch.Tensor:
    """Turn pairs of the halves by their position, as both published files do."""
    length, size = heads.shape[-2:]
    frequencies = 1.0 / base ** (torch.arange(0, size, 2).float() / size)
    angles = torch.outer(torch.arange(length).float(), frequencies)
    both = torch.cat((angles, angles), dim=-1)
    first, second = heads[..., : size // 2], heads[..., size // 2 :]
    return heads * both.cos() + torch.cat((-second, first), dim=-1) * both.sin()
