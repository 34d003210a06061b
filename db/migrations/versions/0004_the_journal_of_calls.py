"""The journal of calls to language models, batch jobs, and the reasons that a detector gives."""

import sqlalchemy as sa
from alembic import op

from db.columns import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "batch_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_batch_job_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batch_job"),
        sa.UniqueConstraint("token", name="uq_batch_job_token"),
    )
    op.create_index("ix_batch_job_run_id", "batch_job", ["run_id"])
    op.drop_table("attempt")  # no version before this one wrote to it
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("batch_job_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("finish_reason", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("usage", sa.JSON(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_job_id"], ["batch_job.id"], name="fk_attempt_batch_job_id"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_attempt_question_id"),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name="fk_attempt_response_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_attempt_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    for column in ("run_id", "batch_job_id", "question_id", "response_id", "request_hash"):
        op.create_index(f"ix_attempt_{column}", "attempt", [column])
    op.add_column("detection", sa.Column("reasons", sa.JSON(), nullable=True))
