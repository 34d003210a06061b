"""What `cbt danger` says of questions: what was tagged, and what is."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.cli.columns import aligned
from pipeline.cli.first_words import first_words
from pipeline.tagging import InDanger, Said, Saying, TagsGiven

SHOWN = 20


def tagged(done: TagsGiven) -> Iterator[str]:
    nothing = "" if done.added or done.taken_back else " (nothing to change)"
    changes = f"tagged {done.added:,}, taken back {done.taken_back:,}"
    yield f"questions: read {done.read:,}, {changes}{nothing}"
    yield f"as a person has said: {done.by_person:,}"
    yield f"in danger now: {done.danger:,}"
    if done.kinds:
        yield from aligned([[f"  {kind}", f"{n:,}"] for kind, n in done.kinds.items()])


def said(wanted: Saying, done: Said) -> Iterator[str]:
    tag = "in danger" if wanted.danger else "not in danger"
    known = f", said before {done.known:,}" if done.known else ""
    yield f"questions said to be {tag}: {done.changed:,}{known}"


def as_object(found: Sequence[InDanger]) -> dict[str, Any]:
    return {
        "questions": [
            {
                "source": each.question.source,
                "question_id": each.question.external_id,
                "by": each.by,
                "question": each.question.text,
                "description": each.question.description,
                "found": [{"kind": one.kind, "words": each.words(one)} for one in each.found],
            }
            for each in found
        ]
    }


def lines(found: Sequence[InDanger], limit: int | None) -> Iterator[str]:
    by = {who: sum(each.by == who for each in found) for who in ("rules", "person")}
    said = f"by rules {by['rules']:,}, by a person or a file {by['person']:,}"
    yield f"questions in danger: {len(found):,} ({said})"
    shown = found[: limit or SHOWN]
    if shown:
        yield ""
        yield from aligned(
            [["source", "question", "by", "found", "reads"], *map(_row, shown)], left=5
        )
    if len(shown) < len(found):
        yield f"… and {len(found) - len(shown):,} more (--limit N shows N, --json all)"


def _row(each: InDanger) -> list[str]:
    words = dict.fromkeys(f"{one.kind}: {each.words(one)}" for one in each.found)
    return [
        each.question.source,
        each.question.external_id,
        each.by,
        first_words("; ".join(words) or "-"),
        first_words(each.question.text),
    ]
