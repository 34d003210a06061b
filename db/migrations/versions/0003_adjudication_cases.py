"""Adjudication: which items a lead decides in which order, and a token for each of the steps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "adjudication_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_adjudication_case_item_id"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_adjudication_case_person_id"
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_adjudication_case_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_adjudication_case"),
        sa.UniqueConstraint("item_id", name="uq_adjudication_case_item_id"),
    )
    op.create_index(
        "ix_adjudication_case_order",
        "adjudication_case",
        ["study_id", "person_id", "position"],
    )
    op.add_column("adjudication", sa.Column("seconds", sa.Double(), nullable=True))
    op.add_column("adjudication", sa.Column("token", sa.String(), nullable=True))
    op.create_index(
        "ix_adjudication_item_id_adjudication_token",
        "adjudication",
        ["item_id", "token"],
        unique=True,
    )
