"""Checks that came through Akismet's API, their counts, and endpoints that are told in its way."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("akismet_key", sa.Text(), nullable=True))
    op.create_table(
        "akismet_checks",
        sa.Column("comment_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("match_key", sa.String(length=64), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("endpoint_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_akismet_checks_comment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_akismet_checks_site_id")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_akismet_checks_endpoint_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_akismet_checks")),
    )
    with op.batch_alter_table("akismet_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_akismet_checks_site_id_match_key"), ["site_id", "match_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_akismet_checks_endpoint_id"), ["endpoint_id"], unique=False)
    op.create_table(
        "akismet_counts",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("blog", sa.String(length=300), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.Column("missed_spam", sa.Integer(), nullable=False),
        sa.Column("false_positives", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_akismet_counts_site_id")),
        sa.PrimaryKeyConstraint("site_id", "day", "blog", name=op.f("pk_akismet_counts")),
    )


def downgrade() -> None:
    op.drop_table("akismet_counts")
    op.drop_table("akismet_checks")
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.drop_column("akismet_key")
