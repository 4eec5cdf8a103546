"""`moderation coral`: the secrets of Coral's phases, from a shell."""

import json

from moderation.cli_coral import coral
from moderation.hashing import Hasher
from moderation.sealing import CORAL, unseal
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import coral_secrets
from moderation.storage.database import Database
from tests.build import make_site
from tests.shell import run


def test_a_secret_is_added_listed_and_removed(settings: Settings) -> None:
    """It is kept sealed and never shown; the address of the phase is."""
    database = Database(settings.database)
    make_site(database)

    added = json.loads(run(coral, settings, "add", "news", "--secret", "s3cret", "--json").stdout)
    listed = run(coral, settings, "list", "news").stdout

    assert added["path"] == "/coral/news"
    assert added["id"] in listed
    assert "s3cret" not in listed
    with database.read() as connection:
        (one,) = coral_secrets.list_secrets(connection, "news")
    assert "s3cret" not in one.sealed
    assert unseal(Hasher(load_secret(settings)).derive(CORAL), one.sealed) == "s3cret"
    run(coral, settings, "remove", "news", added["id"])
    assert json.loads(run(coral, settings, "list", "news", "--json").stdout) == []
    database.close()


def test_what_cannot_be_done_is_said(settings: Settings) -> None:
    """An unknown site, an empty secret, and a secret that is not there."""
    database = Database(settings.database)
    make_site(database)

    assert "no site" in run(coral, settings, "add", "nowhere", "--secret", "x", code=1).output
    assert "empty" in run(coral, settings, "add", "news", "--secret", " ", code=1).output
    assert "no such secret" in run(coral, settings, "remove", "news", "x", code=1).output
    database.close()
