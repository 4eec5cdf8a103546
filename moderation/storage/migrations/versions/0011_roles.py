"""Moderators have roles, and passwords that must be changed; whoever was one before is an owner with their own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("moderators", sa.Column("role", sa.String(length=16), server_default="owner", nullable=False))
    op.add_column("moderators", sa.Column("signed_in_at", sa.BigInteger(), nullable=True))
    op.add_column("moderators", sa.Column("password_due", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for name in ("password_due", "signed_in_at", "role"):
        op.drop_column("moderators", name)
