"""Each system's means on each criterion of a study, compared with the others', as in Table 5."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from db.engine import Store
from pipeline import rated
from pipeline.comparing.cells import CellMean, cells
from pipeline.comparing.compared import Compared
from pipeline.comparing.differences import Difference, Family, differences
from pipeline.comparing.groups import GroupDifference, GroupMeans, group_differences, groups
from pipeline.rated import Criterion, RatedStudy
from pipeline.stats.ratings import MISSING
from pipeline.stats.resampling.intervals import Estimate, Resampling, Undefined

if TYPE_CHECKING:
    from pipeline.stats.model.ordinal import OrdinalFit


@dataclass(frozen=True)
class ResultsOf:
    """Whose results to work out: a study's, of all its raters or of one group.

    `model` asks for the mixed model of each criterion too.
    """

    study: str
    group: str | None = None
    model: bool = False


@dataclass(frozen=True)
class SystemMean(CellMean):
    """With what does not count for it: missing, repeats and calibration items.

    `missing` are assigned scores that nobody gave; `repeats` and `calibration` are scores given.
    """

    missing: int
    repeats: int
    calibration: int


@dataclass(frozen=True)
class Rank:
    """A system's rank, its mean over the resamples, and the share of these in which it is best."""

    system: str
    rank: Estimate
    mean: float | None
    p_best: float | None


@dataclass(frozen=True)
class CriterionResults:
    """What is found on one criterion; `model` is None where it was not asked for."""

    systems: list[SystemMean]
    differences: list[Difference]
    ranks: list[Rank]
    model: "OrdinalFit | Undefined | None"


@dataclass(frozen=True)
class Extent:
    """How many raters, questions and items there are; a repeat is no item of its own."""

    raters: int
    questions: int
    items: int


@dataclass(frozen=True)
class Results:
    """A study's results; `repeats` and `calibration` are the judgements that were left out.

    `scored` is what has a score that counts, `assigned` what was to have one. There are `groups`
    where the raters are of several; `group_differences` has those of each criterion.
    """

    study: str
    group: str | None
    status: str
    unblinded: bool
    plan: Resampling
    scored: Extent
    assigned: Extent
    repeats: int
    calibration: int
    systems: tuple[str, ...]
    raters: tuple[str, ...]
    family: Family
    criteria: dict[str, CriterionResults]
    groups: list[GroupMeans]
    group_differences: dict[str, list[GroupDifference]]


def run(store: Store, config: ResultsOf) -> Results:
    """Return the results of the newest judgements. Raises NotKnown or NotAllowed."""
    study = rated.read(store, study=config.study, group=config.group)
    compared = Compared(study)
    family = Family.of(study)
    pairs = differences(compared, family)
    has_score = np.any([codes != MISSING for codes in study.codes.values()], axis=0)
    return Results(
        study=study.name,
        group=study.group,
        status=study.status,
        unblinded=study.unblinded,
        plan=study.plan,
        scored=_extent(study, has_score),
        assigned=_extent(study, study.assigned),
        repeats=study.repeats,
        calibration=study.calibration,
        systems=tuple(system.shown for system in study.systems),
        raters=tuple(rater.pseudonym for rater in study.raters),
        family=family,
        criteria={
            criterion.id: CriterionResults(
                systems=_systems(compared, criterion),
                differences=pairs[criterion.id],
                ranks=_ranks(compared, criterion),
                model=_model(study, criterion) if config.model else None,
            )
            for criterion in study.criteria
        },
        groups=groups(compared),
        group_differences=group_differences(compared),
    )


def _extent(study: RatedStudy, there: NDArray[np.bool_]) -> Extent:
    units = there.any(axis=0)
    return Extent(
        raters=int(there.any(axis=1).sum()),
        questions=int(np.unique(study.unit_question[units]).size),
        items=int(units.sum()),
    )


def _systems(compared: Compared, criterion: Criterion) -> list[SystemMean]:
    study = compared.study
    missing = np.bincount(
        study.unit_system,
        weights=study.missing(criterion).sum(axis=0),
        minlength=len(study.systems),
    )
    return [
        SystemMean(
            **vars(cell),
            missing=int(missing[place]),
            repeats=int(study.repeat_scores[criterion.id][place]),
            calibration=int(study.calibration_scores[criterion.id][place]),
        )
        for place, cell in enumerate(cells(compared, criterion.id, group=None))
    ]


def _ranks(compared: Compared, criterion: Criterion) -> list[Rank]:
    systems = compared.study.systems
    if len(systems) < 2:
        return []
    return [
        Rank(system.shown, each.rank, each.mean, each.best)
        for system, each in zip(systems, compared.ranks(criterion.id), strict=True)
    ]


def _model(study: RatedStudy, criterion: Criterion) -> "OrdinalFit | Undefined":
    from pipeline.stats.model import ordinal  # noqa: PLC0415 - only who asks for a model waits for it

    return ordinal.fit(
        study.ratings(criterion),
        systems=study.unit_system,
        questions=study.unit_question,
        level=study.plan.level,
    )
