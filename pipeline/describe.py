"""Describe systems' answers: their lengths, and the distortions found in them (Tables 1 and 2)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from sqlalchemy.orm import Session

from db import detections, frames, questions, selections, systems
from db.detections import StoredDetection
from db.engine import Store
from db.errors import NotKnown
from db.questions import Lengths
from db.selections import SelectedResponse, Selection
from db.tables import System
from pipeline import provenance
from pipeline.analysis import LEVEL
from pipeline.codebook import lexicon
from pipeline.codebook.crosswalk import crosswalks
from pipeline.codebook.distortions import resolve, shipped
from pipeline.codebook.naming import classes_meant
from pipeline.provenance import Provenance
from pipeline.stats.resampling.intervals import Estimate, wilson
from pipeline.stats.systems.means import mean_over_questions

TABLE_2 = "table2"


@dataclass(frozen=True)
class DescribeOf:
    """Whose answers to describe, all systems' where none is named, and by which detector.

    Without a detector it is the model's own naming where it generated the answers, as in the
    paper; else the lexicon where it was run on them, else what was imported with them.
    """

    systems: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    detector: str | None = None


@dataclass(frozen=True)
class Characters:
    """Mean lengths in characters; None where there is no such text."""

    question: float | None
    description: float | None
    response: float | None


@dataclass(frozen=True)
class Distortions:
    """What a detector found in a system's answers.

    `yes` of `decided` answers have a distortion, `cannot_tell` and `not_run` are not among these.
    `counts` has every distortion of the codebook, `classes` every class of Table 2: each answer
    counts once. `together` counts answers that have two distortions. `labels` are all different
    names in one answer, added up. `unknown` are names that are neither in the codebook nor in
    Table 2, and `beside` those that only Table 2 has. `distorted` is the share of `yes`: answers to
    the same question are no independent ones, so where there are such, questions are clusters.
    """

    detector: str
    decided: int
    yes: int
    cannot_tell: int
    not_run: int
    distorted: Estimate
    counts: Mapping[str, int]
    classes: Mapping[str, int]
    together: Mapping[tuple[str, str], int]
    labels: int
    unknown: Mapping[str, int]
    beside: Mapping[str, int]

    @property
    def labels_each(self) -> float | None:
        """How many distortions an answer with any has, on average; None where none is named."""
        return self.labels / self.yes if self.labels else None


@dataclass(frozen=True)
class LeftOut:
    """How many answers are not kept, so described nowhere; `reasons` by what was found first."""

    set_aside: int
    refused: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class SystemDescribed:
    """One system's answers; `distortions` is None where no such detector was run on them.

    `questions` are those that are answered, `described` those of them with a description, whose
    lengths the means of `characters` are over. `generation` is of all answers that this program had
    a model make, whatever is selected.
    """

    system: str
    responses: int
    questions: int
    described: int
    characters: Characters
    distortions: Distortions | None
    left_out: LeftOut
    generation: Provenance | None


@dataclass(frozen=True)
class Described:
    """What was described: `questions` are all that any of the systems answers."""

    questions: int
    systems: tuple[SystemDescribed, ...]


def run(store: Store, config: DescribeOf) -> Described:
    """Describe the systems. Raises NotKnown for what the store does not hold."""
    with store.reading() as session:
        wanted = _systems(session, config)
        detectors = {
            system.id: _detector(session, system, asked=config.detector) for system in wanted
        }
        if config.detector and not any(detectors.values()):
            raise _never_run(session, wanted, config.detector)
        lengths = questions.lengths(session)
        asked: set[int] = set()
        found = []
        for system in wanted:
            answers = selections.responses(session, system=system.name, selection=config.selection)
            left_out = _left_out(session, system, config.selection)
            asked |= {answer.question_id for answer in answers}
            if answers or left_out.set_aside or left_out.refused or config.systems:
                detector = detectors[system.id]
                found.append(_described(session, system, answers, lengths, detector, left_out))
    if not found:
        raise NotKnown(
            "there are no answers to describe; run 'cbt import responses FILE --system NAME' or"
            " 'cbt generate' first"
            if not wanted
            else "no system has answers to these questions; ask for others, or for all"
        )
    return Described(len(asked), tuple(found))


def _systems(session: Session, config: DescribeOf) -> list[System]:
    if config.systems:
        return frames.systems(session, names=list(dict.fromkeys(config.systems)))
    return systems.with_responses(session)


def _detector(session: Session, system: System, *, asked: str | None) -> str | None:
    there = detections.detectors(session, system_id=system.id)
    generated, imported = detections.own(system.name)
    wanted = [asked] if asked else [generated, lexicon.DETECTOR, imported]
    return next((detector for detector in wanted if detector in there), None)


def _never_run(session: Session, wanted: Sequence[System], detector: str) -> NotKnown:
    there = {
        name for system in wanted for name in detections.detectors(session, system_id=system.id)
    }
    known = f"there is {', '.join(sorted(there))}" if there else "'cbt detect' runs one"
    return NotKnown(f"no detector {detector} was run on these answers; {known}")


def _left_out(session: Session, system: System, selection: Selection) -> LeftOut:
    found = selections.left_out(session, system=system.name, selection=selection)
    statuses = Counter(each.status for each in found)
    codes = Counter(each.code for each in found)
    often = sorted(codes.items(), key=lambda each: (-each[1], each[0]))
    return LeftOut(statuses["set_aside"], statuses["refused"], dict(often))


def _described(
    session: Session,
    system: System,
    answers: Sequence[SelectedResponse],
    lengths: Mapping[int, Lengths],
    detector: str | None,
    left_out: LeftOut,
) -> SystemDescribed:
    of = [lengths[id_] for id_ in {answer.question_id for answer in answers}]
    told = [each.description for each in of if each.description]
    found = None
    if detector:
        all_found = detections.in_responses(session, detector=detector, system_id=system.id)
        each = [all_found.get(answer.id) for answer in answers]
        found = _distortions(detector, each, [answer.question_id for answer in answers])
    return SystemDescribed(
        system=system.name,
        responses=len(answers),
        questions=len(of),
        described=len(told),
        characters=Characters(
            question=_mean([each.text for each in of if each.text]),
            description=_mean(told),
            response=_mean([len(answer.text) for answer in answers]),
        ),
        distortions=found,
        left_out=left_out,
        generation=provenance.of_system(session, system=system),
    )


def _mean(lengths: Sequence[int]) -> float | None:
    return sum(lengths) / len(lengths) if lengths else None


def _distortions(
    detector: str, found: Sequence[StoredDetection | None], of: Sequence[int]
) -> Distortions:
    ran = [each for each in found if each is not None]
    presence = Counter(each.presence for each in ran)
    # The same few sets of names come back over and over, so each is looked at once.
    sets = Counter(frozenset(map(str, each.labels)) for each in ran if each.presence == "yes")
    decided = presence["yes"] + presence["no"]
    known = crosswalks()[TABLE_2]
    names = _added((names, n) for names, n in sets.items())
    unresolved = {name: n for name, n in names.items() if resolve(name) is None}
    ids = Counter[frozenset[str]]()
    classes = Counter[frozenset[str]]()
    for labels, n in sets.items():
        ids[frozenset(filter(None, map(resolve, labels)))] += n
        classes[frozenset().union(*(classes_meant(known, name) or () for name in labels))] += n
    by_id, by_class = _added(ids.items()), _added(classes.items())
    return Distortions(
        detector=detector,
        decided=decided,
        yes=presence["yes"],
        cannot_tell=presence["cannot_tell"],
        not_run=len(found) - len(ran),
        distorted=_distorted(found, of),
        counts={id_: by_id[id_] for id_ in shipped().ids},
        classes={each.id: by_class[each.id] for each in known.classes},
        together=_together(ids),
        labels=sum(n * len({resolve(name) or name for name in each}) for each, n in sets.items()),
        unknown={k: n for k, n in unresolved.items() if known.class_named(k) is None},
        beside={k: n for k, n in unresolved.items() if known.class_named(k) is not None},
    )


def _distorted(found: Sequence[StoredDetection | None], of: Sequence[int]) -> Estimate:
    decided = [
        (question, each.presence == "yes")
        for question, each in zip(of, found, strict=True)
        if each is not None and each.presence != "cannot_tell"
    ]
    asked, yes = [question for question, _ in decided], [said for _, said in decided]
    if len(set(asked)) == len(asked):
        return wilson(sum(yes), len(yes), level=LEVEL)
    return mean_over_questions(np.array(yes, int), np.array(asked), level=LEVEL)


def _added(sets: Iterable[tuple[frozenset[str], int]]) -> Counter[str]:
    found = Counter[str]()
    for names, n in sets:
        for name in sorted(names):
            found[name] += n
    return found


def _together(sets: Mapping[frozenset[str], int]) -> dict[tuple[str, str], int]:
    found = Counter[tuple[str, str]]()
    for ids, n in sets.items():
        ordered = [id_ for id_ in shipped().ids if id_ in ids]
        for pair in combinations(ordered, 2):
            found[pair] += n
    return dict(found)
