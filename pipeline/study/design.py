"""Decide who judges what, and what is judged twice."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from secrets import SystemRandom

from pipeline.study.chance import dice, shuffled
from pipeline.study.sharing import evened


def judges(
    *, questions: int, raters: int, per_item: int, seed: int, repeats: Sequence[int] = ()
) -> list[tuple[int, ...]]:
    """Return for each question (0, 1, …) the raters (0, 1, …) who judge all answers to it.

    The answers to one question go to the same raters, so systems are compared within raters.
    Questions are dealt out in a random order; each goes to the raters with the fewest so far and,
    among those, to raters who have shared the fewest questions. So at every point of the dealing
    the loads of any two raters differ by one question at most. At last questions exchange raters
    so that all pairs share about equally many; only those with as many items do, as `repeats`
    tells, which names a question once for each of its repeats.
    """
    if per_item == raters:
        return [tuple(range(raters))] * questions
    chance = dice(f"{seed} judges")
    load = [0] * raters
    shared = [[0] * raters for _ in range(raters)]
    dealt: list[tuple[int, ...]] = [()] * questions
    for question in _dealing(questions, seed):
        chosen: list[int] = []
        for _ in range(per_item):
            ranks = {
                rater: (load[rater], sum(shared[rater][c] for c in chosen), chance.random())
                for rater in range(raters)
                if rater not in chosen
            }
            chosen.append(min(ranks, key=ranks.__getitem__))
        for a, b in combinations(chosen, 2):
            shared[a][b] += 1
            shared[b][a] += 1
        for rater in chosen:
            load[rater] += 1
        dealt[question] = tuple(chosen)
    again = Counter(repeats)
    alike = [again[question] for question in range(questions)]
    return evened(dealt, raters=raters, alike=alike, chance=chance)


def repeated(*, questions: int, systems: int, share: float, seed: int) -> list[tuple[int, int]]:
    """Return the (question, system) pairs, a share of all, whose item is judged twice.

    One answer of each question is taken, in the order in which questions are dealt to raters, so
    that repeats are as balanced over the raters as the questions; the systems take turns. A share
    that needs more than one answer a question goes round again, with another system.
    """
    order = _dealing(questions, seed)
    turns = shuffled(range(systems), seed=f"{seed} repeats")
    n = _half_up(share * questions * systems)
    rounds = range(systems)
    pairs = [(q, turns[(i + r) % systems]) for r in rounds for i, q in enumerate(order)]
    return pairs[:n]


def system_codes(names: Sequence[str]) -> dict[str, str]:
    """Return each system's code, S1, S2, … in this order, and never the same from the same seed.

    A seed is known to many and serves other studies too, so from a code that it draws the name
    could be told. All that a seed draws must therefore hang on the codes, not on the names.
    """
    drawn = SystemRandom().sample(names, k=len(names))
    return {name: f"S{n}" for n, name in enumerate(drawn, 1)}


def _dealing(questions: int, seed: int) -> list[int]:
    return shuffled(range(questions), seed=f"{seed} dealing")


def _half_up(number: float) -> int:
    return int(number + 0.5)
