"""Work out how far the raters of a study agree, on each criterion or on distortions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.columns import StudyKind
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline.agreement.contrast import Contrast, Wanted, contrast
from pipeline.agreement.criterion import CriterionAgreement, measure
from pipeline.agreement.reading import Known, check, read
from pipeline.labelled import LabelledStudy
from pipeline.labeller_agreement import LabellerAgreement
from pipeline.labeller_agreement import measure as measure_labels
from pipeline.stats.agreement.families import IDENTITY
from pipeline.stats.agreement.weights import DISTANCES
from pipeline.stats.resampling.intervals import ITEMS, QUESTIONS, Resampling

QUADRATIC = "quadratic"
WEIGHTS = tuple(DISTANCES)


@dataclass(frozen=True)
class AgreementOf:
    """Whose agreement to work out, and how.

    `group` and `criterion` restrict it to one of each. `weights` say how far two levels count as
    the same, one of WEIGHTS; None is quadratic where levels have an order. `against` is another
    group, criterion or study to take the difference from: a name, or with "group:", "criterion:"
    or "study:" before it.
    """

    study: str
    group: str | None = None
    criterion: str | None = None
    weights: str | None = None
    against: str | None = None


@dataclass(frozen=True)
class Agreement:
    """How far the raters of a study agree.

    `raters` and `items` have a score on any of the criteria. `repeats` and `calibration` are
    judgements that were left out. `resampled` says what intervals draw: "questions" where several
    items are about one, else "items". `labels` is of a distortion study only, whose one criterion
    is presence.
    """

    study: str
    kind: StudyKind
    status: str
    unblinded: bool
    group: str | None
    weights: str
    plan: Resampling
    resampled: str
    raters: int
    items: int
    repeats: int
    calibration: int
    criteria: tuple[CriterionAgreement, ...]
    labels: LabellerAgreement | None
    contrast: Contrast | None


def run(store: Store, config: AgreementOf) -> Agreement:
    """Return the agreement of the newest judgements.

    Raises NotKnown for a study, group, criterion or weights that there are not, NotAllowed where
    nothing at all can be told, with what would be enough.
    """
    known = read(store, study=config.study, group=config.group)
    scores = [known.criterion(config.criterion)] if config.criterion else list(known.criteria)
    weights = _weights(known, config.weights)
    check(known, scores)
    study, wanted = known.study, Wanted(scores, weights, known.study.plan)
    given = [each.ratings.given for each in scores]
    return Agreement(
        study=study.name,
        kind=known.kind,
        status=study.status,
        unblinded=study.unblinded,
        group=study.group,
        weights=weights,
        plan=study.plan,
        resampled=QUESTIONS if scores[0].ratings.clustered else ITEMS,
        raters=_any(given, axis=1),
        items=_any(given, axis=0),
        repeats=study.repeats,
        calibration=study.calibration,
        criteria=tuple(
            measure(
                each,
                weights=weights,
                plan=study.plan,
                running=study.status == "open",
                by_group=study.group is None,
            )
            for each in scores
        ),
        labels=_labels(study) if isinstance(study, LabelledStudy) else None,
        contrast=contrast(store, known, config.against, wanted) if config.against else None,
    )


def _weights(known: Known, asked: str | None) -> str:
    if asked is not None and asked not in WEIGHTS:
        raise NotKnown(f"there are no weights {asked}; there are {', '.join(WEIGHTS)}")
    if known.kind == "rating":
        return asked or QUADRATIC
    if asked not in (None, IDENTITY):
        raise NotAllowed(
            f"{known.study.name} is a distortion study: presence is yes, no or cannot tell, which"
            " have no order, so there are no weights to choose"
        )
    return IDENTITY


def _any(given: Sequence[NDArray[np.bool_]], *, axis: int) -> int:
    """Return how many raters, or items, have a score on any criterion."""
    return int(np.any([each.any(axis=axis) for each in given], axis=0).sum())


def _labels(study: LabelledStudy) -> LabellerAgreement:
    return measure_labels(study.votes, plan=study.plan)
