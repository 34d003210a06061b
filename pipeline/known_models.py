"""Look a base model up: what the registry says of it, and what of it is on this machine."""

from dataclasses import dataclass
from pathlib import Path

from models.backbones import Backbone, resolve
from models.errors import ModelError
from models.loading import check_folder, load_tokenizer, weights_hash
from models.templates import fitting
from models.weights import weights
from pipeline.model_errors import in_plain_words


@dataclass(frozen=True, slots=True)
class Here:
    """A model on this machine: its weights' `size` in bytes, and the templates that fit it."""

    folder: Path
    parameters: int
    size: int
    weights_hash: str
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A base model, and either its weights here or what is in the way of loading them."""

    backbone: Backbone
    here: Here | None
    trouble: str


def look(name_or_path: str) -> Looked:
    """Return what is known of a base model; raise ModelRejected for one that nobody knows."""
    with in_plain_words():
        backbone = resolve(name_or_path)
    try:
        return Looked(backbone, _here(backbone.folder()), "")
    except ModelError as error:
        return Looked(backbone, None, error.message)


def _here(folder: Path) -> Here:
    check_folder(folder)
    found = weights(folder)
    return Here(
        folder,
        parameters=sum(weight.elements for weight in found),
        size=sum(weight.end - weight.begin for weight in found),
        weights_hash=weights_hash(folder),
        templates=tuple(fitting(load_tokenizer(folder))),
    )
