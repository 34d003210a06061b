"""Write an old checkpoint as a native one: configuration, weights and tokenizer."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from models.conversion.families import AUTO, NATIVE, QWEN, family_of
from models.conversion.layouts import COMPUTED, LAYOUTS, Layout
from models.conversion.shards import SHARD_BYTES, ShardWriter, source_files, tensors
from models.conversion.tokenizers import write_tokenizer
from models.errors import ModelError
from models.extras import need
from models.weights import json_file

KEPT = ("LICENSE*", "NOTICE*", "*icense*.pdf", "USE_POLICY*")
KEPT_NATIVE = (
    *("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt"),
    *("chat_template*", "generation_config.json"),
)
CHATML = "chatml"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a conversion is going to read and write; `size` is in bytes."""

    source: Path
    family: str
    native: str
    files: tuple[Path, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a conversion is, in bytes of the checkpoint read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what about it a user should know."""

    names: tuple[str, ...]
    dtype: str
    parameters: int
    notes: tuple[str, ...]


def plan(source: Path, *, family: str = AUTO) -> Plan:
    """Return what converting a checkpoint means; nothing is written, no weight is read.

    Raises ModelError for a checkpoint that cannot be converted, or is not all there.
    """
    need("torch", "transformers", extra="train", what="converting a model")
    found = family_of(source, asked=family)
    files = source_files(source)
    native = LAYOUTS[found].native or str(json_file(source / "config.json")["model_type"])
    size = sum(path.stat().st_size for path in files)
    return Plan(source, found, native, tuple(files), size)


def convert(
    wanted: Plan,
    out: Path,
    *,
    tell: Callable[[Progress], None],
    shard_bytes: int = SHARD_BYTES,
) -> Written:
    """Write the native checkpoint to an empty folder; return what was written.

    One file of weights at a time is open, and at most `shard_bytes` of them are in memory. Raises
    ModelError where a weight is missing, of a wrong shape, or has no place in a native model.
    """
    layout = LAYOUTS[wanted.family]
    old = json_file(wanted.source / "config.json")
    config = _config(wanted, layout, old)
    shapes = _shapes(config)
    writer = ShardWriter(out, limit=shard_bytes)
    seen: dict[str, str] = {}
    done = 0
    for path in wanted.files:
        for given in tensors(path):
            done += given.tensor.numel() * given.tensor.element_size()
            for found in () if given.name.endswith(COMPUTED) else layout.rename(given):
                _check_place(found.name, tuple(found.tensor.shape), shapes, given=given.name)
                seen[found.name] = str(found.tensor.dtype).removeprefix("torch.")
                writer.add(found)
            tell(Progress(min(done, wanted.size), wanted.size))
    _check_all(wanted, set(shapes) - set(seen), tied=config.tie_word_embeddings)
    names = writer.finish()
    dtype = max(set(seen.values()), key=list(seen.values()).count)
    config.dtype = dtype
    names += _write_rest(wanted, out, config)
    count = sum(prod(shapes[name]) for name in seen)
    return Written(tuple(names), dtype, count, tuple(layout.notes(old)))


def _config(wanted: Plan, layout: Layout, old: dict[str, Any]) -> Any:
    from transformers import CONFIG_MAPPING

    try:
        given = layout.config(old)
        if wanted.family != NATIVE:
            return CONFIG_MAPPING[wanted.native](
                **given, architectures=[_architecture(wanted.native)]
            )
        given.pop("auto_map", None)
        return CONFIG_MAPPING[wanted.native].from_dict(given)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"the config.json in {wanted.source} lacks something, or has it wrong: {error}"
        ) from error


def _architecture(native: str) -> str:
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return str(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[native])


def _shapes(config: Any) -> dict[str, tuple[int, ...]]:
    """Return the weights that the native model has, without making any."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def _check_place(
    name: str, shape: tuple[int, ...], shapes: dict[str, tuple[int, ...]], *, given: str
) -> None:
    if name not in shapes:
        raise ModelError(f"the weight {given} has no place in a native model; it is another family")
    if shape != shapes[name]:
        raise ModelError(
            f"the weight {given} gives {name} the shape {shape}, and by config.json it is"
            f" {shapes[name]}; the two are not of one model"
        )


def _check_all(wanted: Plan, missing: set[str], *, tied: bool) -> None:
    if tied:
        missing = missing - {"lm_head.weight"}
    if missing:
        raise ModelError(
            f"the checkpoint in {wanted.source} has no weight for {min(missing)}"
            f" ({len(missing)} are missing); get it again"
        )


def _write_rest(wanted: Plan, out: Path, config: Any) -> list[str]:
    """Write configuration and tokenizer, copy the licence; return the files' names."""
    before = {path.name for path in out.iterdir()}
    for pattern in KEPT + (KEPT_NATIVE if wanted.family == NATIVE else ()):
        for path in wanted.source.glob(pattern):
            if path.is_file():
                shutil.copyfile(path, out / path.name)
    if wanted.family != NATIVE:
        length = config.max_position_embeddings
        tokenizer = write_tokenizer(wanted.source, out, family=wanted.family, max_length=length)
        _check_tokens(wanted, tokenizer, config)
        config.bos_token_id, config.eos_token_id, config.pad_token_id = (
            tokenizer.bos_token_id,
            tokenizer.eos_token_id,
            tokenizer.pad_token_id,
        )
        _generation(wanted, tokenizer).save_pretrained(out)
    config.save_pretrained(out)
    return sorted({path.name for path in out.iterdir()} - before)


def _check_tokens(wanted: Plan, tokenizer: Any, config: Any) -> None:
    if len(tokenizer) > config.vocab_size:
        raise ModelError(
            f"the tokenizer in {wanted.source} has {len(tokenizer)} tokens and the model only"
            f" {config.vocab_size}; they are not of one model"
        )


def _generation(wanted: Plan, tokenizer: Any) -> Any:
    """Return how an answer ends: a chat model of Qwen also ends it with the turn's mark."""
    from transformers import GenerationConfig

    ends = [tokenizer.eos_token_id]
    path = wanted.source / "generation_config.json"
    if wanted.family == QWEN and path.is_file() and json_file(path).get("chat_format") == CHATML:
        ends.insert(0, tokenizer.convert_tokens_to_ids("<|im_end|>"))
    return GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=ends,
        pad_token_id=tokenizer.pad_token_id,
    )
