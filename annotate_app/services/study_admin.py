"""Create, open and close studies and give them raters, for researchers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotate_app.services import rights
from annotate_app.services.sign_in import SignedIn
from db import frames, items, people, rosters, studies
from db.account_tables import Person
from db.columns import StudyKind
from db.engine import Store
from db.errors import AlreadyKnown, FileRejected, NotAllowed
from pipeline.study import assigning, blinding, create, labelling, lifecycle, sampling, studyfile
from pipeline.study.blinding import Leak
from pipeline.study.lifecycle import NoOverlap
from pipeline.study.studyfile import Plan

FILE = "study.toml"
# To read 800 characters with care and to give three scores; to read 300 and to mark what they show.
SECONDS_AN_ITEM: Mapping[StudyKind, int] = {"rating": 90, "distortion": 60}


class Unfit(NotAllowed):
    """A plan or a study that cannot be as it is; `values` tell the numbers and names in it."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Rater:
    """Someone who can be given items; `pending` until they have chosen a password."""

    username: str
    pseudonym: str
    group: str | None
    pending: bool


@dataclass(frozen=True)
class Choices:
    """What a new study can be made of; `systems` maps each to the number of its answers."""

    systems: Mapping[str, int]
    sources: Sequence[str]
    raters: Sequence[Rater]


@dataclass(frozen=True)
class Preview:
    """What a plan would give, drawn from the store as it is; `each` is the items of one rater."""

    plan: Plan
    questions: int
    frame: int
    unanswered: int
    same_text: int
    systems: int
    items: int
    repeats: int
    raters: int
    each: int

    @property
    def seconds(self) -> int:
        """How long one item takes."""
        return SECONDS_AN_ITEM[self.plan.kind]

    @property
    def hours(self) -> float:
        """How long one rater will be busy."""
        return self.each * self.seconds / 3600

    @property
    def usual(self) -> int | None:
        """The usual number of questions, where there are not as many and all are taken."""
        usual = create.usual_sample(self.plan)
        return usual if usual and self.frame < usual else None


def choices(store: Store, *, by: SignedIn) -> Choices:
    with rights.reading(store, by) as session:
        return Choices(
            rosters.systems(session),
            rosters.sources(session),
            [_rater(person) for person in people.raters(session)],
        )


def planned(
    content: bytes | None, *, source: str | None, kind: StudyKind = "rating", **given: Any
) -> Plan:
    """Return the plan of an uploaded study file, if there is one, with what is given besides.

    What is given counts more than the file; what is empty is not given. Raises FileRejected,
    saying what is wrong where, and Unfit where the name or the systems are missing, or where the
    file is for labelling and the rest is not.
    """
    plan = Plan() if content is None else _read(content)
    if plan.kind == "distortion" != kind:
        raise Unfit("other_kind", "the study file is for a distortion study")
    frame = replace(plan.frame, source=source) if source else plan.frame
    given = {key: value for key, value in given.items() if value not in (None, "", ())}
    plan = replace(plan, frame=frame, kind=kind, **given)
    if kind == "rating" and not (plan.name and plan.systems):
        raise Unfit("incomplete", "a study needs a name, and systems whose answers are rated")
    if not plan.name:
        raise Unfit("nameless", "a study needs a name")
    return plan


def _read(content: bytes) -> Plan:
    with TemporaryDirectory(prefix="cbt-study-") as folder:
        path = Path(folder) / FILE
        path.write_bytes(content)
        plan = studyfile.read(path)
    if plan.frame.ids is not None:
        # It would be read here, where it names a file of the server's, not of the sender's.
        raise FileRejected(f"a file of question ids is read by 'cbt study create --file {FILE}'")
    return plan


