"""Find a metric's encoder on this machine, know it again, and read its weights."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError  # noqa: TID251 - only to catch it; no pickled code is run
from typing import Any

from models.errors import ModelError
from models.extras import need
from models.places import find_folder
from models.weights import json_file

SAFE = "model.safetensors"
PICKLED = "pytorch_model.bin"
SAMPLES, SAMPLE = 256, 2**13  # of a file of weights: so many places, and bytes from each
TOKENS = re.compile(
    r"(tokenizer|vocab|special_tokens|added_tokens|merges|spm|spiece|sent.*piece).*"
)
UNSET = 10**6  # a tokenizer without a limit says 10^30


@dataclass(frozen=True)
class Checkpoint:
    """A model's folder, and what it is called: the name it was asked for, or its folder's."""

    folder: Path
    name: str

    def json(self, file: str) -> dict[str, Any]:
        """Return one of its JSON files, empty where there is none."""
        path = self.folder / file
        return json_file(path) if path.is_file() else {}

    def weight_files(self) -> list[Path]:
        """Return the files of weights: safetensors where there are any."""
        for stem, ending in ("model", "safetensors"), ("pytorch_model", "bin"):
            shards = re.compile(rf"{stem}(-\d+-of-\d+)?\.{ending}")
            found = [path for path in self.folder.iterdir() if shards.fullmatch(path.name)]
            if found:
                return sorted(found)
        raise ModelError(f"there are no weights in {self.folder}: it needs {SAFE}, or {PICKLED}")

    def weights_hash(self) -> str:
        """Return what tells the weights from others: 12 hexadecimal digits.

        Of each file its size and bytes from all along it count, so that layers trained in its
        middle are seen: a hash of all its gigabytes would take longer than many a score.
        """
        found = hashlib.sha256()
        for path in self.weight_files():
            size = path.stat().st_size
            found.update(f"{size};".encode())
            with path.open("rb") as file:
                for place in range(SAMPLES + 1):
                    file.seek(max(0, size - SAMPLE) * place // SAMPLES)
                    found.update(file.read(SAMPLE))
        return found.hexdigest()[:12]

    def tokens_hash(self) -> str:
        """Return what tells the way in which texts become tokens from others: as many digits."""
        found = hashlib.sha256()
        for path in sorted(self.folder.iterdir()):
            if TOKENS.fullmatch(path.name) and path.is_file():
                content = path.read_bytes()
                found.update(f"{path.name};{len(content)};".encode())
                found.update(content)
        return found.hexdigest()[:12]

    def state(self) -> dict[str, Any]:
        """Return the weights by their names; no code in them is run."""
        from transformers.modeling_utils import load_state_dict

        found: dict[str, Any] = {}
        with readable(self):
            for path in self.weight_files():
                found |= load_state_dict(path, weights_only=True)
        return found

    def limit(self, asked: int) -> int:
        """Return the smaller of `asked` and the tokenizer's own limit, if it has any."""
        own = self.json("tokenizer_config.json").get("model_max_length", UNSET)
        return min(asked, int(own)) if own < UNSET else asked


def find(name: str, *, what: str) -> Checkpoint:
    """Return the model in a folder, or of a hub's name in the local cache, for a metric.

    Raises ModelError for one that is not there, or where the extra is missing.
    """
    need("torch", "transformers", extra="metrics", what=what)
    folder = find_folder(name)
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds no model: it has no config.json")
    is_path = Path(name).expanduser().is_dir()
    return Checkpoint(folder, folder.resolve().name if is_path else name)


@contextmanager
def readable(checkpoint: Checkpoint) -> Iterator[None]:
    """Tell in one sentence where a model's files cannot be read."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, UnpicklingError, SafetensorError) as error:
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"the model in {checkpoint.folder} cannot be read: {line}") from error


def quiet() -> None:
    """Keep the library from telling what is checked here anyway, or what is meant to be so."""
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def device_of(asked: str) -> str:
    """Return the device to compute on; `auto` is a GPU where there is one.

    Raises ModelError for one that this machine lacks.
    """
    import torch

    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        kind = torch.device(asked).type
    except RuntimeError as error:
        raise ModelError(f"there is no device {asked!r}; name cpu, cuda or auto") from error
    if kind == "cuda" and not torch.cuda.is_available():
        raise ModelError("this machine has no GPU that torch can use; leave --device out")
    return asked


def placed(model: Any, device: str) -> Any:
    """Return a model on a device, ready to compute. Raises ModelError where it does not fit."""
    try:
        return model.eval().to(device)
    except RuntimeError as error:  # a GPU that is full, or not there
        line = str(error).splitlines()[0]
        raise ModelError(f"the model cannot be put on the device {device}: {line}") from error


def versions() -> str:
    """Return the libraries that a value depends on, as a signature names them."""
    import torch
    import transformers

    return f"torch:{torch.__version__.split('+')[0]}|transformers:{transformers.__version__}"
