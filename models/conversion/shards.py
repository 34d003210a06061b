"""Read a checkpoint file by file, and write another one, so that it never is in memory whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError  # noqa: TID251 - only to catch it; no pickled code is run
from typing import Any

from models.conversion.layouts import Named
from models.errors import ModelError
from models.saving import save_weights
from models.weights import INDEX, SINGLE, json_file, weight_files

PICKLED_INDEX = "pytorch_model.bin.index.json"
PICKLED = "pytorch_model*.bin"
SHARD_BYTES = 2**30
PART = "part-{number:05d}.safetensors"
SHARD = "model-{number:05d}-of-{total:05d}.safetensors"


def source_files(folder: Path) -> list[Path]:
    """Return the files of a checkpoint's weights: safetensors where there are any."""
    if (folder / INDEX).is_file() or (folder / SINGLE).is_file():
        return weight_files(folder)
    if (folder / PICKLED_INDEX).is_file():
        names = sorted(set(json_file(folder / PICKLED_INDEX).get("weight_map", {}).values()))
        found = [folder / name for name in names]
    else:
        found = sorted(folder.glob(PICKLED))
    lacking = [path.name for path in found if not path.is_file()]
    if lacking:
        raise ModelError(f"{folder} lacks {lacking[0]}, which {PICKLED_INDEX} lists")
    if not found:
        raise ModelError(f"there are no weights in {folder}: neither {SINGLE} nor {PICKLED}")
    return found


def tensors(path: Path) -> Iterator[Named]:
    """Yield a file's tensors, one after the other; no code in it is run."""
    if path.suffix == ".safetensors":
        yield from _safe(path)
        return
    for name, tensor in _pickled(path).items():
        yield Named(name, tensor)


@dataclass
class ShardWriter:
    """Writes tensors into files of at most `limit` bytes, and the index over them."""

    folder: Path
    limit: int = SHARD_BYTES
    _kept: dict[str, Any] = field(default_factory=dict)
    _size: int = 0
    _total: int = 0
    _parts: list[list[str]] = field(default_factory=list)

    def add(self, found: Named) -> None:
        """Keep a tensor for the file that is being filled; write that file if it is full."""
        size = found.tensor.numel() * found.tensor.element_size()
        if self._kept and self._size + size > self.limit:
            self._write()
        # A copy of its own: a part of another, or a view of a mapped file, is not written alone.
        self._kept[found.name] = found.tensor.detach().clone().contiguous()
        self._size += size

    def finish(self) -> list[str]:
        """Write what is left, and the index; return the files' names."""
        if self._kept:
            self._write()
        total = len(self._parts)
        if total == 1:
            (self.folder / PART.format(number=1)).rename(self.folder / SINGLE)
            return [SINGLE]
        placed: dict[str, str] = {}
        for number, names in enumerate(self._parts, start=1):
            file = SHARD.format(number=number, total=total)
            (self.folder / PART.format(number=number)).rename(self.folder / file)
            placed |= dict.fromkeys(names, file)
        index = {"metadata": {"total_size": self._total}, "weight_map": placed}
        text = json.dumps(index, indent=1, sort_keys=True)
        (self.folder / INDEX).write_text(f"{text}\n", "utf-8")
        return [*sorted(set(placed.values())), INDEX]

    def _write(self) -> None:
        number = len(self._parts) + 1
        path = self.folder / PART.format(number=number)
        save_weights(self._kept, path)
        self._parts.append(list(self._kept))
        self._total += self._size
        self._kept, self._size = {}, 0


def _safe(path: Path) -> Iterator[Named]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            for name in file.keys():  # noqa: SIM118 - it is no dict
                yield Named(name, file.get_tensor(name))
    except SafetensorError as error:
        raise ModelError(f"{path} is not a safetensors file, or cut short; get it again") from error


def _pickled(path: Path) -> dict[str, Any]:
    """Return the tensors of a pickled file, mapped and not read where its format allows."""
    import torch

    def load(*, mapped: bool) -> Any:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)

    try:
        try:
            found = load(mapped=True)
        except RuntimeError:  # of before PyTorch 1.6, or not readable at all
            found = load(mapped=False)
    except UnpicklingError as error:
        raise ModelError(
            f"{path} holds more than weights, or is no checkpoint; code in it is not run"
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        raise ModelError(f"{path} cannot be read, or is cut short; get it again") from error
    if not isinstance(found, dict) or not all(torch.is_tensor(value) for value in found.values()):
        raise ModelError(f"{path} holds something else than a model's weights")
    return found