def preview(store: Store, *, by: SignedIn, plan: Plan) -> Preview:
    """Return what a plan would give, with its seed drawn, so that this is what it will give.

    Raises a KnownError for a plan that cannot be.
    """
    plan = create.settled(plan)
    with rights.reading(store, by) as session:
        if studies.find(session, name=plan.name or ""):
            raise AlreadyKnown(f"there is a study {plan.name} already; choose another name")
        systems = frames.systems(session, names=plan.systems)
        raters = len(people.raters(session, usernames=plan.raters))
        whole = sampling.draw(
            session, frame=plan.frame, systems=systems, n=None, seed=plan.seed or 0
        )
    _check_size(plan, frame=whole.frame)
    if raters:
        _check_raters(plan.kind, wanted=plan.per_item, raters=raters)
    questions = plan.sample or min(whole.frame, create.usual_sample(plan) or whole.frame)
    answers = questions * max(1, len(systems))
    repeats = int(plan.repeats * answers + 0.5)
    judges = plan.per_item or raters
    return Preview(
        plan=plan,
        questions=questions,
        frame=whole.frame,
        unanswered=whole.unanswered,
        same_text=whole.same_text,
        systems=len(systems),
        items=answers + repeats,
        repeats=repeats,
        raters=raters,
        each=round((answers + repeats) * judges / raters) if raters else 0,
    )


def _check_size(plan: Plan, *, frame: int) -> None:
    if plan.sample and plan.sample > frame:
        raise Unfit(
            "sample_too_large",
            f"a sample of {plan.sample} is larger than its frame of {frame} questions",
            sample=plan.sample,
            frame=frame,
        )


def _check_raters(kind: StudyKind, *, wanted: int | None, raters: int) -> None:
    if kind == "distortion" and wanted is not None and wanted < labelling.ENOUGH:
        raise NoOverlap("with one labeller an item there is nothing to compare")
    if wanted is not None and wanted > raters:
        raise Unfit(
            "too_few_raters" if kind == "rating" else "too_few_labellers",
            f"{wanted} raters for each question are wanted, but there are {raters}",
            wanted=wanted,
            raters=raters,
        )


def make(store: Store, *, by: SignedIn, plan: Plan) -> None:
    """Create the study that a plan describes, as a draft."""
    rights.check(store, by)
    create.run(store, plan, by=by.person_id)


def leaks(store: Store, *, by: SignedIn, name: str) -> list[Leak]:
    """Return the answers of a study that would tell its raters where they come from."""
    with rights.reading(store, by) as session:
        return blinding.leaks(session, studies.get(session, name=name))


def open_(store: Store, *, by: SignedIn, name: str) -> None:
    """Let raters begin. Raises Unfit while someone who is disabled has items."""
    with rights.reading(store, by) as session:
        study = studies.get(session, name=name)
        disabled = studies.disabled_raters(session, study_id=study.id)
    if disabled:
        who = ", ".join(disabled)
        raise Unfit("disabled_raters", f"{name} has items for raters who are disabled", who=who)
    lifecycle.open_study(store, name=name, by=by.person_id)


def close(store: Store, *, by: SignedIn, name: str) -> None:
    """End a study for good."""
    rights.check(store, by)
    lifecycle.close_study(store, name=name, by=by.person_id)


def raters(store: Store, *, by: SignedIn, name: str) -> tuple[list[Rater], list[Rater]]:
    """Return who has items of a study, and who else could be given some."""
    with rights.reading(store, by) as session:
        within = items.orders(session, study_id=studies.get(session, name=name).id)
        able = people.raters(session)
        return (
            [_rater(person) for person in able if person.id in within],
            [_rater(person) for person in able if person.id not in within],
        )


def assign(store: Store, *, by: SignedIn, name: str, usernames: Sequence[str]) -> None:
    """Give a draft to exactly these raters, or an open study to these as well."""
    with rights.reading(store, by) as session:
        study = studies.get(session, name=name)
    if study.status == "draft":
        _check_raters(study.kind, wanted=study.design.get("per_item"), raters=len(usernames))
    assigning.run(store, name=name, usernames=usernames, by=by.person_id)


def _rater(person: Person) -> Rater:
    pending = person.password_hash is None
    return Rater(person.username or "", person.pseudonym, person.group, pending)
