"""`moderation audit verify`, from a shell."""

import json

import pytest
from sqlalchemy import update

from moderation.audit_entry import GENESIS, SERVICE_CHAIN
from moderation.cli_audit import audit
from moderation.settings import Settings
from moderation.storage import migrate, tables
from moderation.storage.database import Database
from tests.build import make_site
from tests.logbook import entries, write
from tests.proofs import Line, proves
from tests.shell import run


@pytest.fixture
def here(database: Database, settings: Settings) -> Settings:
    """Give settings for a database with two sites, of which one has three entries."""
    make_site(database)
    make_site(database, "blog")
    write(database, 3)
    return settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})


def break_second(database: Database) -> None:
    """Change an entry."""
    with database.write() as connection:
        connection.execute(update(tables.audit).where(tables.audit.c.number == 2).values(subject="c-9"))


def head(database: Database) -> str:
    """Return the head of the site's chain, as `--expect` takes it."""
    last = entries(database)[-1]
    return f"{last.number}:{last.hash}"


def test_whole_chains_are_told_with_their_heads(here: Settings, database: Database) -> None:
    """Of every site, on standard output; the bar is elsewhere."""
    told = run(audit, here, "verify")

    assert told.stdout == f"blog: whole, head 0:{GENESIS}\nnews: whole, head {head(database)}\n"
    assert "Verifying" in told.stderr


def test_machines_read_json(here: Settings, database: Database) -> None:
    """One document, with the number and the hash of each head."""
    found = json.loads(run(audit, here, "verify", "--site", "news", "--json").stdout)

    last = entries(database)[-1]
    assert found == [
        {"site": "news", "number": 3, "hash": last.hash, "whole": True, "broken": None, "why": None}
    ]  # fmt: skip


@proves(Line.AUDIT)
def test_a_broken_chain_is_an_error(here: Settings, database: Database) -> None:
    """The exit code is 1, and the first entry that is wrong is named; other chains are told all the same."""
    break_second(database)

    told = run(audit, here, "verify", code=1)
    document = json.loads(run(audit, here, "verify", "--json", code=1).stdout)

    assert told.stdout.splitlines()[0].startswith("blog: whole")
    assert told.stdout.splitlines()[1] == "news: BROKEN at entry 2: it was changed"
    assert [(one["site"], one["whole"], one["broken"]) for one in document] == [
        ("blog", True, None),
        ("news", False, 2),
    ]
    assert document[1]["why"] == "it was changed"
    run(audit, here, "verify", "--site", "blog")


def test_a_head_that_was_kept_is_looked_for(here: Settings, database: Database) -> None:
    """It is still there when others came after it; one that is not makes the exit code 1."""
    kept = head(database)
    write(database, 2)

    run(audit, here, "verify", "--site", "news", "--expect", kept)
    run(audit, here, "verify", "--site", "news", "--expect", kept, "--expect", head(database))
    wrong = run(audit, here, "verify", "--site", "news", "--expect", f"3:{'f' * 64}", code=1)
    gone = run(audit, here, "verify", "--site", "news", "--expect", f"9:{'f' * 64}", code=1)

    assert wrong.stdout == "news: BROKEN at entry 3: it is not the one that is expected\n"
    assert gone.stdout == "news: BROKEN at entry 9: it is not there\n"


@pytest.mark.parametrize(
    ("arguments", "advice", "code"),
    [
        (("--expect", f"3:{'f' * 64}"), "name the site with --site", 2),
        (("--site", "news", "--expect", "3"), "is no head of a chain", 2),
        (("--site", "news", "--expect", "3:abc"), "is no head of a chain", 2),
        (("--site", "nosuch"), "There is no site 'nosuch'", 1),
    ],
)
def test_a_typing_error_is_told(here: Settings, arguments: tuple[str, ...], advice: str, code: int) -> None:
    """In a sentence that says what to do."""
    assert advice in run(audit, here, "verify", *arguments, code=code).stderr


def test_what_belongs_to_no_site_is_verified_too(here: Settings, database: Database) -> None:
    """Once there is any."""
    write(database, 1, SERVICE_CHAIN)

    assert run(audit, here, "verify").stdout.splitlines()[0].startswith("(of no site): whole, head 1:")
    assert json.loads(run(audit, here, "verify", "--json").stdout)[0]["site"] is None


def test_a_database_without_the_log_is_said_to_need_it(here: Settings, database: Database) -> None:
    """The message names the command that helps."""
    migrate.downgrade(database)

    assert "Run: moderation migrate" in run(audit, here, "verify", code=1).stderr
