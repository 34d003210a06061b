"""Write systems' answers as a dataset folder that others can load."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import dataset_rows, detections, events, frames, licences
from db.dataset_rows import NamedInAnswer, Wanted
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import System
from pipeline import folder
from pipeline.exporting.dataset import card, data_files, makers
from pipeline.exporting.dataset.card import About
from pipeline.exporting.dataset.records import Chosen
from pipeline.exporting.fit import WHY

KIND = "dataset"
CARD = "README.md"
WHOLE = "train"  # what readers expect a dataset without a split to be called
SPLIT_NAME = re.compile(r"\w+(\.\w+)*")  # what a split may be called for `datasets`


@dataclass(frozen=True)
class DatasetExport:
    """Whose answers to write where: to a source's questions, each subset of a split apart.

    Answers to people in acute danger stay behind unless `with_danger`.
    """

    systems: Sequence[str]
    out: Path
    source: str | None = None
    split: str | None = None
    with_danger: bool = False
    replace: bool = False


@dataclass(frozen=True)
class DatasetWritten:
    """What was written; `left_out` counts answers by the reason why they stayed behind.

    `licences` has what the store knows of the terms of the sources, by their names.
    """

    paths: tuple[Path, ...]
    splits: Mapping[str, int]
    left_out: Mapping[str, int]
    licences: Mapping[str, str]


def run(store: Store, config: DatasetExport) -> DatasetWritten:
    """Write the folder, all of it or nothing, and log that texts left the store.

    Raises NotKnown for a system, source or split that is not there, NotAllowed where no answer
    may be in it, and what `folder.new_folder` raises.
    """
    with folder.new_folder(config.out, of=KIND, replace=config.replace) as (place, finish):
        with store.reading() as session:
            about = _written(session, config, place)
        files = {CARD: card.text(about).encode(), **makers.prompt_files(about.makers)}
        folder.fill(place, files)
        data = [name for split in about.splits for name in data_files.names(split)]
        names = folder.sealed(place, [*files, *data], of=KIND, about=_manifest(config, about))
        _log(store, config, about)
        finish()
    return DatasetWritten(
        paths=tuple(config.out / name for name in names),
        splits=about.splits,
        left_out=about.left_out,
        licences=about.licences,
    )


def _written(session: Session, config: DatasetExport, place: Path) -> About:
    systems = frames.systems(session, names=list(dict.fromkeys(config.systems)))
    wanted = _wanted(session, config, systems)
    chosen = Chosen(_found(session, systems), with_danger=config.with_danger)
    splits = {
        split: data_files.write(place, split, chosen.records(dataset_rows.of_systems(session, of)))
        for split, of in wanted.items()
    }
    left_out = {why: chosen.left_out[why] for why in WHY if chosen.left_out[why]}
    if config.split is not None:
        outside = dataset_rows.count_outside(session, next(iter(wanted.values())))
        left_out |= {"not_in_split": outside} if outside else {}
    if not sum(splits.values()):
        raise NotAllowed(_nothing(config, left_out))
    return About(
        makers=[makers.maker(session, system, rows=chosen.rows[system.name]) for system in systems],
        splits=splits,
        left_out=left_out,
        sources=dict(chosen.sources),
        licences={
            source: text
            for source, text in licences.of_sources(session).items()
            if source in chosen.sources
        },
        with_danger=config.with_danger,
    )


def _wanted(
    session: Session, config: DatasetExport, systems: Sequence[System]
) -> dict[str, Wanted]:
    """Return what goes into each split of the dataset."""
    frames.questions(session, source=config.source, split=None, subset=None)
    ids = [system.id for system in systems]
    if config.split is None:
        return {WHOLE: Wanted(ids, config.source)}
    subsets = dataset_rows.subsets(session, split=config.split)
    if not subsets:
        there = ", ".join(dataset_rows.splits(session)) or "none yet"
        raise NotKnown(f"there is no split {config.split}; there is {there}")
    for subset in subsets:
        if not SPLIT_NAME.fullmatch(subset):
            raise NotAllowed(f"a dataset cannot have a split called {subset}; rename the subset")
    return {name: Wanted(ids, config.source, config.split, name) for name in subsets}


def _found(session: Session, systems: Sequence[System]) -> dict[int, NamedInAnswer]:
    """Return what came with the answers: the distortions that their own systems named."""
    detectors = [each for system in systems for each in detections.own(system.name)]
    return dataset_rows.named(session, detectors=detectors)


def _nothing(config: DatasetExport, left_out: Mapping[str, int]) -> str:
    names = ", ".join(config.systems)
    if not left_out:
        return f"there is no answer of {names} to write; run 'cbt generate' or 'cbt import' first"
    why = ", ".join(f"{count:,} {WHY.get(code, code)}" for code, count in left_out.items())
    return f"no answer of {names} may be in a dataset: {why}"


def _manifest(config: DatasetExport, about: About) -> dict[str, Any]:
    return {
        "systems": [each.as_json() for each in about.makers],
        "source": config.source,
        "split": config.split,
        "with_danger": config.with_danger,
        "rows": about.splits,
        "left_out": about.left_out,
        "licences": about.licences,
    }


def _log(store: Store, config: DatasetExport, about: About) -> None:
    details = {
        "path": str(config.out.resolve()),
        "format": KIND,
        "rows": sum(about.splits.values()),
        "systems": [each.name for each in about.makers],
    }
    with store.writing() as session:
        events.record(session, kind="exported", details=details)
