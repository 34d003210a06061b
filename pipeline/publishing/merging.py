"""Merge an adapter into its base, and write the model as a whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.merging.merge import Merging
from models.merging.serving import Alike
from pipeline.folder import new_folder, sealed
from pipeline.model_errors import in_plain_words
from pipeline.room import check_room

OF = "model"


@dataclass(frozen=True)
class Merged:
    """What was written, and how that was checked; logits lie `apart` standard deviations.

    `asks_alike` says how far servers that load the folder ask as in training.
    """

    path: str
    base: str
    written: tuple[str, ...]
    changed: int
    precision: str
    asks_alike: Alike
    apart: float
    allowed: float


def run(
    adapter: Path, backbone: str | None, out: Path, *, replace: bool, tell: Callable[[str], None]
) -> Merged:
    """Write the merged model to `out`.

    Raises ModelRejected for an adapter, base or template that do not fit, and where the two do not
    answer alike; NotWritten for a disk without room; and what `new_folder` raises.
    """
    with in_plain_words():
        merging = Merging(backbone, adapter)
        with new_folder(out, of=OF, replace=replace) as (place, put):
            check_room(place, what="the merged model", needed=merging.size())
            done = merging.write(place, tell)
            names = sorted(file.relative_to(place).as_posix() for file in place.rglob("*.*"))
            about = {"base": done.manifest.base.name, "template": done.manifest.template}
            written = sealed(place, names, of=OF, about=about)
            put()
    return Merged(
        path=str(out),
        base=done.manifest.base.name,
        written=tuple(written),
        changed=done.changed,
        precision=done.precision,
        asks_alike=done.asks_alike,
        apart=done.proof.apart,
        allowed=done.proof.allowed,
    )
