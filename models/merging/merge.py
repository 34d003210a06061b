"""Merge a LoRA adapter into its base, file by file, and prove that both answer alike."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models import adapters
from models.adapters import MANIFEST, Manifest
from models.backbones import resolve
from models.errors import ModelError
from models.inference.local import tokenizer_of, with_adapter
from models.loading import check_folder, device_and_dtype, load_model
from models.merging.lora import Lora, read_lora
from models.merging.serving import SAMPLE, Alike, set_chat_template
from models.saving import save_tokenizer, save_weights
from models.taught import Merged, as_merged, base_of
from models.templates import Template, find_template
from models.weights import INDEX, json_file, weight_files

SLACK = 1.02  # of the weights: the other files are small
# How far logits may lie apart, in their standard deviations: a weight is rounded as it is stored.
TOLERANCE = {"fp32": 1e-3, "bf16": 0.15, "fp16": 0.05}
STORED = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}


@dataclass(frozen=True)
class Proof:
    """How far the merged model's logits lie from the adapter's, in standard deviations."""

    apart: float
    allowed: float


@dataclass(frozen=True)
class MergedModel:
    """What was written: how many weights were changed, and how far servers ask as in training."""

    manifest: Manifest
    changed: int
    precision: str
    asks_alike: Alike
    proof: Proof


class Merging:
    """An adapter and its base, looked at before anything is written.

    Raises ModelError for an adapter of another base, one that is no plain LoRA, and for a template
    or tokenizer that does not fit.
    """

    def __init__(self, backbone: str | None, adapter: Path) -> None:
        self.adapter = adapter
        self.manifest = adapters.read_manifest(adapter)
        self._base = resolve(backbone or base_of(self.manifest)).folder()
        check_folder(self._base)
        adapters.check_base(self.manifest, self._base)
        self._tokenizer = tokenizer_of(adapter, self._base)
        self._template: Template = find_template(self.manifest.template)
        self._template.check(self._tokenizer)
        self._lora = read_lora(adapter)
        self._files = weight_files(self._base)

    def size(self) -> float:
        """Return about how many bytes the merged model takes on a disk."""
        return SLACK * sum(file.stat().st_size for file in self._files)

    def write(self, out: Path, tell: Callable[[str], None]) -> MergedModel:
        """Write the merged model into an empty folder, and check it there.

        Raises ModelError where the two do not answer alike.
        """
        changed = 0
        for number, file in enumerate(self._files, start=1):
            tell(f"merging file {number} of {len(self._files)}")
            changed += _write_file(file, out / file.name, self._lora)
        if changed != len(self._lora.pairs):
            raise ModelError(
                f"the adapter changes {len(self._lora.pairs)} weights, of which the base has"
                f" {changed}; name the base that it was trained on"
            )
        config = json_file(self._base / "config.json")
        config.pop("_name_or_path", None)  # a folder of whoever made it
        (out / "config.json").write_text(f"{json.dumps(config, indent=1)}\n", "utf-8")
        if (self._base / INDEX).is_file():
            shutil.copyfile(self._base / INDEX, out / INDEX)
        asks_alike = set_chat_template(self._tokenizer, self._template)
        save_tokenizer(self._tokenizer, out)
        self._write_settings(out)
        tell("checking that both answer alike")
        precision = _stored_precision(self._base)
        return MergedModel(
            self.manifest, changed, precision, asks_alike, self._proved(out, precision)
        )

    def _write_settings(self, out: Path) -> None:
        """Write when an answer ends, for servers, and what was merged, without anybody's paths."""
        tokenizer = self._tokenizer
        settings = {
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": list(self._template.stop_ids(tokenizer)),
            "pad_token_id": tokenizer.pad_token_id,
            "do_sample": False,
        }
        told = {name: value for name, value in settings.items() if value is not None}
        (out / "generation_config.json").write_text(f"{json.dumps(told, indent=1)}\n", "utf-8")
        base = replace(self.manifest.base, path="")
        merged = Merged(adapters.adapter_hash(self.adapter), replace(self.manifest, base=base))
        (out / MANIFEST).write_text(as_merged(merged), "utf-8")

    def _proved(self, out: Path, precision: str) -> Proof:
        place = device_and_dtype(precision if precision != "fp16" else "auto")
        loaded = {"dtype": place.dtype, "device": place.device}
        wanted = self._logits(with_adapter(load_model(self._base, **loaded), self.adapter))
        found = self._logits(load_model(out, **loaded))
        apart = float((wanted - found).abs().max() / wanted.std())
        allowed = TOLERANCE[precision]
        if not apart <= allowed:
            raise ModelError(
                f"the merged model does not answer as the adapter does: its logits lie {apart:.2g}"
                f" standard deviations apart, where {allowed:g} are allowed; nothing was written"
            )
        return Proof(apart, allowed)

    def _logits(self, model: Any) -> Any:
        import torch

        instruction, passage = SAMPLE
        ids = self._template.prompt_ids(self._tokenizer, instruction=instruction, passage=passage)
        given = torch.tensor([ids], device=model.get_input_embeddings().weight.device)
        with torch.inference_mode():
            return model.eval()(input_ids=given).logits.float().cpu()


def _write_file(file: Path, to: Path, lora: Lora) -> int:
    """Write a file of weights with what the adapter adds; return how many were changed."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt") as stored:
            tensors = {
                name: lora.merged(name, stored.get_tensor(name))
                for name in stored.keys()  # noqa: SIM118
            }
    except SafetensorError as error:
        raise ModelError(f"{file} cannot be read: {error}; get the base model again") from error
    save_weights(tensors, to)
    return len(tensors.keys() & lora.pairs.keys())


def _stored_precision(folder: Path) -> str:
    config = json_file(folder / "config.json")
    named = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    return STORED.get(named.removeprefix("torch."), "fp32")
