"""The rows of a gold file: what is settled of each item, with the votes behind it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.columns import Presence
from db.gold import ItemTexts
from db.labels import Labelling
from db.votes import Decision, LabelledItem, Vote
from pipeline import ground_truth
from pipeline.ground_truth import Settled
from pipeline.tidy import Kind, number_text
from pipeline.tidy_gold import answer_text

OF_ITEM: dict[str, Kind] = {
    "study": "text",
    "item": "text",
    "source": "text",
    "question_id": "text",
    "system": "text",
    "label_set": "text",
    "presence": "text",
    "gold": "text",
    "primary": "text",
    "how": "text",
}
TEXTS: dict[str, Kind] = {"question": "text", "description": "text", "answer": "text"}
OF_VOTE: dict[str, Kind] = {
    "rater": "text",
    "rater_group": "text",
    "presence": "text",
    "labels": "text",
    "primary": "text",
    "confidence": "integer",
    "comment": "text",
    "evidence": "text",
    "revision": "integer",
    "seconds": "number",
    "submitted_at": "instant",
}
OF_LEAD: dict[str, Kind] = {
    "lead": "text",
    "lead_before_presence": "text",
    "lead_before_labels": "text",
    "decision": "text",
    "reason": "text",
    "decided_at": "instant",
}
LAST: dict[str, Kind] = {
    "share_present": "number",
    "shares": "text",
    "changed_definitions": "text",
    "is_repeat": "boolean",
    "is_calibration": "boolean",
}


@dataclass(frozen=True)
class Labels:
    """A study's label set by its name, its labels in their order, and those changed since."""

    name: str | None
    order: Mapping[str, int]
    changed: frozenset[str]

    def sorted(self, labels: Iterable[str]) -> list[str]:
        return sorted(labels, key=lambda label: (self.order.get(label, len(self.order)), label))


@dataclass(frozen=True)
class Shares:
    """Of the votes that could tell, how many say that a distortion, or which one, is there."""

    present: float
    labels: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """What leaves the store of one item; `gold` is None where nothing is settled."""

    study: str
    item: LabelledItem
    texts: ItemTexts
    label_set: str | None
    presence: Presence | None
    labels: Sequence[str]
    primary: str | None
    how: str
    shares: Shares | None
    changed: Sequence[str]

    @property
    def gold(self) -> str | None:
        return answer_text(self.presence, self.labels) if self.presence else None


def rows(
    study: str, items: Iterable[LabelledItem], texts: Mapping[int, ItemTexts], labels: Labels
) -> Iterator[Row]:
    """Yield each item with what the lead, or all labellers, or an outside gold say of it."""
    for item in items:
        settled = ground_truth.settle(item, rule=ground_truth.ADJUDICATED)
        cannot_tell = settled.left_out == "cannot_tell"
        yield Row(
            study=study,
            item=item,
            texts=texts[item.id],
            label_set=labels.name,
            presence="cannot_tell" if cannot_tell else settled.presence,
            labels=labels.sorted(settled.labels),
            primary=_primary(item, settled),
            how=settled.how or settled.left_out or "",
            shares=_shares(item.votes, labels),
            changed=labels.sorted(_used(item, settled) & labels.changed),
        )


def columns(items: Sequence[LabelledItem], *, texts: bool) -> dict[str, Kind]:
    """Return the columns of the flat form: those of a vote for each vote that an item has most."""
    found = {**OF_ITEM, **(TEXTS if texts else {}), "assigned": "integer"}
    for n in range(1, max((len(item.votes) for item in items), default=0) + 1):
        found |= {f"vote_{n}_{name}": kind for name, kind in OF_VOTE.items()}
    for n in range(1, max((len(item.gold) for item in items), default=0) + 1):
        found[f"outside_{n}"] = "text"
    return found | OF_LEAD | LAST


