"""`moderation key`, on a real database."""

from datetime import timedelta

import pytest

from moderation import clock, ids
from moderation.cli_admin import site
from moderation.cli_key import key
from moderation.hashing import Hasher
from moderation.model import Scope
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from tests.proofs import Line, proves
from tests.shell import run
from tests.test_cli_admin import scopes_of, told


def test_a_key_may_do_what_it_was_made_for(settings: Settings) -> None:
    """The scopes that are named are the key's scopes; naming none means all."""
    run(site, settings, "add", "news")

    narrow = told(key, settings, "add", "news", "--name", "reader", "--scope", "read", "--scope", "score")
    wide = told(key, settings, "add", "news")

    assert scopes_of(settings, narrow["api_key"]) == {Scope.READ, Scope.SCORE}
    assert scopes_of(settings, wide["api_key"]) == set(Scope)
    listed = told(key, settings, "list", "news")
    assert {one["name"]: one["scopes"] for one in listed}["reader"] == "read,score"
    assert ids.api_key_prefix(narrow["api_key"]) in {one["prefix"] for one in listed}


@proves(Line.KEYS)
def test_a_key_is_never_shown_again(settings: Settings) -> None:
    """The list has the public prefix, and nothing that lets anyone in."""
    made = told(site, settings, "add", "news")

    assert made["api_key"] not in run(key, settings, "list", "news").output


@proves(Line.KEYS)
def test_a_revoked_key_lets_nobody_in(settings: Settings) -> None:
    """`key revoke` ends a key's life once; a second time there is none."""
    api_key = told(site, settings, "add", "news")["api_key"]
    prefix = ids.api_key_prefix(api_key)
    assert prefix is not None

    run(key, settings, "revoke", "news", prefix)

    assert scopes_of(settings, api_key) == set()
    assert told(key, settings, "list", "news") == []
    assert "no such live key" in run(key, settings, "revoke", "news", prefix, code=1).stderr


@proves(Line.KEYS)
def test_a_key_of_another_site_is_not_revoked(settings: Settings) -> None:
    """Revoking is bound to the site that is named."""
    api_key = told(site, settings, "add", "news")["api_key"]
    run(site, settings, "add", "other")

    run(key, settings, "revoke", "other", str(ids.api_key_prefix(api_key)), code=1)

    assert scopes_of(settings, api_key) == set(Scope)


@proves(Line.KEYS)
def test_an_akismet_key_is_for_akismet_alone(settings: Settings) -> None:
    """It has the 12 hex digits that WordPress wants, is found as an Akismet key only, and takes no scopes."""
    run(site, settings, "add", "news")

    made = told(key, settings, "add", "news", "--akismet")["akismet_key"]

    assert len(made) == 12
    int(made, 16)
    database, stored = Database(settings.database), Hasher(load_secret(settings)).akismet_key(made)
    with database.read() as connection:
        assert sites.find_key(connection, stored, "akismet") is not None
        assert sites.find_key(connection, stored, "native") is None
    database.close()
    assert "no scopes" in run(key, settings, "add", "news", "--akismet", "--scope", "read", code=2).stderr


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(settings: Settings) -> None:
    """A typing error is answered with the list of scopes."""
    run(site, settings, "add", "news")

    assert (
        "'submit', 'read', 'decide', 'score', 'manage'"
        in run(key, settings, "add", "news", "--scope", "write", code=2).stderr
    )


@proves(Line.KEYS)
def test_a_key_can_expire(settings: Settings) -> None:
    """`--expires` says for how long it is good, and the list until when, and when it was used last."""
    run(site, settings, "add", "news")

    made = told(key, settings, "add", "news", "--name", "shop", "--expires", "90d")

    assert scopes_of(settings, made["api_key"]) == set(Scope)
    listed = next(one for one in told(key, settings, "list", "news") if one["name"] == "shop")
    assert listed["expires"] == made["expires"]
    assert listed["used"] is None
    assert (
        (clock.now() + timedelta(days=89)).isoformat()
        < made["expires"]
        < (clock.now() + timedelta(days=91)).isoformat()
    )


@pytest.mark.parametrize("span", ["90", "d", "-1d", "1w", "9999d", "1.5h"])
def test_a_length_of_time_is_written_with_its_unit(settings: Settings, span: str) -> None:
    """What is no length of time, or too long, is refused with examples or the bound."""
    run(site, settings, "add", "news")

    said = run(key, settings, "add", "news", f"--expires={span}", code=2).stderr
    assert "write 90d, 12h or 30m" in said or "longer than 3660d" in said


def test_a_key_is_rotated(settings: Settings) -> None:
    """The new key may do what the old one may; the old one is good for the overlap, or ends at once."""
    first = told(site, settings, "add", "news")["api_key"]
    made = told(key, settings, "rotate", "news", str(ids.api_key_prefix(first)), "--overlap", "1h")

    assert scopes_of(settings, first) == scopes_of(settings, made["api_key"]) == set(Scope)
    assert made["old"] == ids.api_key_prefix(first)

    third = told(key, settings, "rotate", "news", str(ids.api_key_prefix(made["api_key"])), "--overlap", "0m")
    assert scopes_of(settings, made["api_key"]) == set()
    assert scopes_of(settings, third["api_key"]) == set(Scope)
    again = run(key, settings, "rotate", "news", str(ids.api_key_prefix(made["api_key"])), code=1)
    assert "no such live key" in again.stderr
