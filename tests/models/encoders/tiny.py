"""Random encoders with vocabularies of a few Chinese texts, as their folders lie on the hub."""

import json
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel, BertTokenizer

TEXTS = (
    "我理解你，三天睡不着很难受。",
    "“我总是这样”是以偏概全：有没有不是这样的时候？",
    "把它写下来，明天再看一看；这是第一步。",
    "你愿意和一个信得过的人谈谈吗？",
)
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SHAPE: dict[str, Any] = {
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 32,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
}


def vocabulary(folder: Path) -> int:
    """Write a vocabulary of BERT's, one character a token, and return how many there are."""
    words = [*MARKS, *sorted({character for text in TEXTS for character in text})]
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    return len(words)


def bert(folder: Path, *, seed: int = 0) -> Path:
    """Write a BERT with its tokenizer, which says that it reads 32 tokens."""
    folder.mkdir(exist_ok=True)
    torch.manual_seed(seed)
    size = vocabulary(folder)
    BertModel(BertConfig(vocab_size=size, **SHAPE)).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
    return folder


def pieces(folder: Path) -> int:
    """Write sentence pieces as BLEURT-20's, and return how many there are."""
    text = folder / "texts.txt"
    text.write_text("\n".join(TEXTS * 5), "utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "spm"),
        vocab_size=90,
        hard_vocab_limit=False,
        character_coverage=1.0,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        control_symbols=["[CLS]", "[SEP]"],
        minloglevel=2,
    )
    loaded = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    return int(loaded.get_piece_size())


def bleurt_state(vocabulary: int, *, narrow: int | None) -> dict[str, torch.Tensor]:
    """Random weights under the names of lucadiliello's checkpoints; `narrow` as in BLEURT-20."""
    size, inner = SHAPE["hidden_size"], SHAPE["intermediate_size"]
    width = narrow or size
    shapes = {
        "embeddings.word_embeddings.weight": (vocabulary, width),
        "embeddings.position_embeddings.weight": (SHAPE["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": (2, width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
        "pooler.dense.weight": (size, size),
        "pooler.dense.bias": (size,),
    }
    if narrow:
        shapes["encoder.embedding_projection.weight"] = (size, narrow)
        shapes["encoder.embedding_projection.bias"] = (size,)
    for layer in range(SHAPE["num_hidden_layers"]):
        own = {f"attention.self.{name}": (size, size) for name in ("query", "key", "value")}
        own |= {"attention.output.dense": (size, size)}
        own |= {"intermediate.dense": (inner, size), "output.dense": (size, inner)}
        for name, (out, into) in own.items():
            shapes[f"encoder.layer.{layer}.{name}.weight"] = (out, into)
            shapes[f"encoder.layer.{layer}.{name}.bias"] = (out,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.{layer}.{name}.weight"] = (size,)
            shapes[f"encoder.layer.{layer}.{name}.bias"] = (size,)
    dice = torch.Generator().manual_seed(7)
    state = {
        f"bleurt.{name}": torch.randn(shape, generator=dice) * 0.3 for name, shape in shapes.items()
    }
    state["bleurt.embeddings.position_ids"] = torch.arange(32)[None]
    state["classifier.weight"] = torch.randn((1, size), generator=dice)
    state["classifier.bias"] = torch.randn((1,), generator=dice)
    return state


def bleurt(folder: Path, *, like_20: bool, safe: bool = True) -> Path:
    """Write a BLEURT as lucadiliello's lie on the hub: sentence pieces for those like BLEURT-20."""
    folder.mkdir(exist_ok=True)
    narrow = 10 if like_20 else None
    size = pieces(folder) if like_20 else vocabulary(folder)
    state = bleurt_state(size, narrow=narrow)
    write_config(folder, model_type="bleurt", vocab_size=size, embedding_size=narrow)
    if safe:
        save_file(state, folder / "model.safetensors")
    else:
        torch.save(state, folder / "pytorch_model.bin")
    return folder


def write_config(folder: Path, **more: Any) -> None:
    told = {**SHAPE, "id2label": {"0": "LABEL_0"}, "pad_token_id": 0, **more}
    (folder / "config.json").write_text(json.dumps(told), "utf-8")
