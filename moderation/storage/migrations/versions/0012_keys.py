"""API keys can expire and be replaced, and it is known when each was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("used_at", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("replaced_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    for name in ("replaced_by", "used_at", "expires_at"):
        op.drop_column("api_keys", name)
