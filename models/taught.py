"""Find what a model was taught by: the manifest of its adapter, or of one merged into it."""

import json
from dataclasses import dataclass
from pathlib import Path

from models import adapters
from models.adapters import MANIFEST, Manifest, as_text, manifest_of
from models.errors import ModelError

KIND = "cbt model"


@dataclass(frozen=True)
class Merged:
    """What is known of the adapter that was merged into a model; `adapter` is its hash."""

    adapter: str
    manifest: Manifest


def taught_by(folder: Path) -> Manifest | None:
    """Return the manifest of an adapter's folder, or of the adapter merged into a model.

    None for a model of which none is known. Raises ModelError for a manifest that is broken, and
    for an adapter whose training has not ended.
    """
    if (folder / "adapter_config.json").is_file() or (folder / "checkpoints").is_dir():
        return adapters.read_manifest(folder)
    merged = read_merged(folder)
    return merged.manifest if merged else None


def made_of(folder: Path) -> str | None:
    """Return the hash of the adapter in a folder, or of the one merged into the model in it."""
    if (folder / adapters.WEIGHTS).is_file():
        return adapters.adapter_hash(folder)
    merged = read_merged(folder)
    return merged.adapter if merged else None


def base_of(manifest: Manifest) -> str:
    """Return where an adapter's base is likely to be: where training found it, else its name."""
    base = manifest.base
    if base.path and Path(base.path).is_dir():
        return base.path
    return base.hub_id or base.name


def read_merged(folder: Path) -> Merged | None:
    """Return what was merged into the model of a folder; None for any other model."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(told, dict) or told.get("kind") != KIND:
        return None
    return Merged(str(told.get("adapter")), manifest_of(told.get("trained") or {}, path))


def as_merged(merged: Merged) -> str:
    """Return the text of the file that says what was merged into a model."""
    told = {
        "kind": KIND,
        "adapter": merged.adapter,
        "trained": json.loads(as_text(merged.manifest)),
    }
    return f"{json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)}\n"
