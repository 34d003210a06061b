"""What scores are made of, and the run that made a split."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("metric_score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("statistics", sa.JSON(), nullable=True))

    with op.batch_alter_table("split", schema=None) as batch_op:
        batch_op.add_column(sa.Column("run_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_split_run_id"), "run", ["run_id"], ["id"])
