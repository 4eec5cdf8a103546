"""What `moderation up` does before its parts start; that they then work is seen in tests/whole/."""

import socket

import click
import pytest

from moderation import accounts, clock
from moderation.model import Scope
from moderation.settings import Settings
from moderation.site_cache import SiteCache
from moderation.storage import migrate, sites
from moderation.storage.database import Database
from moderation.up import check_port, set_up


def test_a_fresh_folder_gets_a_site_with_keys_and_a_moderator(settings: Settings) -> None:
    """What is told at the first start is what lets one in."""
    first = set_up(settings)

    database = Database(settings.database)
    assert migrate.is_current(database)
    assert first.api_key is not None
    assert SiteCache(database, clock.now).native_key(first.api_key).scopes == frozenset(Scope)
    assert first.akismet_key is not None
    with database.read() as connection:
        assert sites.find_key(connection, sites.hash_key(first.akismet_key), "akismet") is not None
    assert first.password is not None
    assert accounts.sign_in(database, first.email, first.password, clock.now()) is not None
    database.close()


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    """What was told once is not told again, and no second site or key is made."""
    first = set_up(settings)

    again = set_up(settings)

    assert (again.api_key, again.akismet_key, again.password) == (None, None, None)
    assert again.email == first.email
    database = Database(settings.database)
    with database.read() as connection:
        assert len(sites.list_sites(connection)) == 1
        assert len(sites.list_keys(connection, "demo")) == 2
    database.close()


def test_a_taken_port_is_told_before_anything_starts() -> None:
    """Another service on the port would be taken for this one, and the first secrets would be lost."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(click.ClickException) as refused:
        check_port("127.0.0.1", taken.getsockname()[1])

    assert refused.value.message.endswith("(Address already in use); --host and --port choose")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.9"])
def test_a_host_that_is_not_here_is_told(host: str) -> None:
    """A name that nobody knows and an address of another machine cannot be listened on."""
    with pytest.raises(click.ClickException, match=f"Cannot listen on {host}"):
        check_port(host, 8080)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104 - for a moment
def test_a_free_port_is_fine(host: str) -> None:
    """Looking leaves the port free for the web part."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    check_port(host, port)
    check_port(host, port)
