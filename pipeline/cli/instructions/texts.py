"""What `cbt export instructions` says: what was written, what was left out, and why."""

from collections.abc import Iterator
from typing import Any

from models.instruction_files import ENDINGS
from models.instruction_formats import FORMATS
from pipeline.cli.columns import aligned
from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.exporting.instructions.wanted import WHY, InstructionsWritten

SHARED = "other_subset"


def as_object(done: InstructionsWritten) -> dict[str, Any]:
    return {
        "written": True,
        "path": str(done.path),
        "manifest": str(done.manifest),
        "dataset_info": None if done.dataset_info is None else str(done.dataset_info),
        "dataset": done.dataset,
        "rows": done.rows,
        "left_out": dict(done.left_out),
        "unanswered": done.unanswered,
        "instruction": done.instruction,
        "licences": dict(done.licences),
    }


def lines(done: InstructionsWritten) -> Iterator[str]:
    yield f"wrote {many(done.rows, 'record')} to {done.path}"
    for why, count in done.left_out.items():
        yield f"  left out: {count:,} {WHY[why]}"
    if done.unanswered:
        yield f"  not answered yet: {many(done.unanswered, 'question')}"
    yield f"instruction: {done.instruction}"
    if done.dataset_info is not None:
        yield f"LLaMA-Factory finds it as {done.dataset} by {done.dataset_info}"
    yield RESEARCH_ONLY


def cautions(done: InstructionsWritten) -> Iterator[str]:
    if SHARED in done.left_out:
        yield (
            f"left out {many(done.left_out[SHARED], 'answer')} to questions whose text another"
            " subset has too: 'cbt split' draws none so, the questions or the split were changed"
        )
    for name, terms in done.licences.items():
        yield f"questions of {name}: {terms}"


def formats_object() -> dict[str, Any]:
    return {
        "formats": [
            {"name": form.name, "endings": list(ENDINGS), "about": form.about}
            for form in FORMATS.values()
        ]
    }


def formats_lines() -> list[str]:
    endings = ", ".join(ENDINGS)
    return aligned([[form.name, endings, form.about] for form in FORMATS.values()], left=3)
