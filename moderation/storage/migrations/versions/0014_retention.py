"""How far what a site keeps for a time only has been forgotten, and comments in the order of their last change."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_marks",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_retention_marks_site_id")),
        sa.PrimaryKeyConstraint("site_id", "kind", name=op.f("pk_retention_marks")),
    )
    op.create_index(op.f("ix_comments_site_id_updated_at_id"), "comments", ["site_id", "updated_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_comments_site_id_updated_at_id"), table_name="comments")
    op.drop_table("retention_marks")
