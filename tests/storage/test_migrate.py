"""Migrations on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from moderation.storage import migrate
from moderation.storage.database import Database
from moderation.storage.tables import metadata


def test_migrations_build_the_tables_of_the_code(database: Database) -> None:
    """A migrated database is what tables.py describes."""
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_migrations_go_down_and_up_again(database: Database) -> None:
    """Every migration can be undone, leaving nothing, and run again."""
    migrate.downgrade(database)
    with database.read() as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    assert not migrate.is_current(database)

    migrate.upgrade(database)

    assert migrate.is_current(database)


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """Migrating a database that is up to date does nothing."""
    migrate.upgrade(database)

    assert migrate.is_current(database)
