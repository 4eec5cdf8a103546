"""What waits, belongs to a comment, or was sent to an endpoint is found without reading through all there is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


WAITS = sa.text("score_after IS NOT NULL")


def upgrade() -> None:
    _index_work(["attempts", "priority", "id"])
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_decisions_comment_id_sequence"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_decisions_site_id_comment_id_sequence"), ["site_id", "comment_id", "sequence"]
        )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_endpoint_id_id"))
        batch_op.create_index(
            batch_op.f("ix_deliveries_site_id_endpoint_id_state_id"), ["site_id", "endpoint_id", "state", "id"]
        )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_site_id_comment_id"), ["site_id", "comment_id"])


def downgrade() -> None:
    _index_work(["priority", "id"])
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_site_id_comment_id"))
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_site_id_endpoint_id_state_id"))
        batch_op.create_index(batch_op.f("ix_deliveries_endpoint_id_id"), ["endpoint_id", "id"])
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_decisions_site_id_comment_id_sequence"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_decisions_comment_id_sequence"), ["comment_id", "sequence"])


def _index_work(columns: list[str]) -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_work")
        batch_op.create_index("ix_comments_work", columns, sqlite_where=WAITS, postgresql_where=WAITS)
