"""What the import commands say: counts, rows, and what a person should look at."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from db import licences
from pipeline.cli.command import ROWS_SHOWN, say
from pipeline.importing.outcome import Caution, Counts

ROWS_NAMED = 5
IDENTIFYING = {
    "email": "e-mail address",
    "id_number": "ID number",
    "mobile": "mobile phone number",
    "landline": "landline number",
    "wechat": "WeChat name",
    "qq": "QQ number",
}
UNBLINDING = {"names_system": "model or maker named, or words such as 'as an AI'"}
GLUED = {"glued": "answer with marks between posts"}
MISMATCHED = {"other_question": "question that reads otherwise in the store"}
MEANINGS = {
    "could identify a person": IDENTIFYING,
    "could tell raters the system": UNBLINDING,
    "may be several posts in one": GLUED,
    "may answer another question": MISMATCHED,
}


def checked(check: bool) -> list[str]:
    return ["only checked: nothing was stored"] if check else []


def count_block(counts: Counts) -> dict[str, Any]:
    rejected = [{"row": bad.row, "code": bad.code, "why": bad.why} for bad in counts.rejected]
    return {
        "read": counts.read,
        "added": counts.added,
        "known": counts.known,
        "rejected": rejected,
    }


def remarks(warnings: Sequence[Caution], ignored: Sequence[str]) -> dict[str, Any]:
    return {"warnings": [each._asdict() for each in warnings], "ignored": list(ignored)}


def count_lines(counts: Counts, what: str, *, nothing: bool) -> Iterator[str]:
    done = f"read {counts.read:,}, added {counts.added:,}, already known {counts.known:,}"
    yield f"{what}: {done}{' (nothing to add)' if nothing else ''}"
    if counts.rejected:
        codes = Counter(bad.code for bad in counts.rejected).most_common()
        why = ", ".join(f"{n:,} {code}" for code, n in codes)
        yield f"rejected {len(counts.rejected):,} ({why}):"
    for bad in counts.rejected[:ROWS_SHOWN]:
        yield f"  row {bad.row}: {bad.why}"
    if len(counts.rejected) > ROWS_SHOWN:
        yield f"  … and {len(counts.rejected) - ROWS_SHOWN:,} more rows (--json lists them all)"


def licence_lines(licence: str | None, *, recalled: bool) -> Iterator[str]:
    """Yield what a licence that this program knows asks for."""
    if licence in licences.TERMS:
        known = " (known by its shape or name; --licence TEXT says otherwise)" if recalled else ""
        yield f"licence{known}: {licences.terms(licence)}"
        yield "it is recorded with these questions, and told wherever they are exported"


def warn(warnings: Sequence[Caution], ignored: Sequence[str]) -> None:
    if ignored:
        say(f"fields not read: {', '.join(ignored)}")
    rows: dict[str, list[int]] = defaultdict(list)
    for each in warnings:
        rows[each.kind].append(each.row)
    for meaning, kinds in MEANINGS.items():
        for kind, name in kinds.items():
            if rows[kind]:
                say(f"warning: {meaning}: {len(rows[kind]):,} × {name} ({named_rows(rows[kind])})")


def named_rows(numbers: Sequence[int]) -> str:
    named = list(dict.fromkeys(numbers))
    shown = ", ".join(map(str, named[:ROWS_NAMED]))
    return f"row{'s' if len(named) > 1 else ''} {shown}{', …' if len(named) > ROWS_NAMED else ''}"
