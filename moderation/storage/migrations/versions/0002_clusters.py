"""Comments know which near copies they are one of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cluster_id", sa.String(length=36), nullable=True))
        batch_op.create_index(batch_op.f("ix_comments_site_id_cluster_id_id"), ["site_id", "cluster_id", "id"])


def downgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_site_id_cluster_id_id"))
        batch_op.drop_column("cluster_id")
