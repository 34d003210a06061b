"""Score a detector against a distortion study's ground truth, as in the paper's Table 3."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import detections, frames, label_sets, studies, votes
from db.detections import ItemDetection
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import LabelSet, Study, System
from db.votes import LabelledItem
from pipeline import analysis
from pipeline.codebook import distortions, naming
from pipeline.codebook.crosswalk import crosswalks
from pipeline.codebook.naming import Naming
from pipeline.detection_quality import ceiling
from pipeline.detection_quality.ceiling import Ceiling
from pipeline.detection_quality.comparison import (
    Comparison,
    Said,
    compare,
    not_known,
    without_counterpart,
)
from pipeline.detection_quality.versus import Both, Versus, versus
from pipeline.ground_truth import ADJUDICATED, RULES, Settled, settle
from pipeline.stats.labels.detection import (
    TwoByTwo,
    always_flag,
    binary_quality,
    never_flag,
)
from pipeline.stats.resampling.intervals import Estimate, Resampling


@dataclass(frozen=True)
class QualityOf:
    """Which detector to score, against what of a study.

    `gold` is one of ground_truth's rules, else a labeller's pseudonym or username. `system` is
    whose answers to the items' questions count where a detector did not look at the items.
    `crosswalk` compares in its classes instead of by the codebook.
    """

    study: str
    detector: str | None = None
    against: str | None = None
    gold: str = ADJUDICATED
    system: str | None = None
    crosswalk: str | None = None


@dataclass(frozen=True)
class Names:
    """Label names that could not be compared, with the number of items that have each."""

    gold: Mapping[str, int]
    detector: Mapping[str, int]


@dataclass(frozen=True)
class Baseline:
    """What a detector would score that always gives the same answer."""

    table: TwoByTwo
    figures: dict[str, Estimate]


@dataclass(frozen=True)
class Quality:
    """How good a detector is; `coded` says that the study's system appears by code.

    `places` counts where the detections were found, `settled` how the gold answers came about.
    `outside` are label names of the gold that the codebook does not have, compared as they came.
    `unknown` names count for presence only, and so do those `without` a counterpart in the
    crosswalk. `changed` are labels whose definition in the codebook is another now.
    """

    study: str
    status: str
    unblinded: bool
    coded: bool
    detector: str
    gold: str
    system: str | None
    crosswalk: str | None
    plan: Resampling
    n: int
    left_out: Mapping[str, int]
    places: Mapping[str, int]
    settled: Mapping[str, int]
    comparison: Comparison
    never: Baseline
    always: Baseline
    ceiling: Ceiling | None
    versus: Versus | None
    unknown: Names
    without: Names
    outside: tuple[str, ...]
    changed: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What the store knows of a study: its items, and what each detector found for them."""

    study: Study
    items: list[LabelledItem]
    found: dict[str, dict[int, ItemDetection]]
    label_set: LabelSet | None
    gold: str
    system: str | None
    coded: bool
    searched: list[str]


@dataclass(frozen=True)
class Scored:
    """The items that count for a detector, by their ids, and why others do not."""

    gold: dict[int, Said]
    found: dict[int, Said]
    places: Counter[str]
    settled: Counter[str]
    left_out: Counter[str]


def run(store: Store, config: QualityOf) -> Quality:
    """Return the quality of a detector. Raises NotKnown or NotAllowed."""
    if config.crosswalk is not None and config.crosswalk not in crosswalks():
        raise NotKnown(
            f"there is no crosswalk {config.crosswalk}; there are {', '.join(crosswalks())}"
        )
    with store.reading() as session:
        known = _known(session, config)
    detector = _detector(known, config.detector)
    scored = _scored(known, detector)
    if not scored.gold:
        raise NotAllowed(
            f"no item of the study {config.study} has both a settled answer and one of the detector"
            f" {detector}; left out: {_counts(scored.left_out)};"
            " choose another --gold or --detector"
        )
    return _quality(known, config, detector, scored)


def _known(session: Session, config: QualityOf) -> Known:
    study = votes.distortion_study(session, name=config.study)
    system = _system(session, study, config.system)
    found = detections.in_study(
        session, study_id=study.id, system_id=None if system is None else system.id
    )
    label_set = (
        label_sets.get(session, label_set_id=study.label_set_id) if study.label_set_id else None
    )
    shown = detections.names_in(session, study=study)
    return Known(
        study=study,
        items=votes.of_study(session, study=study),
        found={shown.get(name, name): of_items for name, of_items in sorted(found.items())},
        label_set=label_set,
        gold=_gold(session, study, config.gold),
        system=config.system,
        coded=bool(shown) and study.unblinded_at is None,
        searched=list(detections.searched_systems(session, study_id=study.id)),
    )


def _system(session: Session, study: Study, name: str | None) -> System | None:
    """Return the system named: until unblinding, one of the study itself only by its code."""
    if name is None:
        return None
    by_code = studies.systems(session, study_id=study.id)
    if study.unblinded_at is None:
        if name in by_code:
            return by_code[name]
        if name in {system.name for system in by_code.values()}:
            raise NotAllowed(
                f"until 'cbt study unblind', name the systems of {study.name} by code:"
                f" {', '.join(by_code)}"
            )
    return frames.systems(session, names=[name])[0]


