"""Keys of addresses, which change: an empty one is the service's secret alone, as it was until now."""

import secrets

import sqlalchemy as sa
from alembic import op

from moderation import clock
from moderation.ids import EPOCH

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "address_keys",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=True),
        sa.Column("cleared_to", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_address_keys")),
    )
    connection = op.get_bind()
    used = connection.execute(sa.text("SELECT 1 FROM comments WHERE address_key IS NOT NULL LIMIT 1")).first()
    since = int((clock.now() - EPOCH).total_seconds() * 1_000_000)
    part = "" if used else secrets.token_urlsafe(32)
    connection.execute(table.insert().values(number=1, since=since, part=part, cleared_to=""))


def downgrade() -> None:
    op.drop_table("address_keys")
