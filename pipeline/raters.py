"""How each rater of a study scores: severity, spread, halo, drift, pace, agreement."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from db import ratings as stored
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline import rated, rater_notes
from pipeline.rated import Criterion, RatedStudy
from pipeline.rater_notes import Note, Seen
from pipeline.reading_time import least_seconds
from pipeline.stats.agreement.group_agreement import BetweenGroups
from pipeline.stats.agreement.kinds import one_hot
from pipeline.stats.agreement.repeats import WithThemselves, with_themselves
from pipeline.stats.habits.dawid_skene import Consensus, consensus
from pipeline.stats.habits.halo import Halo, halo
from pipeline.stats.habits.pace import Pace, pace
from pipeline.stats.habits.rater_habits import Habit, Order, differences, habits
from pipeline.stats.habits.spread import Spread, spreads
from pipeline.stats.habits.with_others import with_others
from pipeline.stats.model import ordinal
from pipeline.stats.ratings import MISSING, Ratings
from pipeline.stats.resampling.intervals import ITEMS, QUESTIONS, Estimate, Resampling, Undefined

POSITIONS, DAY = 100, 86_400.0
FEW_POSITIONS = Undefined("few_positions", "fewer than 20 positions do not tell a trend")
NO_POSITIONS = Undefined(
    "no_positions",
    "the order in which answers were scored is not known; an imported file says it by 'position'",
)
ONE_DAY = Undefined("one_day", "all answers were scored within a day, so days tell no trend")
NO_TIMES = Undefined(
    "no_times",
    "when answers were scored is not known; an imported file says it by 'submitted_at'",
)
FEWEST_OTHERS, FEWEST_SHARED = 2, 10  # so that no other rater's scores can be guessed
STUDY_OPEN = Undefined("study_open", "this is told when the study is closed")
FEW_OTHERS = Undefined(
    "few_others",
    f"fewer than {FEWEST_SHARED} answers were also scored by {FEWEST_OTHERS} or more other raters",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RatersOf:
    """Whose habits to work out; `model` asks for the mixed model of each criterion too."""

    study: str
    criterion: str | None = None
    group: str | None = None
    rater: str | None = None
    model: bool = False


@dataclass(frozen=True)
class RaterOn:
    """One rater on one criterion; `missing` are scores to be given that are not."""

    rater: str
    missing: int
    spread: Spread
    habit: Habit
    with_others: BetweenGroups
    with_themselves: WithThemselves


@dataclass(frozen=True)
class RaterInAll:
    """One rater over all criteria; `judgements` are answers with at least one score."""

    rater: str
    group: str | None
    judgements: int
    pace: Pace
    halo: Halo
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class CriterionRaters:
    """What is found on one criterion.

    `by_position` and `by_time` are the trends of all raters in common. `consensus` is about
    `units`, the items with their systems, and has its raters in the order of `names`. `model` is
    None where it was not asked for.
    """

    levels: tuple[int, ...]
    raters: tuple[RaterOn, ...]
    by_position: Estimate
    by_time: Estimate
    consensus: Consensus | Undefined
    model: ordinal.OrdinalFit | Undefined | None


@dataclass(frozen=True)
class RatersFound:
    """How a study's raters score.

    `names` and `asked` are all raters and criteria, also where only one was wanted. `resampled`
    says what the intervals of agreement draw.
    """

    study: str
    group: str | None
    status: str
    unblinded: bool
    plan: Resampling
    resampled: str
    repeats: int
    calibration: int
    names: tuple[str, ...]
    asked: tuple[str, ...]
    systems: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    raters: tuple[RaterInAll, ...]
    criteria: dict[str, CriterionRaters]


def run(store: Store, config: RatersOf) -> RatersFound:
    """Return how the raters score, from their newest judgements. Raises NotKnown or NotAllowed."""
    study = rated.read(store, study=config.study, group=config.group)
    if not study.raters:
        raise NotAllowed(
            f"nobody has judged an item of the study {config.study} that counts;"
            " calibration items are left out"
        )
    names = tuple(rater.pseudonym for rater in study.raters)
    chosen = _chosen(names, config)
    wanted = _criteria(study, config)
    criteria = {each.id: _criterion(study, each, config) for each in wanted}
    in_all = _in_all(store, study, criteria)
    return RatersFound(
        study=study.name,
        group=study.group,
        status=study.status,
        unblinded=study.unblinded,
        plan=study.plan,
        resampled=QUESTIONS if study.ratings(wanted[0]).clustered else ITEMS,
        repeats=study.repeats,
        calibration=study.calibration,
        names=names,
        asked=tuple(each.id for each in study.criteria),
        systems=tuple(system.shown for system in study.systems),
        units=tuple(
            (item, study.systems[system].shown)
            for item, system in zip(study.items, study.unit_system.tolist(), strict=True)
        ),
        raters=tuple(in_all[row] for row in chosen),
        criteria={
            name: replace(found, raters=tuple(found.raters[row] for row in chosen))
            for name, found in criteria.items()
        },
    )


def _chosen(names: tuple[str, ...], config: RatersOf) -> list[int]:
    if config.rater is None:
        return list(range(len(names)))
    if config.rater not in names:
        of_group = f" of the group {config.group}" if config.group else ""
        raise NotKnown(
            f"the study {config.study} has no rater {config.rater}{of_group};"
            f" raters: {', '.join(names)}"
        )
    return [names.index(config.rater)]


def _criteria(study: RatedStudy, config: RatersOf) -> list[Criterion]:
    wanted = [each for each in study.criteria if config.criterion in {None, each.id}]
    if not wanted:
        known = ", ".join(each.id for each in study.criteria)
        raise NotKnown(
            f"the study {study.name} has no criterion {config.criterion}; criteria: {known}"
        )
    return wanted


def _criterion(study: RatedStudy, criterion: Criterion, config: RatersOf) -> CriterionRaters:
    scores = study.ratings(criterion)
    again = study.repeat_ratings(criterion)
    found = habits(scores, questions=study.unit_question, orders=_orders(study), plan=study.plan)
    missing = study.missing(criterion).sum(axis=1)
    spread = spreads(scores)
    return CriterionRaters(
        levels=criterion.levels,
        raters=tuple(
            RaterOn(
                rater=rater.pseudonym,
                missing=int(missing[row]),
                spread=spread[row],
                habit=found.raters[row],
                with_others=with_others(scores, row, plan=study.plan),
                with_themselves=with_themselves(
                    scores.of_raters(np.array([row])),
                    again.of_raters(np.array([row])),
                    metric="ordinal",
                    plan=study.plan,
                ),
            )
            for row, rater in enumerate(study.raters)
        ),
        by_position=found.trends[0],
        by_time=found.trends[1],
        consensus=consensus((one_hot(scores) + one_hot(again)).astype(np.int64)),
        model=ordinal.fit(
            scores,
            systems=study.unit_system,
            questions=study.unit_question,
            level=study.plan.level,
        )
        if config.model
        else None,
    )


def _orders(study: RatedStudy) -> tuple[Order, Order]:
    return (
        Order(study.positions, POSITIONS, 19, FEW_POSITIONS, NO_POSITIONS),
        Order(study.times, DAY, DAY, ONE_DAY, NO_TIMES),
    )


def _in_all(
    store: Store, study: RatedStudy, criteria: dict[str, CriterionRaters]
) -> list[RaterInAll]:
    needed = _needed(store, study)
    scored = np.any([codes != MISSING for codes in study.codes.values()], axis=0)
    alike = halo(
        [study.ratings(each) for each in study.criteria],
        questions=study.unit_question,
        plan=study.plan,
    )
    found = []
    for row, rater in enumerate(study.raters):
        took = pace(np.where(scored[row], study.seconds[row], np.nan), needed)
        seen = [
            Seen(name, of.levels, on.spread, on.habit, on.with_themselves)
            for name, of in criteria.items()
            for on in [of.raters[row]]
        ]
        notes = [note for each in seen for note in rater_notes.on_criterion(each)]
        notes += rater_notes.in_all(alike[row], took)
        judged = int(scored[row].sum())
        found.append(
            RaterInAll(rater.pseudonym, rater.group, judged, took, alike[row], tuple(notes))
        )
    return found


def _needed(store: Store, study: RatedStudy) -> Floats:
    """Return how many seconds reading each unit's text takes at least, NaN without a text."""
    with store.reading() as session:
        texts = stored.texts(session, study=stored.rating_study(session, name=study.name))
    found = [
        texts.get((item, study.systems[system].id))
        for item, system in zip(study.items, study.unit_system.tolist(), strict=True)
    ]
    return np.array([np.nan if text is None else least_seconds(text) for text in found])


