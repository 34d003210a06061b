"""Settle what a distortion study says of an item: by the lead, by union, by one labeller."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.columns import Presence
from db.labels import Labelling
from db.votes import LabelledItem

ADJUDICATED, UNION, INTERSECTION = "adjudicated", "union", "intersection"
RULES = (ADJUDICATED, UNION, INTERSECTION)
KINDS = ("presence", "labels", "primary", "cannot_tell")  # of disagreement


@dataclass(frozen=True)
class Settled:
    """What holds of an item, or why nothing does: `left_out` is then a code, else None.

    `how` says where the answer is from: "adjudicated", "agreed", "gold", "union", "intersection"
    or "labeller". `labels` are ids of the study's label set, or names of an outside gold as they
    came; they are empty unless `presence` is "yes".
    """

    presence: Presence | None
    labels: frozenset[str] = frozenset()
    how: str | None = None
    left_out: str | None = None


def settle(item: LabelledItem, *, rule: str) -> Settled:
    """Return what holds of an item by a rule: one of RULES, else a labeller's pseudonym.

    adjudicated: the lead's decision, else what all (two or more) labellers agree on in presence
    and labels, else the only answer of an outside gold. Left out are items that wait for a
    decision ("undecided"), have a gold with two answers ("conflicting"), have only one vote
    ("one_vote") or none ("no_vote"), and answers "cannot tell" ("cannot_tell").
    union, intersection: of two votes or more, the labels that any, or all, of them gave. Presence
    is "yes" where any vote, or every one, says so; a vote "cannot tell" leaves the item out.
    """
    if rule == ADJUDICATED:
        return _without_doubt(_adjudicated(item))
    if rule in (UNION, INTERSECTION):
        return _without_doubt(_combined(item, rule))
    mine = [vote.given for vote in item.votes if vote.rater.pseudonym == rule]
    return _without_doubt(_of(mine[0], "labeller") if mine else Settled(None, left_out="no_vote"))


def agree(votes: Sequence[Labelling]) -> bool:
    """Say whether all votes have the same presence and the same set of labels."""
    return len({(vote.presence, vote.ids) for vote in votes}) == 1


def disagreements(votes: Sequence[Labelling]) -> frozenset[str]:
    """Return in which of KINDS the votes differ; "cannot_tell" where any of them says so."""
    found = {
        "presence": len({vote.presence for vote in votes}) > 1,
        "labels": len({vote.ids for vote in votes}) > 1,
        "primary": len({vote.primary for vote in votes}) > 1,
        "cannot_tell": any(vote.presence == "cannot_tell" for vote in votes),
    }
    return frozenset(kind for kind in KINDS if found[kind])


def _of(given: Labelling, how: str) -> Settled:
    return Settled(given.presence, given.ids, how)


def _without_doubt(settled: Settled) -> Settled:
    if settled.presence == "cannot_tell":
        return Settled(None, how=settled.how, left_out="cannot_tell")
    return settled


def _adjudicated(item: LabelledItem) -> Settled:
    if item.decision and item.decision.decided:
        return _of(item.decision.decided, "adjudicated")
    votes = [vote.given for vote in item.votes]
    if len(votes) > 1:
        return _of(votes[0], "agreed") if agree(votes) else Settled(None, left_out="undecided")
    if item.gold:
        return _gold(item)
    return Settled(None, left_out="one_vote" if votes else "no_vote")


def _gold(item: LabelledItem) -> Settled:
    if any(answer.conflicting for answer in item.gold):
        return Settled(None, left_out="conflicting")
    answer = item.gold[-1]
    return Settled(answer.presence, frozenset(answer.labels), "gold")


def _combined(item: LabelledItem, rule: str) -> Settled:
    votes = [vote.given for vote in item.votes]
    if len(votes) < 2:
        return Settled(None, left_out="one_vote" if votes else "no_vote")
    if any(vote.presence == "cannot_tell" for vote in votes):
        return Settled("cannot_tell")
    sets = [vote.ids for vote in votes]
    present = [vote.presence == "yes" for vote in votes]
    if rule == UNION:
        return Settled("yes" if any(present) else "no", frozenset().union(*sets), UNION)
    return Settled("yes" if all(present) else "no", frozenset.intersection(*sets), INTERSECTION)
