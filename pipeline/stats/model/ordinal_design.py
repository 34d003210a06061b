"""Which effects an ordinal model of systems and raters can have, given who scored what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.model.cumulative import scores
from pipeline.stats.model.cumulative_fit import Fitted
from pipeline.stats.model.cumulative_fit import fit as maximum
from pipeline.stats.ratings import Ratings
from pipeline.stats.resampling.intervals import Undefined

SYSTEMS, RATERS = "systems", "raters"
QUESTION, CELL = "question", "question_by_system"

NO_SCORES = Undefined("no_scores", "nobody gave a score")
ONE_VALUE = Undefined("one_value", "all scores are the same, so nothing can be compared")
ONE_QUESTION = Undefined("one_question", "one question does not tell how questions differ")
NOT_LINKED = Undefined(
    "not_linked",
    "some systems share no rater with the others, directly or by way of further ones, so"
    " systems cannot be told from raters",
)
NO_MAXIMUM = Undefined(
    "no_maximum",
    "no maximum of the likelihood was found, as where raters nearly always agree, or where all"
    " scores of some raters or systems lie at or above those of the others",
)
ONE = {
    SYSTEMS: Undefined("one_system", "there are scores of one system only"),
    RATERS: Undefined("one_rater", "there are scores by one rater only"),
}
NONE_OF_IT = Undefined("no_scores", "there are no scores")
ONLY_LOWEST = Undefined("only_lowest", "all scores are the lowest, so the effect has no bound")
ONLY_HIGHEST = Undefined("only_highest", "all scores are the highest, so the effect has no bound")
NO_BOUND = (ONLY_LOWEST, ONLY_HIGHEST)
ALONE = Undefined(
    "alone", "the effects of all others have no bound, so there is none to compare with"
)
ONE_SCORE_A_QUESTION = Undefined(
    "one_score_a_question", "no question has two scores, so how questions differ cannot be told"
)
ONE_SCORE_A_UNIT = Undefined(
    "one_score_a_unit",
    "no answer has two scores, so how systems differ from question to question cannot be told",
)
ONE_SYSTEM_A_QUESTION = Undefined(
    "one_system_a_question",
    "no question has answers of two systems whose effects have a bound, so this cannot be told from"
    " how questions differ",
)

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """One row a score: its place on the scale, and whose score to which system's answer it is."""

    codes: Places
    systems: Places
    raters: Places
    questions: Places
    counts: dict[str, int]

    def of(self, factor: str) -> Places:
        return self.systems if factor == SYSTEMS else self.raters

    def of_scores(self, kept: NDArray[np.bool_]) -> "Rows":
        return Rows(
            self.codes[kept],
            self.systems[kept],
            self.raters[kept],
            self.questions[kept],
            self.counts,
        )


@dataclass(frozen=True)
class Model:
    """A fitted model.

    `members` are the systems and raters that have an effect, in the order of their columns, of
    which the last has none, as effects sum to 0; `refused` says why others have no effect.
    `random` are the random effects in the order of their deviations; `without` says why another
    could not be told. `levels` are the places on the scale that were used.
    """

    fitted: Fitted
    n: int
    questions: int
    levels: Places
    members: dict[str, Places]
    refused: dict[str, dict[int, Undefined]]
    random: tuple[str, ...]
    without: dict[str, Undefined]


def rows(ratings: Ratings, *, systems: Places, questions: Places) -> Rows:
    rater, unit = np.nonzero(ratings.given)
    counts = {SYSTEMS: int(systems.max(initial=-1)) + 1, RATERS: ratings.codes.shape[0]}
    return Rows(ratings.codes[rater, unit], systems[unit], rater, questions[unit], counts)


