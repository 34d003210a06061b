"""Say what an adapter was made of, and refuse it on another base than its own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.errors import ModelError

MANIFEST = "cbt_manifest.json"
KIND = "cbt adapter"
WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
# What of an adapter's configuration changes what it says; the rest tells where its base stands.
TELLING = (
    "alpha_pattern", "bias", "fan_in_fan_out", "lora_alpha", "modules_to_save", "peft_type", "r",
    "rank_pattern", "target_modules", "use_dora", "use_rslora",
)  # fmt: skip


@dataclass(frozen=True)
class Base:
    """The model under an adapter: `weights_hash` tells it, whatever folder it stands in."""

    name: str
    hub_id: str | None
    path: str
    weights_hash: str


@dataclass(frozen=True)
class Data:
    """What an adapter learned from; `left_out` counts the rows that it did not, by reason."""

    name: str
    sha256: str
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    shortened: int = 0
    split: str | None = None
    subset: str | None = None
    system: str | None = None
    instruction: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What 'cbt train' tells of an adapter.

    `trained_on` holds `models.records.asked_hash` of each passage that was learned from, so that
    whoever tests the model can tell that it has not seen the question.
    """

    base: Base
    template: str
    data: Data
    trained_on: tuple[str, ...]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    seed: int
    steps: int
    tokens: int
    loss_first: float
    loss_last: float
    loss_eval: float | None = None
    eval_data: Data | None = None
    seconds: float | None = None


def as_text(manifest: Manifest) -> str:
    told = {"kind": KIND, **asdict(manifest)}
    return f"{json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)}\n"


def is_finished(folder: Path) -> bool:
    """Return whether a training run ended here; one that was killed has left no manifest."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Return what an adapter's folder tells; raise ModelError if it is none of 'cbt train'."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(_missing(folder)) from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise ModelError(f"{path} does not tell of an adapter; name a folder of 'cbt train --out'")
    return manifest_of(told, path)


def manifest_of(told: Mapping[str, Any], path: Path) -> Manifest:
    """Return the manifest that a file tells; raise ModelError where it lacks something."""
    try:
        return _manifest(dict(told))
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{path} is not as 'cbt train' writes it ({error}); train it again"
        ) from error


def check_base(manifest: Manifest, folder: Path) -> None:
    """Raise ModelError if the model in a folder is not the one that the adapter was trained on."""
    from models.loading import weights_hash

    found = weights_hash(folder)
    if found != manifest.base.weights_hash:
        raise ModelError(
            f"the adapter was trained on {manifest.base.name} ({manifest.base.weights_hash[:12]}),"
            f" and {folder} holds other weights ({found[:12]}); name that base model"
        )


def adapter_hash(adapter: Path) -> str:
    """Return what tells an adapter's weights, and how they count, from others."""
    try:
        config = json.loads((adapter / CONFIG).read_text("utf-8"))
        told = {name: config.get(name) for name in TELLING}
        for name, value in told.items():
            if isinstance(value, list):
                told[name] = sorted(value)
        found = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
        with (adapter / WEIGHTS).open("rb") as file:
            while block := file.read(2**20):
                found.update(block)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{adapter} is no whole adapter: {error}; train it again") from error
    return found.hexdigest()


def _manifest(told: dict[str, Any]) -> Manifest:
    told = {name: value for name, value in told.items() if name != "kind"}
    told["base"] = Base(**told["base"])
    told["data"] = Data(**told["data"])
    if told.get("eval_data"):
        told["eval_data"] = Data(**told["eval_data"])
    told["trained_on"] = tuple(told["trained_on"])
    return Manifest(**told)


def _missing(folder: Path) -> str:
    if (folder / "checkpoints").is_dir():
        return (
            f"the training in {folder} has not ended; run the same 'cbt train' command again,"
            " and it goes on"
        )
    return f"{folder} holds no {MANIFEST}; name the folder that 'cbt train --out' wrote"
