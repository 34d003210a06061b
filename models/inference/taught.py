"""Find what a model was taught by: the manifest of its adapter, or of one merged into it."""

from pathlib import Path

from models import adapters
from models.adapters import Manifest
from models.merging.merged import read_merged


def taught_by(folder: Path) -> Manifest | None:
    """Return the manifest of an adapter's folder, or of the adapter merged into a model.

    None for a model of which none is known. Raises ModelError for a manifest that is broken, and
    for an adapter whose training has not ended.
    """
    if (folder / "adapter_config.json").is_file() or (folder / "checkpoints").is_dir():
        return adapters.read_manifest(folder)
    merged = read_merged(folder)
    return merged.manifest if merged else None


def base_of(manifest: Manifest) -> str:
    """Return where an adapter's base is likely to be: where training found it, else its name."""
    base = manifest.base
    if base.path and Path(base.path).is_dir():
        return base.path
    return base.hub_id or base.name
