"""Create a study: draw its questions, make its items, and give them to raters."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from db import events, frames, items, label_sets, people, runs, studies
from db.engine import Store
from db.errors import AlreadyKnown, FileRejected, NotAllowed
from db.items import Subject
from db.tables import LabelSet, Study, StudySystem, System
from pipeline.codebook import distortions
from pipeline.study import design, labelling, sampling
from pipeline.study.assigning import assign
from pipeline.study.balance import Balance
from pipeline.study.labelling import KeptLabels
from pipeline.study.sampling import Sample
from pipeline.study.studyfile import LARGEST_SEED, LONGEST_NAME, Plan, shipped

WIDE_SPACE = "\u3000"  # what the space bar gives in Chinese


@dataclass(frozen=True)
class Created:
    """A new study, still a draft; `frame` is how many questions it was drawn from.

    `at_most` is the usual size of a distortion study, where the plan did not say its own.
    """

    study: str
    kind: str
    seed: int
    systems: int
    frame: int
    unanswered: int
    same_text: int
    at_most: int | None
    labels: KeptLabels | None
    repeats: float
    answer_gap: int
    repeat_distance: int
    balance: Balance


def run(store: Store, plan: Plan, *, by: int | None = None) -> Created:
    """Create the study that the plan describes, as a draft; all of it, or nothing.

    What a plan leaves open: criteria, guidelines, adjudication and analysis are those of the
    shipped study file, the raters are all who are not disabled, and the seed is drawn. A rating
    study takes the whole frame and gives each question to all raters; a distortion study takes 500
    questions, or all where there are fewer, gives each to two raters, and keeps the codebook as it
    is now. Without raters the draft waits for `assigning.run`. `by` is the person who asks, where
    that is known.
    """
    plan = settled(plan)
    with store.writing(in_turn=True) as session:
        if studies.find(session, name=plan.name or ""):
            raise AlreadyKnown(f"there is a study {plan.name} already; choose another name")
        record = runs.start(session, stage="study create", configuration=_configuration(plan))
        created = _create(session, plan, by)
        runs.end(record, counts=created.balance.as_json())
        return created


def settled(plan: Plan) -> Plan:
    """Fill what the plan leaves open, as `run` says, and refuse what cannot be.

    The sample is left open, as it hangs on the store: `usual_sample` says how many at most.
    """
    name = (plan.name or "").strip()
    if not (0 < len(name) <= LONGEST_NAME and name.replace(WIDE_SPACE, " ").isprintable()):
        raise NotAllowed(
            f"a study needs a name of 1 to {LONGEST_NAME} characters on one line,"
            " without invisible ones"
        )
    if not 0 <= plan.repeats <= 1:
        raise NotAllowed(f"repeats is a share from 0 to 1, not {plan.repeats}")
    named = replace(
        plan,
        name=name,
        seed=secrets.randbelow(LARGEST_SEED + 1) if plan.seed is None else plan.seed,
        analysis=plan.analysis or shipped(plan.kind).analysis,
    )
    return (_of_distortions if plan.kind == "distortion" else _of_ratings)(named)


def _of_ratings(plan: Plan) -> Plan:
    if not plan.systems:
        raise NotAllowed("a rating study needs at least one system whose answers are rated")
    default = shipped()
    return replace(
        plan,
        criteria=plan.criteria or default.criteria,
        guidelines=plan.guidelines or default.guidelines,
    )


def _of_distortions(plan: Plan) -> Plan:
    if plan.criteria:
        raise FileRejected("a distortion study has labels, not criteria; leave out [[criteria]]")
    labelling.check_systems(plan.systems)
    default = shipped("distortion")
    text = labelling.target(plan.systems)
    of_criteria = ("primary", "family")
    return replace(
        plan,
        criteria=(),
        guidelines=plan.guidelines or plan.guidelines_on.get(text) or default.guidelines_on[text],
        adjudication=plan.adjudication or default.adjudication,
        analysis={k: v for k, v in (plan.analysis or {}).items() if k not in of_criteria},
        per_item=plan.per_item or labelling.ENOUGH,
    )


def _configuration(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "kind": plan.kind,
        "systems": list(plan.systems),
        "raters": None if plan.raters is None else list(plan.raters),
        "seed": plan.seed,
        **_drawing(plan),
    }


def _drawing(plan: Plan) -> dict[str, Any]:
    frame = plan.frame
    adjudicated = {"adjudication": plan.adjudication} if plan.adjudication else {}
    return adjudicated | {
        "frame": {
            "source": frame.source,
            "split": frame.split,
            "subset": frame.subset,
            "ids": frame.ids.name if frame.ids else None,
        },
        "sample": plan.sample,
        "per_item": plan.per_item,
        "repeats": plan.repeats,
        "answer_gap": plan.answer_gap,
        "repeat_distance": plan.repeat_distance,
    }


def _create(session: Session, plan: Plan, by: int | None) -> Created:
    systems = frames.systems(session, names=plan.systems)
    raters = people.raters(session, usernames=plan.raters)
    seed = plan.seed or 0
    at_most = usual_sample(plan)
    sample = sampling.draw(
        session, frame=plan.frame, systems=systems, n=plan.sample, at_most=at_most, seed=seed
    )
    study = _study(session, plan, sample)
    coded = _add_systems(session, study, systems)
    _add_items(session, study, sample, coded, plan.repeats)
    balance = assign(session, study, raters=raters, per_item=plan.per_item)
    events.record(session, kind="created", person_id=by, study_id=study.id)
    return Created(
        study=study.name,
        kind=study.kind,
        seed=seed,
        systems=len(systems),
        frame=sample.frame,
        unanswered=sample.unanswered,
        same_text=sample.same_text,
        at_most=at_most,
        labels=labelling.kept(session, study),
        repeats=plan.repeats,
        answer_gap=plan.answer_gap,
        repeat_distance=plan.repeat_distance,
        balance=balance,
    )


def usual_sample(plan: Plan) -> int | None:
    """Return how many questions at most are drawn where a plan does not say how many."""
    return labelling.USUAL_SAMPLE if plan.kind == "distortion" and plan.sample is None else None


def _label_set(session: Session) -> LabelSet:
    """Return the codebook as it is now, which the study keeps whatever becomes of it."""
    return label_sets.find_or_add(session, **distortions.shipped().as_label_set())


def _study(session: Session, plan: Plan, sample: Sample) -> Study:
    drawing = _drawing(plan)
    drawing["seed"] = plan.seed
    drawing["sample"] = len(sample.questions)
    if usual_sample(plan):
        drawing["at_most"] = usual_sample(plan)
    drawing["frame"] |= {
        "questions": sample.frame,
        "unanswered": sample.unanswered,
        "same_text": sample.same_text,
    }
    study = Study(
        name=plan.name,
        kind=plan.kind,
        origin="local",
        status="draft",
        criteria=list(plan.criteria or ()),
        guidelines=plan.guidelines,
        label_set_id=_label_set(session).id if plan.kind == "distortion" else None,
        design=drawing,
        analysis=plan.analysis,
        seed=plan.seed,
    )
    session.add(study)
    session.flush()
    return study


def _add_systems(session: Session, study: Study, systems: Sequence[System]) -> list[System]:
    """Give the systems their codes, and return them in the order of these."""
    codes = design.system_codes([system.name for system in systems])
    named = {system.name: system for system in systems}
    session.add_all(
        StudySystem(study_id=study.id, system_id=named[name].id, code=code)
        for name, code in codes.items()
    )
    session.flush()
    return [named[name] for name in codes]


def _add_items(
    session: Session, study: Study, sample: Sample, systems: Sequence[System], share: float
) -> None:
    of_question = [
        [Subject(question.id, sample.answers[system.id][question.id]) for system in systems]
        or [Subject(question.id, None)]
        for question in sample.questions
    ]
    pairs = design.repeated(
        questions=len(of_question), systems=len(of_question[0]), share=share, seed=study.seed
    )
    items.add(
        session,
        study_id=study.id,
        subjects=[subject for subjects in of_question for subject in subjects],
        repeated=[of_question[question][system] for question, system in pairs],
    )
