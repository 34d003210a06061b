"""Say in words and as JSON what is known of base models and of their conversion."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from models.backbones import Backbone
from models.conversion.convert import Plan, Progress
from pipeline.cli.columns import aligned
from pipeline.converting import Converted
from pipeline.known_models import Here, Looked

HEADING = ["name", "on the hub", "template", "in the paper", "as published"]
WIDTH = 96
GIB = 2**30
UNITS = ((10**9, " billion"), (10**6, " million"))


def listed(backbones: Sequence[Backbone]) -> Iterator[str]:
    rows = [
        [each.name, each.hub_id, each.template, "yes" if each.paper else "", _published(each)]
        for each in backbones
    ]
    yield from aligned([HEADING, *rows], left=len(HEADING))
    yield ""
    yield "'cbt backbone show NAME' tells more; a folder that holds a model is a base model too"


def looked(found: Looked) -> Iterator[str]:
    of = found.backbone
    rows = [
        ["name", of.name],
        ["on the hub", f"{of.hub_id} ({of.revision})" if of.hub_id else ""],
        ["family", of.family],
        ["template", of.template],
        ["LoRA targets", ", ".join(of.lora_targets)],
        ["instruction", of.instruction],
        ["longest", f"{of.max_length:,} tokens"],
        ["in the paper", "yes" if of.paper else "no"],
        ["as published", _published(of)],
        ["licence", of.licence],
    ]
    yield from aligned([row for row in rows if row[1]], left=2)
    yield from _paragraph(of.notes)
    yield from _paragraph(
        _where(found.here) if found.here else f"Not to be loaded: {found.trouble}"
    )


def planned(found: Plan, *, source: str) -> Iterator[str]:
    yield f"{source}: {found.family} to {found.native}, {_size(found.size)} in"
    yield from (f"  {path.name}  {_size(path.stat().st_size)}" for path in found.files)
    yield "nothing was written (--dry-run)"


def converted(done: Converted) -> Iterator[str]:
    written = done.written
    of = f"the {done.plan.family} model" if done.plan.family != "native" else "the model"
    yield (
        f"wrote {of} as {done.plan.native}: {_count(written.parameters)} weights in"
        f" {written.dtype}, {_size(done.size)}, to {done.path}"
    )
    yield from (f"note: {note}" for note in written.notes)
    yield f"name it as a base model: cbt train --backbone {done.path} …"


def progress(so_far: Progress) -> str:
    share = 100 * so_far.done // max(1, so_far.total)
    return f"{share} % · {_size(so_far.done)} of {_size(so_far.total)}"


def backbone_object(of: Backbone) -> dict[str, Any]:
    return {
        "name": of.name,
        "hub_id": of.hub_id or None,
        "revision": of.revision if of.hub_id else None,
        "family": of.family,
        "template": of.template,
        "lora_targets": list(of.lora_targets),
        "licence": of.licence,
        "max_length": of.max_length,
        "paper": of.paper,
        "needs_conversion": of.needs_conversion,
        "needs_merging": of.needs_merging,
        "instruction": of.instruction or None,
        "notes": of.notes,
    }


def looked_object(found: Looked) -> dict[str, Any]:
    here = found.here
    return {
        **backbone_object(found.backbone),
        "here": {
            "path": str(here.folder),
            "parameters": here.parameters,
            "bytes": here.size,
            "weights_hash": here.weights_hash,
            "templates": list(here.templates),
        }
        if here
        else None,
        "trouble": found.trouble or None,
    }


def planned_object(found: Plan) -> dict[str, Any]:
    return {
        "written": False,
        "family": found.family,
        "native": found.native,
        "bytes_in": found.size,
        "files_in": [path.name for path in found.files],
    }


def converted_object(done: Converted) -> dict[str, Any]:
    return {
        "written": True,
        "path": str(done.path),
        "family": done.plan.family,
        "native": done.plan.native,
        "parameters": done.written.parameters,
        "dtype": done.written.dtype,
        "bytes": done.size,
        "files": list(done.written.names),
        "notes": list(done.written.notes),
    }


def _published(of: Backbone) -> str:
    if of.needs_merging:
        return "an adapter: merge first"
    return "old code: convert first" if of.needs_conversion else "loads"


def _where(here: Here) -> str:
    return (
        f"On this machine: {here.folder}, {_count(here.parameters)} weights, {_size(here.size)},"
        f" known as {here.weights_hash[:12]}. Templates that fit: {', '.join(here.templates)}."
    )


def _paragraph(text: str) -> Iterator[str]:
    if text:
        yield ""
        yield from wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _count(n: int) -> str:
    for unit, name in UNITS:
        if n >= unit:
            return f"{n / unit:.2f}{name}"
    return f"{n:,}"


def _size(n: int) -> str:
    return f"{n / GIB:.2f} GiB" if n >= GIB / 10 else f"{n / 2**20:.1f} MiB"
