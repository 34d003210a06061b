"""Draw the order in which one rater sees the items."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from pipeline.study.chance import dice

TRIES_PER_ITEM = 60
Partners = dict[int, list[tuple[int, int]]]


@dataclass(frozen=True)
class Slot:
    """What the drawing needs to know of an item; `repeat_of` is the place of its original."""

    question: int
    system: int
    repeat_of: int | None = None


@dataclass(frozen=True)
class Spacing:
    """How many places at least lie between answers to one question, and before a repeat."""

    answers: int
    repeats: int

    def within(self, slots: Sequence[Slot], mine: Sequence[int]) -> "Spacing":
        """Return what a short list leaves to chance: half its questions, a third of its items."""
        questions = len({slots[item].question for item in mine})
        return Spacing(
            min(self.answers, max(1, questions // 2)), min(self.repeats, max(1, len(mine) // 3))
        )

    def narrower(self) -> "Spacing":
        return Spacing(max(1, self.answers * 4 // 5), max(1, self.repeats * 4 // 5))


def draw(slots: Sequence[Slot], mine: Sequence[int], *, wanted: Spacing, seed: str) -> list[int]:
    """Return `mine`, places in `slots`, in a random order that keeps the wanted spacing.

    The items are shuffled; then items that are too close to one of theirs change places with
    others at random until none is; then the answers to each question change places among
    themselves, so that each system comes first, second, … to equally many questions. No step
    prefers one question or system to another, so each is equally likely to come at any place.
    A spacing that is not reached in a limited number of tries is narrowed by a fifth.
    """
    chance = dice(seed)
    order = chance.sample(mine, k=len(mine))
    spacing = wanted.within(slots, mine)
    while not _spread(order, _partners(slots, mine, spacing), chance):
        spacing = spacing.narrower()
    return _originals_first(slots, _in_turns(slots, order, chance))


def _partners(slots: Sequence[Slot], mine: Sequence[int], spacing: Spacing) -> Partners:
    """Return for each item those that must not be near it, and how far away they must be."""
    same: dict[int, list[int]] = defaultdict(list)
    for item in mine:
        same[slots[item].question].append(item)
    partners: Partners = defaultdict(list)
    for items in same.values():
        for a, b in combinations(items, 2):
            is_repeat = slots[a].repeat_of == b or slots[b].repeat_of == a
            apart = max(spacing.repeats, spacing.answers) if is_repeat else spacing.answers
            partners[a].append((b, apart))
            partners[b].append((a, apart))
    return partners


def _spread(order: list[int], partners: Partners, chance: Random) -> bool:
    """Exchange items in place until none is too near to a partner; False if that was not found."""
    place = {item: n for n, item in enumerate(order)}

    def crowding(item: int) -> int:
        here = place[item]
        return sum(abs(here - place[other]) < apart for other, apart in partners.get(item, ()))

    def exchange(a: int, b: int) -> None:
        place[a], place[b] = place[b], place[a]
        order[place[a]], order[place[b]] = a, b

    # Two items that are too near to each other: at least one of them is always in this list.
    crowded = [item for item in order if crowding(item)]
    tries = TRIES_PER_ITEM * len(order)
    while crowded and tries:
        last = chance.randrange(len(crowded))
        crowded[last], crowded[-1] = crowded[-1], crowded[last]
        item = crowded.pop()
        if not crowding(item):
            continue
        tries -= 1
        other = order[chance.randrange(len(order))]
        before = crowding(item) + crowding(other)
        exchange(item, other)
        if crowding(item) + crowding(other) > before:
            exchange(item, other)
        crowded += [item, other]
    return not crowded


def _in_turns(slots: Sequence[Slot], order: Sequence[int], chance: Random) -> list[int]:
    """Let the systems take turns in being the first, second, … answer to a question.

    In each block of as many questions as there are systems, each system has each rank once: the
    ranks are a random order of the systems, moved on by one from question to question. Questions
    with a repeat keep their places, as a repeat's distance hangs on them.
    """
    places: dict[int, list[int]] = defaultdict(list)
    for place, item in enumerate(order):
        places[slots[item].question].append(place)
    repeated = {slots[item].question for item in order if slots[item].repeat_of is not None}
    movable = [question for question in places if question not in repeated]
    ordered = list(order)
    systems = sorted({slots[item].system for item in order})
    for n, question in enumerate(chance.sample(movable, k=len(movable))):
        turn = n % len(systems)
        if turn == 0:
            chance.shuffle(systems)
        item_of = {slots[order[place]].system: order[place] for place in places[question]}
        for place, system in zip(places[question], systems[turn:] + systems[:turn], strict=True):
            ordered[place] = item_of[system]
    return ordered


def _originals_first(slots: Sequence[Slot], order: list[int]) -> list[int]:
    place = {item: n for n, item in enumerate(order)}
    ordered = list(order)
    for item, here in place.items():
        original = slots[item].repeat_of
        if original is not None and here < place[original]:
            ordered[here], ordered[place[original]] = original, item
    return ordered
