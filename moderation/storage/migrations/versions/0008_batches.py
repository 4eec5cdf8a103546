"""Decisions that were made together, so that they can be undone together."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(36), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_decisions_site_id_batch_id_id"), ["site_id", "batch_id", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_site_id_batch_id_id"))
        batch_op.drop_column("batch_id")
