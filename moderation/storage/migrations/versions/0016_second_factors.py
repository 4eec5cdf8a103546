"""Moderators may have a second factor: a sealed secret, the last step that was used, and recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("moderators", sa.Column("totp_sealed", sa.Text(), nullable=True))
    op.add_column("moderators", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("moderators", sa.Column("totp_on_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "recovery_codes",
        sa.Column("moderator_id", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("fk_recovery_codes_moderator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("moderator_id", "hash", name=op.f("pk_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    for name in ("totp_on_at", "totp_step", "totp_sealed"):
        op.drop_column("moderators", name)
