"""The signing secrets of Coral's external phases."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coral_secrets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_coral_secrets_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coral_secrets")),
    )
    with op.batch_alter_table("coral_secrets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coral_secrets_site_id"), ["site_id"], unique=False)


def downgrade() -> None:
    op.drop_table("coral_secrets")
