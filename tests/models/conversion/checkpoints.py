"""Small random checkpoints of Baichuan and Qwen, in their published layouts, on disk."""

import base64
import io
import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from tests.models.conversion.published import Weights, baichuan_weights, qwen_weights

BAICHUAN = {
    "architectures": ["BaiChuanForCausalLM"],
    "auto_map": {"AutoModelForCausalLM": "modeling_baichuan.BaiChuanForCausalLM"},
    "model_type": "baichuan",
    "vocab_size": 600,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_act": "silu",
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-3,  # large, so that a wrong one shows
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "tie_word_embeddings": False,
}
BAICHUAN2 = {**BAICHUAN, "architectures": ["BaichuanForCausalLM"], "z_loss_weight": 0}
QWEN = {
    "architectures": ["QWenLMHeadModel"],
    "model_type": "qwen",
    "vocab_size": 768,
    "hidden_size": 32,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "kv_channels": 8,
    "layer_norm_epsilon": 1e-3,
    "rotary_emb_base": 500.0,
    "rotary_pct": 1.0,
    "no_bias": True,
    "seq_length": 128,
    "max_position_embeddings": 8192,
    "use_dynamic_ntk": True,
    "use_logn_attn": True,
    "tie_word_embeddings": False,
}
TEXTS = (
    "我最近总是睡不着，担心考试会失败。",
    "把这个念头写下来，再问自己：有什么证据？",
    "你愿意说出来，已经很不容易了！下一步是 3 件小事：2 杯水、1 次散步。",
    "All or nothing thinking is a distortion; I'm here, you're not alone (2024).",
    "他们说 “没关系”，可是我不信……😀\n第二行\t制表符",
)


def baichuan_folder(folder: Path, *, config: dict[str, Any] = BAICHUAN, seed: int = 1) -> Weights:
    """Write a Baichuan checkpoint in two pickled files; return its weights."""
    weights = baichuan_weights(config, seed=seed)
    _write(folder, config, weights)
    (folder / "tokenizer.model").write_bytes(sentencepiece_model())
    settings = {"add_bos_token": False, "bos_token": {"content": "<s>"}, "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return weights


def qwen_folder(folder: Path, *, config: dict[str, Any] = QWEN) -> Weights:
    """Write a Qwen checkpoint in two pickled files; return its weights."""
    weights = qwen_weights(config, seed=2)
    _write(folder, config, weights)
    lines = [f"{base64.b64encode(token).decode()} {rank}" for token, rank in ranks().items()]
    (folder / "qwen.tiktoken").write_text("\n".join(lines) + "\n")
    return weights


def _write(folder: Path, config: dict[str, Any], weights: Weights) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    names = sorted(weights)
    placed = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file = f"pytorch_model-{number:05d}-of-00002.bin"
        torch.save({name: weights[name] for name in part}, folder / file)
        placed |= dict.fromkeys(part, file)
    index = {"metadata": {}, "weight_map": placed}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


@cache
def sentencepiece_model(*, blank: bool = True, kind: str = "control") -> bytes:
    """Return a small sentencepiece model, as Baichuan's are: bytes for what it does not know.

    `blank` says whether one is put before a text; `kind`, what its reserved pieces are.
    """
    from sentencepiece import SentencePieceTrainer

    made = io.BytesIO()
    reserved = ["<reserved_102>", "<reserved_103>", "<reserved_106>", "<reserved_107>"]
    SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 4),
        model_writer=made,
        vocab_size=430,
        model_type="bpe",
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=blank,
        num_threads=1,
        minloglevel=2,
        **{f"{kind}_symbols": reserved},
    )
    return made.getvalue()


@cache
def ranks() -> dict[bytes, int]:
    """Return what tiktoken's merges would be for our texts: a rank for each token's bytes."""
    found = {bytes([byte]): byte for byte in range(256)}
    words = [text.encode() for text in TEXTS for text in text.replace("，", "，\0").split("\0")]
    rows = [[bytes([byte]) for byte in word] for word in words]
    while len(found) < 480:
        counts: dict[tuple[bytes, bytes], int] = {}
        for row in rows:
            for pair in pairwise(row):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(counts, key=lambda pair: (counts[pair], pair))
        found[best[0] + best[1]] = len(found)
        rows = [_merged(row, best) for row in rows]
    return found


def _merged(row: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
    made: list[bytes] = []
    for piece in row:
        if made and (made[-1], piece) == pair:
            made[-1] += piece
        else:
            made.append(piece)
    return made
