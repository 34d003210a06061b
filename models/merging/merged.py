"""Say of a model's folder which adapter was merged into it."""

import json
from dataclasses import dataclass
from pathlib import Path

from models.adapters import MANIFEST, Manifest, as_text, manifest_of
from models.errors import ModelError

KIND = "cbt model"


@dataclass(frozen=True)
class Merged:
    """A model with an adapter merged into it, and what is known of that one."""

    adapter: str
    manifest: Manifest


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
    """Return the text of the file that says so."""
    told = {
        "kind": KIND,
        "adapter": merged.adapter,
        "trained": json.loads(as_text(merged.manifest)),
    }
    return f"{json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)}\n"