def _gold(session: Session, study: Study, rule: str) -> str:
    if rule in RULES:
        return rule
    labellers = votes.labeller_names(session, study=study)
    if rule not in labellers:
        there = ", ".join([*RULES, *sorted(set(labellers.values()))])
        raise NotKnown(f"the study {study.name} has no labeller {rule}; --gold can be {there}")
    return labellers[rule]


def _detector(known: Known, asked: str | None) -> str:
    there = {name: len(of_items) for name, of_items in known.found.items()}
    listed = ", ".join(f"{name} ({n:,} items)" for name, n in there.items())
    study = known.study.name
    if not there:
        raise NotKnown(_not_searched(known))
    if asked is None and len(there) > 1:
        raise NotKnown(f"several detectors have looked at the items of {study}: {listed}; name one")
    if asked is not None and asked not in there:
        raise NotKnown(f"no detector {asked} has looked at the items of {study}; there is {listed}")
    return asked or next(iter(there))


def _not_searched(known: Known) -> str:
    if known.searched:
        how = f"name with --system whose answers count for them: {', '.join(known.searched)}"
    else:
        how = "'cbt detect' runs one"
    return f"no detector has looked at the items of the study {known.study.name}; {how}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {n:,}" for reason, n in counts.items())


def _scored(known: Known, detector: str) -> Scored:
    found = known.found[detector]
    scored = Scored({}, {}, Counter(), Counter(), Counter())
    for item in known.items:
        settled, detected = settle(item, rule=known.gold), found.get(item.id)
        why = _left_out(item, settled, detected)
        if why or detected is None:
            scored.left_out[why or "no_detection"] += 1
            continue
        scored.gold[item.id] = Said(settled.presence == "yes", settled.labels)
        labels = frozenset(map(str, detected.labels))
        scored.found[item.id] = Said(detected.presence == "yes", labels)
        scored.places[detected.place] += 1
        scored.settled[settled.how or ""] += 1
    return scored


def _left_out(item: LabelledItem, gold: Settled, found: ItemDetection | None) -> str | None:
    if item.is_calibration:
        return "calibration"
    if item.is_repeat:
        return "repeats"
    if gold.left_out:
        return gold.left_out
    if found is None:
        return "no_detection"
    return "detector_cannot_tell" if found.presence == "cannot_tell" else None


def _quality(known: Known, config: QualityOf, detector: str, scored: Scored) -> Quality:
    study, gold, found = known.study, list(scored.gold.values()), list(scored.found.values())
    plan = analysis.resampling(study)
    names = _naming(known, config, gold)
    comparison = compare(gold, found, naming=names, plan=plan)
    items = [item for item in known.items if not (item.is_repeat or item.is_calibration)]
    return Quality(
        study=study.name,
        status=study.status,
        unblinded=study.unblinded_at is not None,
        coded=known.coded,
        detector=detector,
        gold=known.gold,
        system=known.system,
        crosswalk=config.crosswalk,
        plan=plan,
        n=len(gold),
        left_out=dict(scored.left_out),
        places=dict(scored.places),
        settled=dict(scored.settled),
        comparison=comparison,
        never=_baseline(never_flag(comparison.table), plan),
        always=_baseline(always_flag(comparison.table), plan),
        ceiling=ceiling.measure(items, _adjudicated(items), naming=names, plan=plan),
        versus=_versus(known, config.against, scored, names) if config.against else None,
        unknown=Names(not_known(gold, names), not_known(found, names)),
        without=Names(without_counterpart(gold, names), without_counterpart(found, names)),
        outside=names.outside,
        changed=_changed(known.label_set),
    )


def _naming(known: Known, config: QualityOf, gold: Sequence[Said]) -> Naming:
    if config.crosswalk:
        return naming.classes(crosswalks()[config.crosswalk])
    if known.label_set and known.label_set.name == distortions.NAME:
        return naming.label_set(label_sets.ids(known.label_set))
    return naming.codebook({name for said in gold for name in said.labels})


def _changed(label_set: LabelSet | None) -> dict[str, str]:
    return {} if label_set is None else distortions.changes(label_set.labels, of=label_set.name)


def _baseline(table: TwoByTwo, plan: Resampling) -> Baseline:
    figures = binary_quality(table, plan=plan)
    return Baseline(table, figures)


def _adjudicated(items: Sequence[LabelledItem]) -> dict[int, Settled]:
    """Return what is settled of each item, empty where no lead has decided anything."""
    settled = {item.id: settle(item, rule=ADJUDICATED) for item in items}
    if not any(each.how == "adjudicated" for each in settled.values()):
        return {}
    return {id_: each for id_, each in settled.items() if each.left_out is None}


def _versus(known: Known, against: str, first: Scored, names: Naming) -> Versus:
    other = _scored(known, _detector(known, against))
    items = [item for item in first.gold if item in other.gold]
    if not items:
        raise NotAllowed(
            f"{against} has an answer to none of the {len(first.gold):,} items that count, so there"
            " is nothing to compare; look with both detectors at the same items first"
        )
    both = Both(
        gold=[first.gold[item] for item in items],
        first=[first.found[item] for item in items],
        other=[other.found[item] for item in items],
    )
    return versus(against, both, naming=names, plan=analysis.resampling(known.study))
