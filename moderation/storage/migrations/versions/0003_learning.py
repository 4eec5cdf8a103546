"""What moderators decide teaches: labels, the models made of them, and which sites have something to learn."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("comment_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_labels_comment_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_labels_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_labels")),
    )
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labels_site_id_at"), ["site_id", "at"], unique=False)

    op.create_table(
        "site_models",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("attribute", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evaluation", sa.JSON(), nullable=False),
        sa.Column("made_for", sa.Text(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_models_site_id")),
        sa.PrimaryKeyConstraint("site_id", "attribute", "version", name=op.f("pk_site_models")),
    )
    op.create_table(
        "learning_due",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_learning_due_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_learning_due")),
    )


def downgrade() -> None:
    op.drop_table("learning_due")
    op.drop_table("site_models")
    op.drop_table("labels")
