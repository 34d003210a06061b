"""The store's tables but accounts and calls: the vocabulary of a study, one class each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import attempt_tables
from db.account_tables import Person
from db.base import Base
from db.columns import (
    Presence,
    ResponseStatus,
    StudyKind,
    StudyOrigin,
    StudyStatus,
    SystemKind,
    now,
)


class Run(Base):
    """One execution of a stage; every imported or generated row names its run."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str]
    configuration: Mapped[dict[str, Any]]
    code_version: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any] | None]
    cost: Mapped[float | None]


class Question(Base):
    """A help-seeker's question; `text` is its title, absent for outside ratings."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("source", "external_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    text: Mapped[str | None]
    description: Mapped[str | None]
    turns: Mapped[list[Any] | None]
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    content_hash: Mapped[str | None] = mapped_column(index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class Prompt(Base):
    """One version of a prompt's text, never edited in place."""

    __tablename__ = "prompt"
    __table_args__ = (UniqueConstraint("name", "content_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    content_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class System(Base):
    """One producer of answers: people, an API model, a local model, or one from outside.

    `configuration` is bound by the first run that produces answers, and stays.
    """

    __tablename__ = "system"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[SystemKind]
    configuration: Mapped[dict[str, Any] | None]
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Response(Base):
    """One system's answer to one question; `parts` are spans {part, start, end} of `text`."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("question_id", "system_id", "sample"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    system_id: Mapped[int] = mapped_column(ForeignKey("system.id"), index=True)
    sample: Mapped[int] = mapped_column(default=0)
    text: Mapped[str | None]
    parts: Mapped[list[Any] | None]
    status: Mapped[ResponseStatus] = mapped_column(default="kept")
    reason: Mapped[str | None]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    cost: Mapped[float | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class LabelSet(Base):
    """A codebook version or an imported taxonomy; its labels are kept as they came.

    A codebook's labels are whole entries (id, name, definition, …), an outside taxonomy's are
    {"id": the name as it came}.
    """

    __tablename__ = "label_set"
    __table_args__ = (UniqueConstraint("name", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    labels: Mapped[list[Any]]
    content_hash: Mapped[str]


class Split(Base):
    """A question's place in a named, seeded split."""

    __tablename__ = "split"
    __table_args__ = (UniqueConstraint("name", "question_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    subset: Mapped[str]
    seed: Mapped[int]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class MetricScore(Base):
    """One automatic metric of one response, against another response where it needs one.

    `value` is the response's own score. Where the score of many is not their mean (BLEU, chrF),
    `statistics` has the counts whose sums give it.
    """

    __tablename__ = "metric_score"
    __table_args__ = (UniqueConstraint("response_id", "reference_id", "signature"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    reference_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"))
    metric: Mapped[str]
    signature: Mapped[str]
    value: Mapped[float]
    statistics: Mapped[list[Any] | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class Study(Base):
    """One annotation task; criteria, guidelines and analysis plan are frozen at opening."""

    __tablename__ = "study"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[StudyKind]
    origin: Mapped[StudyOrigin]
    status: Mapped[StudyStatus]
    criteria: Mapped[list[Any]]
    guidelines: Mapped[dict[str, Any]]
    label_set_id: Mapped[int | None] = mapped_column(ForeignKey("label_set.id"))
    design: Mapped[dict[str, Any]]
    analysis: Mapped[dict[str, Any]]
    seed: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    unblinded_at: Mapped[datetime | None]


class StudySystem(Base):
    """A system in a study, under the code that stands for it until unblinding."""

    __tablename__ = "study_system"
    __table_args__ = (UniqueConstraint("study_id", "code"),)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("system.id"), primary_key=True)
    code: Mapped[str]


class Item(Base):
    """One thing to judge under an opaque code; `external_id` is an imported file's own id."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str | None]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"))
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    is_calibration: Mapped[bool] = mapped_column(default=False)


class Assignment(Base):
    """One item for one rater at one place in that rater's order (from 1)."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id"),
        Index(None, "study_id", "person_id", "position"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    position: Mapped[int | None]


class Judgement(Base):
    """One answer to an assignment; a change is a new revision, and the newest one counts.

    `values` maps each criterion to its score, or to None where the rater could not judge. In a
    distortion study it holds presence and confidence, and `labels` the distortions with their
    spans: `db.labels` reads and writes both.
    Rows are never changed or removed: triggers of the first migration refuse it.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("assignment_id", "revision"),
        UniqueConstraint("assignment_id", "token"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    revision: Mapped[int]
    values: Mapped[dict[str, Any]]
    labels: Mapped[list[Any] | None]
    comment: Mapped[str | None]
    flags: Mapped[list[Any]] = mapped_column(default=list)
    seconds: Mapped[float | None]
    token: Mapped[str]
    submitted_at: Mapped[datetime | None] = mapped_column(default=now)


class AdjudicationCase(Base):
    """One item for a lead to decide, at one place in that lead's order (from 1).

    `agreed` cases are mixed in to see how consistent the lead is, and nothing shows which they
    are. `votes` are the judgements, or the rows of an outside gold, in the order drawn for this
    item, [{"judgement": 7}, {"judgement": 3}]: the lead sees them as A and B.
    """

    __tablename__ = "adjudication_case"
    __table_args__ = (Index("ix_adjudication_case_order", "study_id", "person_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    position: Mapped[int]
    agreed: Mapped[bool]
    votes: Mapped[list[Any]]


class Adjudication(Base):
    """One step of a lead on one case; the newest revision counts.

    The first revision is the lead's own answer, `before` the votes are shown: `decision` is empty.
    Each later one repeats `before`, and holds a decision with its reason. Both are answers as
    `db.labels` writes them. Rows are never changed or removed.
    """

    __tablename__ = "adjudication"
    __table_args__ = (
        UniqueConstraint("item_id", "revision"),
        Index(None, "item_id", "token", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    revision: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    decision: Mapped[dict[str, Any]]
    reason: Mapped[str]
    seconds: Mapped[float | None]
    token: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Detection(Base):
    """What a named detector found: presence (yes, no, cannot_tell), labels as they came.

    `reasons` has the detector's own words for a label, where it gave any: a text, or as
    {"reason", "quotes"} with the words of the text that show it.
    """

    __tablename__ = "detection"
    id: Mapped[int] = mapped_column(primary_key=True)
    detector: Mapped[str]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    presence: Mapped[Presence]
    labels: Mapped[list[Any]]
    reasons: Mapped[dict[str, Any] | None]
    label_set_id: Mapped[int | None] = mapped_column(ForeignKey("label_set.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class Gold(Base):
    """An outside ground truth's answer for an item; conflicting answers are kept and marked."""

    __tablename__ = "gold"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    presence: Mapped[Presence]
    labels: Mapped[list[Any]]
    label_set_id: Mapped[int | None] = mapped_column(ForeignKey("label_set.id"))
    conflicting: Mapped[bool] = mapped_column(default=False)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class Event(Base):
    """Who did what when; append-only, refused otherwise by triggers of the first migration."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    study_id: Mapped[int | None] = mapped_column(ForeignKey("study.id"), index=True)
    kind: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


JOURNAL = (attempt_tables.BatchJob, attempt_tables.Attempt)
METADATA = Base.metadata  # whole from here on: the other files are imported above
