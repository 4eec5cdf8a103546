"""What comments resemble by and the harm that is expected of them, for the desk; and its saved filters."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("likeness", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("harm", sa.Float(), nullable=False, server_default="0.5"))
    _tell_harm(op.get_bind())
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_site_id_status_id"))
        batch_op.create_index(
            batch_op.f("ix_comments_site_id_status_id_thread_id_harm"), ["site_id", "status", "id", "thread_id", "harm"]
        )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("moderator_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_saved_filters_site_id")),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("fk_saved_filters_moderator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    with op.batch_alter_table("saved_filters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_filters_site_id_moderator_id"), ["site_id", "moderator_id"])


def downgrade() -> None:
    op.drop_table("saved_filters")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_site_id_status_id_thread_id_harm"))
        batch_op.create_index(batch_op.f("ix_comments_site_id_status_id"), ["site_id", "status", "id"])
        batch_op.drop_column("harm")
        batch_op.drop_column("likeness")


def _tell_harm(connection: sa.Connection) -> None:
    """Write the largest score that reached a threshold, of what is held already."""
    decided = sa.table("comments", *(sa.column(name) for name in ("id", "status", "decision", "harm")))
    held = sa.select(decided.c.id, sa.cast(decided.c.decision, sa.Text)).where(decided.c.status == "held")
    known = [(row[0], _harm(json.loads(row[1]))) for row in connection.execute(held) if row[1]]
    changed = [{"b_id": key, "harm": harm} for key, harm in known if harm is not None]
    if changed:
        connection.execute(
            sa.update(decided).where(decided.c.id == sa.bindparam("b_id")).values(harm=sa.bindparam("harm")), changed
        )


def _harm(decision: dict[str, Any]) -> float | None:
    scores = [(one["score"], one["threshold"]) for one in decision["reasons"]]
    return max(
        (score for score, bound in scores if score is not None and bound is not None and score >= bound), default=None
    )
