"""`moderation doctor`: every part is looked at, and for each that is not well it says what to do."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from moderation import clock, doctor
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import migrate, tables
from moderation.storage.database import Database
from tests.build import NOW

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def queue(settings: Settings) -> Queue:
    """Give an empty Redis."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    return queue


def unwell(settings: Settings) -> dict[str, str]:
    """Return the advice by what it is about."""
    return {check.name: check.advice for check in doctor.service(settings) if not check.well}


def test_a_running_service_is_well(settings: Settings, queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    """When all parts answer, the exit code is 0 and no advice is given."""
    queue.beat("scorer", 30)
    queue.beat("courier", 30)

    assert doctor.report(doctor.service(settings)) == 0
    assert "not well" not in capsys.readouterr().out


def test_workers_that_do_not_run_are_told(settings: Settings, queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1, and the advice is the command that starts them."""
    queue.beat("scorer", 30)

    assert doctor.report(doctor.service(settings)) == 1
    assert "not well" in (told := capsys.readouterr().out)
    assert "Run: moderation worker --role courier" in told
    assert "--role scorer" not in told


def test_a_redis_that_is_away_is_told(settings: Settings) -> None:
    """The advice names the setting; workers cannot be seen without Redis."""
    found = unwell(settings.model_copy(update={"redis_url": NOWHERE}))

    assert "MODERATION_REDIS_URL" in found["Redis answers"]
    assert set(found) == {"Redis answers", "a scorer is alive", "a courier is alive"}


def test_an_old_schema_is_told(settings: Settings, queue: Queue) -> None:
    """The advice is the command that brings the schema up to date."""
    queue.beat("scorer", 30)
    queue.beat("courier", 30)
    database = Database(settings.database)
    migrate.downgrade(database)
    database.close()

    assert unwell(settings) == {"database is up to date": "Run: moderation migrate"}


def test_the_age_of_the_key_of_addresses_is_told(settings: Settings, queue: Queue) -> None:
    """When it was made is on the line; one that should have been changed is not well."""
    queue.beat("scorer", 30)
    queue.beat("courier", 30)
    assert f"made on {clock.now():%Y-%m-%d}, changes every 30 days" in str(list(doctor.service(settings)))
    database = Database(settings.database)
    with database.write() as connection:
        connection.execute(update(tables.address_keys).values(since=NOW - timedelta(days=31)))
    database.close()

    assert unwell(settings) == {
        "key of addresses made on 2026-10-25, changes every 30 days": "An hourly task makes a new one; "
        "run: moderation worker --role courier"
    }
    never = settings.model_copy(update={"address_key_days": 0})
    assert unwell(never) == {}
    assert "made on 2026-10-25, never changes" in str(list(doctor.service(never)))


@pytest.mark.parametrize("url", ["postgresql+psycopg://kim:hush@127.0.0.1:1/x", "what", "postgres://localhost/x"])
def test_a_database_that_does_not_answer_is_told(settings: Settings, queue: Queue, url: str) -> None:
    """An unreachable database and a URL that is none get advice, without the password."""
    queue.beat("scorer", 30)
    queue.beat("courier", 30)

    found = unwell(settings.model_copy(update={"database_url": url}))

    assert "MODERATION_DATABASE_URL" in found["database answers"]
    assert "hush" not in str(found)


def test_a_data_folder_that_is_not_there_is_told(settings: Settings, queue: Queue, tmp_path: Path) -> None:
    """The advice names the setting, and looking does not make the folder."""
    queue.beat("scorer", 30)
    missing = tmp_path / "a[red]b"

    found = unwell(settings.model_copy(update={"data": missing, "database_url": settings.database}))

    assert "MODERATION_DATA" in found[f"data folder {missing}"]
    assert not missing.exists()


def test_names_are_shown_as_they_are(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets in a folder's name are no colours, and long lines are not cut."""
    long = tmp_path / "[red]" / ("x" * 200)

    found = settings.model_copy(update={"data": long, "database_url": settings.database, "redis_url": NOWHERE})
    doctor.report(doctor.service(found))

    assert f"data folder {long}\n" in capsys.readouterr().out


def test_a_sign_in_provider_that_is_away_is_told(settings: Settings, queue: Queue) -> None:
    """The advice says what to compare; where none is set nothing is asked."""
    del queue
    assert not any(check.name.startswith("sign-in") for check in doctor.service(settings))
    found = unwell(settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:1"}))

    assert "MODERATION_OIDC_ISSUER" in found["sign-in provider http://127.0.0.1:1 answers"]
