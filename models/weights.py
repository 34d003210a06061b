"""Read what weights a folder holds from its files' heads, without loading them."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from models.errors import ModelError

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
LFS = b"version https://git-lfs"
SAMPLE = 1024  # bytes of a weight that tell it from another's
HEAD_LIMIT = 100 * 2**20  # what the format allows


@dataclass(frozen=True, slots=True)
class Weight:
    """One tensor in a file: where its bytes begin and end there."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def elements(self) -> int:
        return prod(self.shape)

    def sample(self) -> bytes:
        """Return some bytes of its middle."""
        size = self.end - self.begin
        with self.file.open("rb") as file:
            file.seek(self.begin + max(0, (size - SAMPLE) // 2))
            return file.read(min(SAMPLE, size))


def weights(folder: Path) -> list[Weight]:
    """Return all weights of a model, sorted by name.

    Raises ModelError, with what to do, for files that are missing, cut short, or not weights.
    """
    found = [weight for file in weight_files(folder) for weight in _read_head(file)]
    if not found:
        raise ModelError(f"the weights in {folder} are empty; get the model again")
    return sorted(found, key=lambda weight: weight.name)


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files that make up the model."""
    if (folder / INDEX).is_file():
        names = sorted(set(json_file(folder / INDEX).get("weight_map", {}).values()))
        lacking = [name for name in names if not (folder / name).is_file()]
        if lacking:
            raise ModelError(
                f"{folder} lacks {lacking[0]}, one of {len(names)} files of weights that {INDEX}"
                " lists; get the model again"
            )
        return [folder / name for name in names]
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt")):
        raise ModelError(
            f"{folder} holds its weights as pickled files, which are not loaded here; write them as"
            f" safetensors first: cbt backbone convert {folder} --out FOLDER"
        )
    raise ModelError(f"there are no weights in {folder}: it holds no {SINGLE}")


def json_file(path: Path) -> dict[str, Any]:
    """Return a JSON file's object; raise ModelError where it is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path.parent} holds no model: it has no {path.name}") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path} is not a JSON object; get the model again")
    return found


def _read_head(path: Path) -> Iterator[Weight]:
    try:
        with path.open("rb") as file:
            first = file.read(len(LFS))
            if first == LFS:
                raise ModelError(
                    f"{path} is a pointer to weights; run 'git lfs pull' in its folder"
                )
            (length,) = struct.unpack("<Q", first[:8])
            file.seek(8)
            head = json.loads(file.read(min(length, HEAD_LIMIT)))
        yield from _weights_of(path, head, start=8 + length)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise ModelError(f"{path} is not a safetensors file; get it again") from error


def _weights_of(path: Path, head: dict[str, Any], *, start: int) -> Iterator[Weight]:
    size = path.stat().st_size
    for name, entry in head.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        if start + end > size:
            raise ModelError(
                f"{path} is cut short: it ends at {size} bytes, {name} reaches to {start + end};"
                " get it again"
            )
        shape = tuple(int(places) for places in entry["shape"])
        yield Weight(name, path, entry["dtype"], shape, start + begin, start + end)
