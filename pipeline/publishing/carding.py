"""Find what a model's card tells, and write it into the model's folder."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from db import frames, licences
from db.engine import Store
from db.errors import AlreadyKnown, ModelRejected, NotKnown, NotWritten
from models.adapters import CONFIG, MANIFEST, Data, Manifest
from models.backbones import BACKBONES
from models.taught import taught_by
from pipeline.model_errors import in_plain_words
from pipeline.publishing import card
from pipeline.publishing.card import About
from pipeline.publishing.scores import Told, scores

CARD = "README.md"
OF_PEFT = "# Model Card for Model ID"  # the empty form that peft leaves with an adapter


@dataclass(frozen=True)
class Carding:
    """Of which folder, an adapter's or a merged model's, and where the card goes.

    `system` names answers whose scores are told; `name` is the model's, else its folder's.
    """

    folder: Path
    out: Path | None = None
    name: str | None = None
    system: str | None = None
    replace: bool = False


@dataclass(frozen=True)
class Carded:
    """What was written; `scores` counts metrics, `terms` the sources whose terms are told.

    `telling` are the folder's other files that name where the base stands on this machine.
    """

    path: str
    scores: int
    terms: int
    telling: tuple[str, ...] = ()


def run(store: Store | None, config: Carding) -> Carded:
    """Write the card. Raises ModelRejected for a folder that 'cbt train' and 'merge' did not make.

    Also AlreadyKnown for a card that a person wrote, and NotKnown for a system without scores.
    """
    with in_plain_words():
        manifest = taught_by(config.folder)
    if manifest is None:
        raise ModelRejected(
            f"{config.folder} is neither an adapter of 'cbt train' nor a model of 'cbt model"
            " merge': nothing tells what it was taught"
        )
    about = _about(store, config, manifest)
    path = config.out or config.folder / CARD
    _write(path, card.text(about), replace=config.replace)
    telling = _telling(config.folder, manifest.base.path)
    return Carded(str(path), len(about.scores), len(about.terms), telling)


def _telling(folder: Path, place: str) -> tuple[str, ...]:
    """Return the files that hold the folder of the base, where it was named by one."""
    if not Path(place).is_absolute():
        return ()
    said = json.dumps(place, ensure_ascii=False)
    files = [folder / name for name in (CONFIG, MANIFEST)]
    return tuple(each.name for each in files if each.is_file() and said in each.read_text("utf-8"))


def _about(store: Store | None, config: Carding, manifest: Manifest) -> About:
    base = manifest.base
    known = [each for each in BACKBONES.values() if base.hub_id and each.hub_id == base.hub_id]
    told = About(
        name=config.name or config.folder.resolve().name,
        manifest=manifest,
        merged=not (config.folder / "adapter_config.json").is_file(),
        licence=known[0].licence if known else None,
        terms={},
        system=config.system,
        scores=(),
        learned=0,
    )
    if store is None:
        return told
    with store.reading() as session:
        return _with_store(session, told)


def _with_store(session: Session, about: About) -> About:
    learned = about.manifest.trained_on
    found = scores(session, system=about.system, trained_on=learned) if about.system else Told()
    terms = licences.of_sources(session)
    sources = _sources(session, about.manifest.data)
    if sources is not None:
        terms = {source: text for source, text in terms.items() if source in sources}
    return replace(about, scores=found.scores, learned=found.learned, terms=terms)


def _sources(session: Session, data: Data) -> set[str] | None:
    """Return the sources of the questions that were learned from, None where that is not known."""
    if data.split is None or data.subset is None:
        return None
    try:
        asked = frames.questions(session, source=None, split=data.split, subset=data.subset)
    except NotKnown:
        return None
    return {question.source for question in asked}


def _write(path: Path, text: str, *, replace: bool) -> None:
    try:
        if path.is_file() and not replace and not _is_ours(path.read_text("utf-8", "replace")):
            raise AlreadyKnown(
                f"{path} is there already, and somebody wrote it; add --replace, or name another"
                " --out"
            )
        with TemporaryDirectory(dir=path.parent, prefix=".cbt-card-") as folder:
            unfinished = Path(folder) / CARD
            with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
    except OSError as error:
        raise NotWritten(
            f"{path} could not be written: {error.strerror}; nothing was changed"
        ) from error


def _is_ours(text: str) -> bool:
    return card.MARK in text or OF_PEFT in text
