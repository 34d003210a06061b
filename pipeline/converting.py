"""Convert a base model's checkpoint into a folder that is written as a whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from db.errors import ModelRejected
from models.backbones import BACKBONES, resolve
from models.conversion.convert import Plan, Progress, Written, convert, plan
from models.conversion.families import AUTO
from pipeline.folder import new_folder, sealed
from pipeline.model_errors import in_plain_words
from pipeline.room import check_room, free_bytes

OF = "model"
BESIDE = 64 * 2**20  # bytes for all that is not weights
LIBRARIES = ("torch", "transformers", "tokenizers", "safetensors")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What to convert, and where to; `source` is a name of the registry or a folder.

    `known_as` is the registry's name for what a folder holds, so that the converted model is
    asked as that one is.
    """

    source: str
    out: Path
    family: str = AUTO
    known_as: str | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """The folder that was written, and what is in it; `size` is in bytes."""

    path: Path
    plan: Plan
    written: Written
    size: int


def prepare(wanted: Conversion, *, free: Callable[[Path], int] = free_bytes) -> Plan:
    """Return what a conversion would read and write; raise what is known to go wrong."""
    with in_plain_words():
        found = plan(resolve(wanted.source).folder(), family=wanted.family)
    _check_known_as(wanted, found)
    place = wanted.out.expanduser().absolute().parent
    if place.is_dir():
        check_room(place, what="the model", needed=found.size + BESIDE, free=free)
    return found


def run(
    wanted: Conversion,
    *,
    tell: Callable[[Progress], None],
    free: Callable[[Path], int] = free_bytes,
) -> Converted:
    """Convert the checkpoint; after any failure or interrupt nothing is left of it.

    Raises ModelRejected for a checkpoint that cannot be converted, NotWritten and AlreadyKnown
    for a place that cannot hold the folder, or not all of it.
    """
    found = prepare(wanted, free=free)
    with new_folder(wanted.out, of=OF, replace=wanted.replace) as (place, put):
        with in_plain_words():
            written = convert(found, place, tell=tell)
        about = {
            "family": found.family,
            "native": found.native,
            "backbone": wanted.known_as or _known(wanted.source),
            "source": {"name": wanted.source, "bytes": found.size},
            "parameters": written.parameters,
            "dtype": written.dtype,
            "notes": list(written.notes),
            "versions": {library: version(library) for library in LIBRARIES},
        }
        names = sealed(place, written.names, of=OF, about=about)
        size = sum((place / name).stat().st_size for name in names)
        put()
    return Converted(wanted.out, found, written, size)


def _known(source: str) -> str | None:
    """Return the registry's name for a source that is not a folder."""
    with in_plain_words():
        backbone = resolve(source)
    return backbone.name if backbone.path is None else None


def _check_known_as(wanted: Conversion, found: Plan) -> None:
    if wanted.known_as is None:
        return
    family = BACKBONES[wanted.known_as].family
    if family not in {found.family, found.native}:
        raise ModelRejected(
            f"{wanted.known_as} is a model of the family {family}, and that in {found.source} is of"
            f" the family {found.family}; leave --as out"
        )
