"""The signing secrets of Coral's external phases, sealed; a site has several while one is rolled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from moderation.storage.tables import coral_secrets

SECRETS_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is kept."""

    id: str
    sealed: str
    created_at: datetime


def add_secret(connection: Connection, site_id: str, secret: Secret) -> None:
    """Keep a secret."""
    connection.execute(
        insert(coral_secrets).values(
            id=secret.id, site_id=site_id, sealed=secret.sealed, created_at=secret.created_at
        )
    )  # fmt: skip


def list_secrets(connection: Connection, site_id: str) -> list[Secret]:
    """Return the secrets of a site, newest first."""
    rows = connection.execute(
        select(coral_secrets)
        .where(coral_secrets.c.site_id == site_id)
        .order_by(coral_secrets.c.id.desc())
        .limit(SECRETS_AT_MOST)
    )
    return [Secret(row.id, row.sealed, row.created_at) for row in rows]


def remove_secret(connection: Connection, site_id: str, secret_id: str) -> bool:
    """Forget a secret; return whether there was one."""
    mine = (coral_secrets.c.site_id == site_id) & (coral_secrets.c.id == secret_id)
    return connection.execute(delete(coral_secrets).where(mine)).rowcount > 0
