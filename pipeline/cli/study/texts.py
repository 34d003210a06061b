"""What `cbt study` says to a person, and a study's status as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pipeline.cli.columns import aligned
from pipeline.cli.wording import many
from pipeline.study import labelling
from pipeline.study.balance import Balance, Range
from pipeline.study.blinding import Leak
from pipeline.study.create import Created
from pipeline.study.labelling import KeptLabels
from pipeline.study.lifecycle import Opened
from pipeline.study.status import Status

LEAKS_SHOWN = 10
IMBALANCES = {
    "items_per_rater": "items for one rater",
    "answers_per_system": "items of one system for one rater",
    "questions_per_pair": "questions that two raters share",
    "mean_place": "mean places of the systems",
    "comes_first": "how often each system comes first",
}


def created(made: Created) -> Iterator[str]:
    """Describe a new study: what was drawn, and how balanced it is."""
    balance_ = made.balance
    yield f"made the study {made.study}: {made.kind}, a draft, seed {made.seed}"
    drawn = f"{balance_.questions:,} of {made.frame:,} questions"
    of_each = f" × {many(made.systems, 'system')}" if made.systems else ""
    repeats = f", {balance_.repeats:,} of them repeats" if balance_.repeats else ""
    yield f"{drawn}{of_each}: {balance_.items:,} items{repeats}"
    yield from _labels(made.labels)
    yield from balance(balance_)
    if balance_.raters and not _lacks_overlap(made):
        yield f"next: cbt study open {made.study}"


def balance(found: Balance) -> Iterator[str]:
    """Describe the design report."""
    if not (found.items_per_rater and found.answers_per_system):
        return
    each, of_each = _span(found.items_per_rater), _span(found.answers_per_system)
    raters = f"{many(found.raters, 'rater')}: {found.assignments:,} assignments, {each} for each"
    yield f"{raters} ({of_each} of each system)" if found.answer_gap else raters
    if found.questions_per_pair:
        yield f"two raters share {_span(found.questions_per_pair)} questions"
    if found.answer_gap:
        yield f"answers to one question: at least {many(found.answer_gap, 'place')} apart"
    if found.repeat_distance:
        yield f"repeats: at least {many(found.repeat_distance, 'place')} after the original"
    if found.mean_place and found.comes_first and found.comes_first.low < 1:
        apart = found.mean_place.high - found.mean_place.low
        first = f"{found.comes_first.low:.1%} to {found.comes_first.high:.1%}"
        yield f"systems: mean places {apart:.1f} apart; each comes first in {first} of questions"
    if found.largest_imbalance:
        largest = found.largest_imbalance
        yield f"largest imbalance: {largest.share:.1%} ({IMBALANCES[largest.name]})"


def notes(made: Created) -> list[str]:
    """Return what a researcher should know about a new study, one sentence each."""
    found = []
    if made.at_most and made.frame < made.at_most:
        found.append(
            f"there are fewer than the usual {made.at_most} questions;"
            f" the study takes all {made.frame:,}"
        )
    if made.unanswered:
        found.append(
            f"left out {many(made.unanswered, 'question')} without a kept answer of each system"
        )
    if made.same_text:
        found.append(f"left out {many(made.same_text, 'question')} with the text of another one")
    if not made.balance.raters:
        found.append(
            "there are no raters yet: add them with 'cbt people add',"
            f" then run 'cbt study assign {made.study}'"
        )
    items = made.balance.items
    if made.repeats and items and not made.balance.repeats:
        share = f"{made.repeats * 100:.3g} %"
        found.append(f"no repeats: {share} of {many(items, 'item')} is less than one")
    found += of_pairs(made.balance)
    if _lacks_overlap(made):
        found.append("it stays a draft until each item has two raters, whose labels are compared")
    return [*found, *_spacing(made)]


def _lacks_overlap(made: Created) -> bool:
    drawn = made.balance
    enough = labelling.overlaps(items=drawn.items, assignments=drawn.assignments)
    return made.kind == "distortion" and drawn.raters > 0 and not enough


def of_pairs(found: Balance) -> Iterator[str]:
    """Say where agreement between raters cannot be computed."""
    shared = found.questions_per_pair
    if found.raters and (shared is None or not shared.high):
        yield "no two raters judge the same item, so agreement cannot be computed"
    elif found.pairs_apart == 1:
        yield "1 pair of raters shares no question, so it has no agreement of its own"
    elif found.pairs_apart:
        pairs = f"{found.pairs_apart:,} pairs of raters share no question"
        yield f"{pairs}, so they have no agreement of their own"


def _spacing(made: Created) -> Iterator[str]:
    small = "as far as a study of this size leaves room for chance"
    reached = made.balance.answer_gap
    if reached is not None and reached < made.answer_gap:
        yield f"answers to one question come {reached} places apart, not {made.answer_gap}: {small}"
    reached = made.balance.repeat_distance
    if reached is not None and reached < made.repeat_distance:
        yield f"repeats come {reached} places later, not {made.repeat_distance}: {small}"


def opened(done: Opened) -> str:
    """Say that a study is open, and how large it is."""
    counts = done.counts
    return f"{done.study} is open: {many(counts.items, 'item')}, {many(counts.raters, 'rater')}"


def leaks(found: Sequence[Leak]) -> Iterator[str]:
    """Warn of answers that tell where they come from."""
    if not found:
        return
    answers = "1 answer names" if len(found) == 1 else f"{len(found):,} answers name"
    yield f"warning: {answers} a model, its maker or a system; raters may guess the origin:"
    for leak in found[:LEAKS_SHOWN]:
        yield f"  question {leak.question}: {', '.join(leak.found)}"
    if len(found) > LEAKS_SHOWN:
        yield f"  … and {len(found) - LEAKS_SHOWN} more (--json lists them all)"


def status(one: Status) -> Iterator[str]:
    """Describe how far a study is."""
    study, counts = one.study, one.counts
    blinding = ", unblinded" if study.unblinded_at else ", blinded"
    yield f"{study.name}: {study.kind}, {study.status}{blinding if one.systems else ''}"
    repeats = f", {counts.repeats:,} of them repeats" if counts.repeats else ""
    yield f"{counts.items:,} items{repeats}; systems: {', '.join(one.systems) or 'none'}"
    yield from _labels(one.labels)
    yield f"{counts.answered:,} of {counts.assigned:,} assignments are answered"
    if not one.raters:
        yield "no raters yet"
        return
    yield ""
    yield from aligned(
        [
            ["rater", "group", "answered", "assigned", "last at (UTC)"],
            *(
                [r.pseudonym, r.group or "-", str(r.answered), str(r.assigned), _told(r.last_at)]
                for r in one.raters
            ),
        ],
        left=2,
    )


def _labels(kept: KeptLabels | None) -> Iterator[str]:
    if kept is None:
        return
    yield f"labels: {kept.name}, version {kept.version}"
    if kept.changes:
        what = ", ".join(f"{label} ({change})" for label, change in kept.changes.items())
        yield f"the codebook has changed since; the study keeps its own version: {what}"


def status_of_all(found: Sequence[Status]) -> Iterator[str]:
    """Describe all studies, one a line."""
    if not found:
        yield "no studies yet; 'cbt study create' makes one"
        return
    rows = [
        [
            one.study.name,
            one.study.kind,
            one.study.status,
            f"{one.counts.items:,}",
            str(one.counts.raters),
            f"{one.counts.answered:,} of {one.counts.assigned:,}",
        ]
        for one in found
    ]
    yield from aligned([["study", "kind", "status", "items", "raters", "answered"], *rows], left=3)


def status_json(one: Status) -> dict[str, Any]:
    study, counts = one.study, one.counts
    return {
        "study": study.name,
        "status": study.status,
        "kind": study.kind,
        "items": counts.items,
        "repeats": counts.repeats,
        "systems": one.systems,
        "label_set": label_set(one.labels),
        "raters": [
            {
                "rater": rater.pseudonym,
                "group": rater.group,
                "assigned": rater.assigned,
                "answered": rater.answered,
                "last_at": _iso(rater.last_at),
            }
            for rater in one.raters
        ],
        "answered": counts.answered,
        "assigned": counts.assigned,
        "unblinded": study.unblinded_at is not None,
        "created_at": _iso(study.created_at),
        "opened_at": _iso(study.opened_at),
        "closed_at": _iso(study.closed_at),
        "unblinded_at": _iso(study.unblinded_at),
    }


def label_set(kept: KeptLabels | None) -> dict[str, Any] | None:
    """Return a study's label set as JSON; None where it has none."""
    return None if kept is None else {**vars(kept), "changes": dict(kept.changes)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _told(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def _span(numbers: Range) -> str:
    if numbers.low == numbers.high:
        return f"{numbers.low:,}"
    return f"{numbers.low:,} to {numbers.high:,}"
