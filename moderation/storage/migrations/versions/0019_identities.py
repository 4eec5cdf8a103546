"""What a sign-in provider calls a moderator."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("moderators", schema=None) as batch_op:
        batch_op.add_column(sa.Column("oidc_issuer", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("oidc_subject", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_moderators_oidc_issuer_oidc_subject"), ["oidc_issuer", "oidc_subject"]
        )


def downgrade() -> None:
    with op.batch_alter_table("moderators", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_moderators_oidc_issuer_oidc_subject"), type_="unique")
        batch_op.drop_column("oidc_subject")
        batch_op.drop_column("oidc_issuer")
