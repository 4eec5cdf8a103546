"""Endpoints that fail rest and are disabled, secrets that are rotated, deliveries that are listed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("old_secret", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("old_secret_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("failing_since", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("rest_until", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_site_id_id"), ["site_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_site_id_id"))
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        for name in ("rest_until", "failing_since", "failures", "old_secret_until", "old_secret"):
            batch_op.drop_column(name)
