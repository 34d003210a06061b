"""What `cbt study adjudicate` says to a person."""

from collections.abc import Iterator, Mapping

from pipeline.cli.wording import many
from pipeline.study.adjudicating import Drawn, HandedOver

KINDS = {
    "presence": "presence",
    "labels": "labels",
    "primary": "the primary label",
    "cannot_tell": "“cannot tell”",
    "conflicting": "several answers of the ground truth",
}
LEFT_OUT = {
    "one_vote": "with one vote only",
    "no_vote": "without a vote",
    "other_kind": "that differ in no such way",
}


def drawn(done: Drawn) -> Iterator[str]:
    kinds = ", ".join(f"{KINDS[kind]} {n:,}" for kind, n in done.kinds.items() if n)
    yield f"drew {many(done.cases, 'case')} of study {done.study}: {_each(done.leads)}"
    yield f"in disagreement {done.cases - done.agreed:,}{f' ({kinds})' if kinds else ''}"
    yield f"in agreement, mixed in {done.agreed:,} of {done.of_agreed:,}"
    yield from left_out(done.left_out)
    yield "next: leads decide on the page “Adjudicate”;"
    yield f"      cbt study adjudication {done.study} shows how far they are"


def handed_over(done: HandedOver) -> Iterator[str]:
    yield f"handed over {many(done.cases, 'case')} of study {done.study}: {_each(done.leads)}"


def left_out(counts: Mapping[str, int]) -> Iterator[str]:
    for code, n in counts.items():
        if n:
            yield f"left out {many(n, 'item')} {LEFT_OUT[code]}"


def _each(leads: Mapping[str, int]) -> str:
    return ", ".join(f"{lead} {n:,}" for lead, n in leads.items())
