"""Write weights and tokenizers so that a full disk is an OSError, as everywhere else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def save_weights(tensors: Mapping[str, Any], path: Path) -> None:
    """Write tensors as one safetensors file; raise OSError where the disk refuses."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(dict(tensors), path, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(str(error)) from error


def save_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Write a tokenizer's files; raise OSError where the disk refuses."""
    # Its own writer raises a bare Exception on a full disk. So the room is taken before it writes.
    inner = getattr(tokenizer, "backend_tokenizer", None)
    if inner is not None:
        (folder / "tokenizer.json").write_text(inner.to_str(pretty=True), "utf-8")
    tokenizer.save_pretrained(folder)