def model(
    given: Rows,
    factors: tuple[str, ...] = (SYSTEMS, RATERS),
    *,
    leave_out: str | None = None,
    information: bool = False,
) -> Model | Undefined:
    """Return the fit with the effects of `factors`, without the random effect `leave_out`."""
    if not given.codes.size:
        return NO_SCORES
    refused, kept = _without_bound(given, factors)
    found = given.of_scores(kept)
    levels, codes = np.unique(found.codes, return_inverse=True)
    if levels.size < 2:
        return ONE_VALUE
    if np.unique(found.questions).size < 2:
        return ONE_QUESTION
    members = {factor: np.unique(found.of(factor)) for factor in factors}
    columns = [_centred(found.of(factor), members[factor]) for factor in factors]
    fixed = np.hstack([np.empty((codes.size, 0)), *columns])
    if not _linked(fixed):
        return NOT_LINKED
    groups, cells, random, without = _random(found, leave_out)
    fitted = maximum(scores(codes, fixed, groups=groups, cells=cells), information=information)
    if not fitted.converged or (information and fitted.covariance is None):
        return NO_MAXIMUM
    return Model(
        fitted,
        n=given.codes.size,
        questions=int(np.unique(given.questions).size),
        levels=levels,
        members=members,
        refused=refused,
        random=random,
        without=without,
    )


def _without_bound(
    given: Rows, factors: tuple[str, ...]
) -> tuple[dict[str, dict[int, Undefined]], NDArray[np.bool_]]:
    """Return whose effects have no bound or no scores, and which scores are left without them."""
    refused: dict[str, dict[int, Undefined]] = {factor: {} for factor in factors}
    kept = np.ones(given.codes.size, dtype=np.bool_)
    before = -1
    while before != kept.sum() and kept.any():
        before = int(kept.sum())
        for factor in factors:
            extreme = _extreme(given.codes[kept], given.of(factor)[kept])
            refused[factor] |= extreme
            kept &= ~np.isin(given.of(factor), list(extreme))
    for factor in factors:
        scored = set(given.of(factor).tolist())
        absent = [place for place in range(given.counts[factor]) if place not in scored]
        refused[factor] |= dict.fromkeys(absent, NONE_OF_IT)
    return refused, kept


def _extreme(codes: Places, places: Places) -> dict[int, Undefined]:
    """Return who has nothing but the lowest or highest level, where not everybody has."""
    if codes.size == 0 or codes.min() == codes.max() or np.unique(places).size < 2:
        return {}
    each = np.bincount(places)
    ends = ((codes.min(), ONLY_LOWEST), (codes.max(), ONLY_HIGHEST))
    return {
        int(place): why
        for end, why in ends
        for place in np.flatnonzero((each > 0) & (np.bincount(places, codes == end) == each))
    }


def _centred(places: Places, members: Places) -> Floats:
    """Return columns of effects that sum to 0: the last member has minus the sum of the others."""
    which = np.searchsorted(members, places)
    coded = np.vstack([np.eye(members.size - 1), -np.ones((1, members.size - 1))])
    found: Floats = coded[which]
    return found


def _linked(fixed: Floats) -> bool:
    distinct = np.unique(np.hstack([np.ones((len(fixed), 1)), fixed]), axis=0)
    return bool(np.linalg.matrix_rank(distinct) == distinct.shape[1])


def _random(
    found: Rows, leave_out: str | None
) -> tuple[Places | None, Places | None, tuple[str, ...], dict[str, Undefined]]:
    """Return the groups and cells of the random effects, their names, and why one is not there."""
    units = found.questions * found.counts[SYSTEMS] + found.systems
    without: dict[str, Undefined] = {}
    if _most(found.questions) < 2:
        without[QUESTION] = ONE_SCORE_A_QUESTION
    if _most(units) < 2:
        without[CELL] = ONE_SCORE_A_UNIT
    elif _most(np.unique(units) // found.counts[SYSTEMS]) < 2:
        without[CELL] = ONE_SYSTEM_A_QUESTION
    random = tuple(name for name in (QUESTION, CELL) if name not in without and name != leave_out)
    groups = found.questions if QUESTION in random else units if random else None
    cells = found.systems if len(random) == 2 else None
    return groups, cells, random, without


def _most(places: Places) -> int:
    return int(np.unique(places, return_counts=True)[1].max())