@dataclass(frozen=True)
class Near:
    """How near `n` own scores are to the mean of two or more others, in points.

    `difference` is the mean of own less others', `distance` that of how far they are apart.
    """

    n: int
    difference: float
    distance: float


@dataclass(frozen=True)
class OwnScale:
    """How a rater used a criterion's levels.

    Of `repeats` answers that came again, `same` got the same score. `near` is told when the
    study is closed, so that nobody is drawn towards the others before.
    """

    criterion: str
    levels: tuple[int, ...]
    counts: tuple[int, ...]
    repeats: int
    same: int
    near: Near | Undefined


@dataclass(frozen=True)
class OwnRatings:
    """What a rater may see of the own ratings: `judgements` of the `assigned`, and their pace."""

    study: str
    status: str
    judgements: int
    assigned: int
    pace: Pace
    criteria: tuple[OwnScale, ...]


def own(store: Store, *, study: str, rater: str) -> OwnRatings:
    """Return what concerns one rater alone: no other's scores, and no system's.

    `rater` is the pseudonym. Raises NotKnown for who does not rate in the study, NotAllowed for
    one without any judgement.
    """
    found = rated.read(store, study=study)
    (row,) = _chosen(tuple(r.pseudonym for r in found.raters), RatersOf(study, rater=rater))
    scored = np.any([codes[row] != MISSING for codes in found.codes.values()], axis=0)
    seconds = np.where(scored, found.seconds[row], np.nan)
    return OwnRatings(
        study=found.name,
        status=found.status,
        judgements=int(scored.sum()),
        assigned=int(found.assigned[row].sum()),
        pace=pace(seconds, np.full(seconds.size, np.nan)),
        criteria=tuple(_own_scale(found, each, row) for each in found.criteria),
    )


def _own_scale(study: RatedStudy, criterion: Criterion, row: int) -> OwnScale:
    scores = study.ratings(criterion)
    first, again = scores.codes[row], study.repeat_codes[criterion.id][row]
    twice = (first != MISSING) & (again != MISSING)
    return OwnScale(
        criterion=criterion.id,
        levels=criterion.levels,
        counts=tuple(np.bincount(first[first != MISSING], minlength=scores.q).tolist()),
        repeats=int(twice.sum()),
        same=int((first[twice] == again[twice]).sum()),
        near=_near(scores, row) if study.status == "closed" else STUDY_OPEN,
    )


def _near(scores: Ratings, row: int) -> Near | Undefined:
    apart = differences(scores)[0][row]
    apart = apart[scores.given.sum(axis=0) > FEWEST_OTHERS]
    apart = apart[~np.isnan(apart)]
    if apart.size < FEWEST_SHARED:
        return FEW_OTHERS
    return Near(int(apart.size), float(apart.mean()), float(np.abs(apart).mean()))
