"""Measure how balanced a drawn study is: the design report."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from statistics import mean
from typing import Any

from pipeline.study.order import Slot

Orders = Mapping[int, Sequence[int]]  # each rater's items, as places in the slots


@dataclass(frozen=True)
class Range:
    """The smallest and the largest of several numbers."""

    low: float
    high: float


@dataclass(frozen=True)
class Imbalance:
    """The largest imbalance of a study: its name among `Balance`'s fields, and its size.

    The size is a share: for counts (largest - smallest) / mean, for places the difference of two
    means over the mean length of an order, for first places the difference of two shares.
    """

    name: str
    share: float


@dataclass(frozen=True)
class Balance:
    """How balanced a drawn study is; None for what it does not have, as the pairs of one rater.

    items_per_rater: items of one rater, repeats too.
    answers_per_system: items of one system for one rater, without repeats.
    questions_per_pair: questions that two raters share.
    pairs_apart: pairs of raters who share no question.
    answer_gap: smallest difference of places between two items about one question, for one rater.
    repeat_distance: smallest difference of places between an item and its repeat.
    mean_place: the mean place of a system's items over all raters, without repeats.
    comes_first: the share of questions, over all raters, to which a system's answer comes first.
    """

    questions: int
    items: int
    repeats: int
    raters: int
    assignments: int
    items_per_rater: Range | None
    answers_per_system: Range | None
    questions_per_pair: Range | None
    pairs_apart: int
    answer_gap: int | None
    repeat_distance: int | None
    mean_place: Range | None
    comes_first: Range | None
    largest_imbalance: Imbalance | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(slots: Sequence[Slot], orders: Orders) -> Balance:
    """Return how balanced these orders of these items are."""
    lengths = [len(order) for order in orders.values()]
    shared = _questions_per_pair(slots, orders)
    several = len({slot.system for slot in slots}) > 1  # else only a repeat is about the same
    ranges = {
        "items_per_rater": _range(lengths),
        "answers_per_system": _range(_answers_per_system(slots, orders)),
        "questions_per_pair": _range(shared),
        "mean_place": _range(_mean_places(slots, orders)),
        "comes_first": _range(_first_shares(slots, orders)),
    }
    return Balance(
        questions=len({slot.question for slot in slots}),
        items=len(slots),
        repeats=sum(slot.repeat_of is not None for slot in slots),
        raters=len(orders),
        assignments=sum(lengths),
        pairs_apart=shared.count(0),
        answer_gap=min(_gaps(slots, orders), default=None) if several else None,
        repeat_distance=min(_distances(slots, orders), default=None),
        largest_imbalance=_largest(ranges, mean(lengths) if lengths else 0),
        **ranges,
    )


def _range(numbers: Sequence[float]) -> Range | None:
    return Range(min(numbers), max(numbers)) if numbers else None


def _answers_per_system(slots: Sequence[Slot], orders: Orders) -> list[int]:
    systems = {slot.system for slot in slots}
    counted = [Counter(slots[i].system for i in _originals(slots, o)) for o in orders.values()]
    return [counts[system] for counts in counted for system in systems]


def _questions_per_pair(slots: Sequence[Slot], orders: Orders) -> list[int]:
    asked = [{slots[item].question for item in order} for order in orders.values()]
    return [len(a & b) for a, b in combinations(asked, 2)]


def _originals(slots: Sequence[Slot], order: Sequence[int]) -> list[int]:
    return [item for item in order if slots[item].repeat_of is None]


def _mean_places(slots: Sequence[Slot], orders: Orders) -> list[float]:
    places: dict[int, list[int]] = defaultdict(list)
    for order in orders.values():
        for place, item in enumerate(order, 1):
            if slots[item].repeat_of is None:
                places[slots[item].system].append(place)
    return [mean(of_system) for of_system in places.values()]


def _first_shares(slots: Sequence[Slot], orders: Orders) -> list[float]:
    systems = {slot.system for slot in slots}
    first: Counter[int] = Counter()
    for order in orders.values():
        seen: set[int] = set()
        for item in order:
            if slots[item].question not in seen:
                seen.add(slots[item].question)
                first[slots[item].system] += 1
    return [first[system] / first.total() for system in systems] if first else []


def _gaps(slots: Sequence[Slot], orders: Orders) -> Iterator[int]:
    for order in orders.values():
        last: dict[int, int] = {}
        for place, item in enumerate(order):
            question = slots[item].question
            if question in last:
                yield place - last[question]
            last[question] = place


def _distances(slots: Sequence[Slot], orders: Orders) -> Iterator[int]:
    for order in orders.values():
        place = {item: n for n, item in enumerate(order)}
        for item, here in place.items():
            original = slots[item].repeat_of
            if original is not None:
                yield here - place[original]


def _largest(ranges: Mapping[str, Range | None], length: float) -> Imbalance | None:
    scales = {"mean_place": length, "comes_first": 1.0}
    found = [
        Imbalance(name, (r.high - r.low) / (scales.get(name) or (r.high + r.low) / 2 or 1))
        for name, r in ranges.items()
        if r is not None
    ]
    return max(found, key=lambda imbalance: imbalance.share, default=None)