def flat(row: Row) -> dict[str, Any]:
    """Return a row's cells under the names of their columns; empty ones may be left out."""
    shares = row.shares
    cells = about(row) | {
        "changed_definitions": "|".join(row.changed) or None,
        "share_present": shares and shares.present,
        "shares": shares and _shares_text(shares),
    }
    for n, vote in enumerate(row.item.votes, 1):
        cells |= {f"vote_{n}_{name}": cell for name, cell in of_vote(vote).items()}
    for n, answer in enumerate(row.item.gold, 1):
        cells[f"outside_{n}"] = answer_text(answer.presence, answer.labels)
    return cells | (_lead(row.item.decision) if row.item.decision else {})


def about(row: Row) -> dict[str, Any]:
    """Return what the flat form and the structured one write alike."""
    return {
        "study": row.study,
        "item": row.item.item,
        "source": row.texts.source,
        "question_id": row.item.question,
        "system": row.item.system,
        "label_set": row.label_set,
        "presence": row.presence,
        "gold": row.gold,
        "primary": row.primary,
        "how": row.how,
        "question": row.texts.text,
        "description": row.texts.description,
        "answer": row.texts.answer,
        "assigned": row.item.assigned,
        "is_repeat": row.item.is_repeat,
        "is_calibration": row.item.is_calibration,
    }


def _primary(item: LabelledItem, settled: Settled) -> str | None:
    """Return the primary label of the lead, or of labellers who all name the same."""
    if settled.how == "adjudicated" and item.decision and item.decision.decided:
        return item.decision.decided.primary
    named = {vote.given.primary for vote in item.votes} if settled.how == "agreed" else set()
    return named.pop() if len(named) == 1 else None


def _used(item: LabelledItem, settled: Settled) -> frozenset[str]:
    given = [vote.given.ids for vote in item.votes]
    if item.decision:
        steps = (item.decision.before, item.decision.decided)
        given += [step.ids for step in steps if step]
    return settled.labels.union(*given)


def _shares(votes: Sequence[Vote], labels: Labels) -> Shares | None:
    told = [vote.given for vote in votes if vote.given.presence != "cannot_tell"]
    if not told:
        return None
    named = labels.sorted(frozenset().union(*(given.ids for given in told)))
    return Shares(
        sum(given.presence == "yes" for given in told) / len(told),
        {label: sum(label in given.ids for given in told) / len(told) for label in named},
    )


def _shares_text(shares: Shares) -> str | None:
    texts = (f"{label}: {number_text(share)}" for label, share in shares.labels.items())
    return "|".join(texts) or None


def of_vote(vote: Vote) -> dict[str, Any]:
    """Return what a labeller said, under the names of OF_VOTE."""
    return {
        "rater": vote.rater.pseudonym,
        "rater_group": vote.rater.group,
        "presence": vote.given.presence,
        "labels": _ids(vote.given),
        "primary": vote.given.primary,
        "confidence": vote.given.confidence,
        "comment": vote.comment,
        "evidence": _evidence(vote.given),
        "revision": vote.revision,
        "seconds": vote.seconds,
        "submitted_at": vote.submitted_at,
    }


def _ids(given: Labelling) -> str | None:
    return "|".join(label.id for label in given.labels) or None


def _evidence(given: Labelling) -> str | None:
    """Return where the evidence stands: `labeling: question 0-2, description 5-9|…`."""
    places = [
        f"{label.id}: " + ", ".join(f"{span.field} {span.start}-{span.end}" for span in label.spans)
        for label in given.labels
        if label.spans
    ]
    return "|".join(places) or None


def _lead(decision: Decision) -> dict[str, Any]:
    decided = decision.decided
    return {
        "lead": decision.lead.pseudonym,
        "lead_before_presence": decision.before.presence,
        "lead_before_labels": _ids(decision.before),
        "decision": answer_text(decided.presence, _in_order(decided)) if decided else None,
        "reason": decision.reason or None,
        "decided_at": decision.at if decided else None,
    }


def _in_order(given: Labelling) -> list[str]:
    return [label.id for label in given.labels]
