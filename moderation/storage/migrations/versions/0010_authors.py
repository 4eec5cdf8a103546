"""Authors whose comments are all held or rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authors",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("author_key", sa.String(length=64), nullable=False),
        sa.Column("restriction", sa.String(length=16), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_authors_site_id")),
        sa.PrimaryKeyConstraint("site_id", "author_key", name=op.f("pk_authors")),
    )


def downgrade() -> None:
    op.drop_table("authors")
