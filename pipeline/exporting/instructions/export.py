"""Write a system's answers to a split's subset as instruction records for trainers."""

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import events, licences, splits
from db.engine import Store
from db.errors import NotAllowed
from models.instruction_files import ENDINGS, sidecar
from models.instruction_formats import FORMATS
from models.records import Record
from pipeline.exporting.instructions import choosing, dataset_info
from pipeline.exporting.instructions.choosing import Chosen
from pipeline.exporting.instructions.files import written_with
from pipeline.exporting.instructions.wanted import (
    INSTRUCTIONS,
    WHY,
    InstructionsExport,
    InstructionsWritten,
)

KIND = "cbt instructions"


def run(store: Store, config: InstructionsExport) -> InstructionsWritten:
    """Write the file, its manifest and its entry in `dataset_info.json`, or nothing of these.

    Logs that texts left the store. Raises NotKnown for a system, split or subset that is not
    there, NotAllowed for an ending that names no kind of file and where no answer may leave,
    and what `dataset_info.merged` and `written_whole` raise.
    """
    path, form = config.path, FORMATS[config.format]
    if path.suffix.lower() not in ENDINGS:
        raise NotAllowed(f"end the name of {path.name} in {' or '.join(ENDINGS)}")
    manifest, info = sidecar(path), path.with_name(dataset_info.NAME)
    beside = [manifest]
    if form.dataset_info is not None:
        dataset_info.merged(path, form.dataset_info)  # before the long work: it may not fit
        beside.append(info)
    with written_with(path, beside, replace=config.replace) as put:
        with store.reading() as session:
            chosen = choosing.choose(session, config)
            _check_any(config, chosen)
            about = _about(session, config, chosen)
        content = _content(path, _rows(config, chosen, about["instruction"]))
        about |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        others = {manifest: _as_json(about)}
        if form.dataset_info is not None:
            others[info] = dataset_info.merged(path, form.dataset_info)
        # Logged before the file has its name: no export may be without its event.
        _log(store, config, len(chosen.said))
        put(content, others)
    return InstructionsWritten(
        path=path,
        manifest=manifest,
        dataset_info=info if info in others else None,
        dataset=dataset_info.name_of(path) if info in others else None,
        instruction=about["instruction"],
        rows=len(chosen.said),
        left_out=about["left_out"],
        unanswered=chosen.unanswered,
        licences=about["licences"],
    )


def _check_any(config: InstructionsExport, chosen: Chosen) -> None:
    if chosen.said:
        return
    whose = f"no answer of {config.system} to {config.subset} of {config.split}"
    if not chosen.left_out:
        raise NotAllowed(f"there is {whose}; run 'cbt generate' or 'cbt import responses' first")
    why = ", ".join(
        f"{chosen.left_out[code]:,} {WHY[code]}" for code in WHY if chosen.left_out[code]
    )
    raise NotAllowed(f"{whose} may be written: {why}")


def _about(session: Session, config: InstructionsExport, chosen: Chosen) -> dict[str, Any]:
    language = config.language or chosen.language
    stored = {each.name: each for each in splits.stored(session)}[config.split]
    return {
        "kind": KIND,
        "file": config.path.name,
        "format": config.format,
        "split": config.split,
        "subset": config.subset,
        "seed": stored.seed,
        "split_settings": stored.settings,
        "system": config.system,
        "instruction": config.instruction or INSTRUCTIONS[language],
        "with_danger": config.with_danger,
        "rows": len(chosen.said),
        "left_out": {why: chosen.left_out[why] for why in WHY if chosen.left_out[why]},
        "unanswered": chosen.unanswered,
        "licences": {
            source: terms
            for source, terms in licences.of_sources(session).items()
            if source in chosen.sources
        },
        "program": f"cbt-annotate {version('cbt-annotate')}",
    }


def _rows(config: InstructionsExport, chosen: Chosen, instruction: str) -> list[str]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    row = FORMATS[config.format].row
    return [encode(row(Record(instruction, each.passage, each.answer))) for each in chosen.said]


def _content(path: Path, rows: Sequence[str]) -> bytes:
    if path.suffix.lower() == ".jsonl":
        return "".join(f"{row}\n" for row in rows).encode()
    return f"[\n{f',{chr(10)}'.join(rows)}\n]\n".encode()


def _as_json(about: dict[str, Any]) -> bytes:
    return f"{json.dumps(about, ensure_ascii=False, allow_nan=False, indent=1)}\n".encode()


def _log(store: Store, config: InstructionsExport, rows: int) -> None:
    details = {
        "path": str(config.path.resolve()),
        "format": KIND,
        "rows": rows,
        "systems": [config.system],
    }
    with store.writing() as session:
        events.record(session, kind="exported", details=details)
