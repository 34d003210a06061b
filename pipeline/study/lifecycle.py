"""Open, close and unblind a study: each once, in this order, and each recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db import events, studies
from db.columns import StudyKind, now
from db.engine import Store
from db.errors import NotAllowed
from db.studies import Counts
from db.tables import Study
from pipeline.study import labelling
from pipeline.study.blinding import Leak, leaks


class NoOverlap(NotAllowed):
    code = "no_overlap"


@dataclass(frozen=True)
class Opened:
    """A study that raters can now work on; `leaks` are answers that break the blinding."""

    study: str
    opened_at: datetime
    counts: Counts
    leaks: list[Leak]


@dataclass(frozen=True)
class Closed:
    """A study that is read-only from now on."""

    study: str
    kind: StudyKind
    closed_at: datetime
    counts: Counts


@dataclass(frozen=True)
class Unblinded:
    """A study whose outputs name its systems from now on; `systems` maps codes to names."""

    study: str
    unblinded_at: datetime
    systems: dict[str, str]


def open_study(store: Store, *, name: str, by: int | None = None) -> Opened:
    """Let raters begin; from here on the study's design, texts and analysis plan stay.

    Raises NotAllowed for a study that was open before, has no raters or items, gives distortions
    to one labeller only, or has items for a rater who is disabled.
    """
    with store.writing(in_turn=True) as session:
        study = studies.get(session, name=name)
        counts = studies.counts(session, study_id=study.id)
        _check_draft(study)
        _check_complete(study, counts)
        _check_raters(study, studies.disabled_raters(session, study_id=study.id))
        study.status = "open"
        study.opened_at = now()
        events.record(session, kind="opened", person_id=by, study_id=study.id)
        return Opened(name, study.opened_at, counts, leaks(session, study))


def _check_draft(study: Study) -> None:
    if study.status == "open":
        raise NotAllowed(
            f"study {study.name} is open already, since {told(study.opened_at)};"
            " it is opened only once"
        )
    if study.status == "closed":
        raise NotAllowed(
            f"study {study.name} is closed, since {told(study.closed_at)};"
            " a closed study is not opened again"
        )


def _check_complete(study: Study, counts: Counts) -> None:
    if not counts.items:
        raise NotAllowed(f"study {study.name} has no items; create one under another name")
    if not counts.raters:
        raise NotAllowed(
            f"study {study.name} has no raters; add them with 'cbt people add',"
            f" then run 'cbt study assign {study.name}'"
        )
    if study.kind == "distortion" and not labelling.overlaps(
        items=counts.items, assignments=counts.assigned
    ):
        raise NoOverlap(_without_overlap(study.name, raters=counts.raters))


def _without_overlap(name: str, *, raters: int) -> str:
    so = "has one labeller" if raters == 1 else "gives each item to one labeller"
    first = "add another with 'cbt people add', then " if raters == 1 else ""
    return (
        f"study {name} {so}, and only the labels of two or more can be compared;"
        f" {first}run 'cbt study assign {name} --per-item {labelling.ENOUGH}'"
    )


def _check_raters(study: Study, disabled: Sequence[str]) -> None:
    if disabled:
        raise NotAllowed(
            f"study {study.name} has items for raters who are disabled ({', '.join(disabled)});"
            f" run 'cbt study assign {study.name}' to give them to the others"
        )


def close_study(store: Store, *, name: str, by: int | None = None) -> Closed:
    """End an open study: its judgements stay as they are. Raises NotAllowed for any other."""
    with store.writing(in_turn=True) as session:
        study = studies.get(session, name=name)
        if study.status == "draft":
            raise NotAllowed(f"study {name} is a draft; only an open study can be closed")
        if study.status == "closed":
            raise NotAllowed(f"study {name} is closed already, since {told(study.closed_at)}")
        study.status = "closed"
        study.closed_at = now()
        counts = studies.counts(session, study_id=study.id)
        left = {"assigned": counts.assigned, "answered": counts.answered}
        events.record(session, kind="closed", person_id=by, study_id=study.id, details=left)
        return Closed(name, study.kind, study.closed_at, counts)


def unblind_study(store: Store, *, name: str) -> Unblinded:
    """Let outputs name the systems. Raises NotAllowed before closing, or the second time.

    An open study stays blinded: what its researchers know, its raters may come to hear.
    """
    with store.writing(in_turn=True) as session:
        study = studies.get(session, name=name)
        if study.unblinded_at is not None:
            raise NotAllowed(f"study {name} is unblinded already, since {told(study.unblinded_at)}")
        systems = studies.systems(session, study_id=study.id)
        if not systems:
            raise NotAllowed(f"study {name} is about questions only; it has no systems to name")
        if study.status != "closed":
            raise NotAllowed(
                f"study {name} is {'a draft' if study.status == 'draft' else 'open'};"
                " a study is unblinded after it was closed, so that nothing is given knowingly"
            )
        study.unblinded_at = now()
        names = {code: system.name for code, system in systems.items()}
        events.record(session, kind="unblinded", study_id=study.id, details={"systems": names})
        return Unblinded(name, study.unblinded_at, names)


def told(at: datetime | None) -> str:
    """Return an instant as a message gives it."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "its import"
